/**
 * How soon the page answers. Run it with `deno task bench:page`.
 *
 * @module
 */

import type { Page } from "playwright-core";
import { runCommand } from "../../src/cli/command.ts";
import {
  draw,
  drawAtOnce,
  isReady,
  type Place,
  SEVEN,
  withDigitPage,
} from "../serve/page/open_page.ts";
import { median } from "./measure.ts";

/** Milliseconds, at most; medians. */
const GOALS = { first_answer_ms: 1000, stroke_to_answer_ms: 5 };

/** How often a page is loaded, and how many strokes are drawn. */
const [LOADS, STROKES] = [5, 40];

/** The digits that are drawn, stroke by stroke. */
const STROKES_OF: readonly (readonly Place[])[] = [
  SEVEN,
  [[0.5, 0.2], [0.45, 0.8]],
  [[0.35, 0.35], [0.5, 0.22], [0.65, 0.35], [0.35, 0.78], [0.68, 0.78]],
  [[0.6, 0.25], [0.38, 0.5], [0.4, 0.75], [0.6, 0.75], [0.62, 0.58], [0.42, 0.58]],
];

await runCommand({
  name: "bench:page",
  summary: "Times the page in Chromium.",
  details:
    "From a cold load over localhost to the first answer, to a digit drawn as soon as the page lets one draw, and from the end of a stroke to its answer, input delay included.",
  flags: {
    json: { kind: "boolean", help: "print one line of JSON" },
    check: { kind: "boolean", help: "the exit code is 1 if a goal is missed" },
  },
  async run({ flags }) {
    const [load] = Deno.loadavg();
    const firsts: number[] = [];
    for (let n = 0; n < LOADS; n++) {
      // A browser of its own: nothing of the page is in any cache.
      await withDigitPage(
        async ({ page }) => void firsts.push(await firstAnswer(page)),
        {},
        drawAtOnce,
      );
    }
    let strokes: number[] = [];
    await withDigitPage(async ({ page }) => {
      await isReady(page);
      for (let n = 0; n < STROKES; n++) {
        await draw(page, STROKES_OF[n % STROKES_OF.length], 4);
        await page.waitForFunction(
          (count) => performance.getEntriesByName("stroke-to-answer").length === count,
          n + 1,
        );
        await page.keyboard.press("Backspace");
      }
      strokes = await page.evaluate(() =>
        performance.getEntriesByName("stroke-to-answer").map(({ duration }) => duration)
      );
    });
    const result = {
      first_answer_ms: median(firsts),
      stroke_to_answer_ms: median(strokes),
    };
    const missed = Object.entries(GOALS).filter(([name, goal]) =>
      !(result[name as keyof typeof GOALS] <= goal)
    ).map(([name, goal]) =>
      `${name} is ${result[name as keyof typeof GOALS].toFixed(1)}, the goal is ${goal}`
    );
    if (flags.json) {
      console.log(JSON.stringify({ ...result, first_answers: firsts, strokes, load, missed }));
    } else {
      console.log(`first answer after a cold load   ${summary(firsts)}`);
      console.log(`answer after a stroke's end      ${summary(strokes)}`);
      console.log(`load average ${load.toFixed(1)} on ${navigator.hardwareConcurrency} cores`);
      for (const miss of missed) console.error(`missed: ${miss}`);
    }
    return flags.check && missed.length > 0 ? 1 : 0;
  },
});

/** When the first answer came, in milliseconds since the page was asked for. */
async function firstAnswer(page: Page): Promise<number> {
  await page.waitForFunction(() => performance.getEntriesByName("first-answer").length > 0);
  return await page.evaluate(() => performance.getEntriesByName("first-answer")[0].startTime);
}

function summary(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const late = sorted[Math.ceil(0.95 * sorted.length) - 1];
  return `${median(sorted).toFixed(1)} ms (${sorted[0].toFixed(1)} to ${late.toFixed(1)} in 95%)`;
}
