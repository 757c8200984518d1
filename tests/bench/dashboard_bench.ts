/**
 * What a dashboard costs a training. Run it with `deno task bench:dashboard`.
 *
 * @module
 */

import { interruptible, runCommand } from "../../src/cli/command.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { train } from "../../src/train/train.ts";
import { Dashboard } from "../../src/watch/dashboard.ts";
import { percent } from "../../src/watch/html.ts";
import { median, timesInTurns } from "./measure.ts";
import { withPage } from "../chromium.ts";

/** The speed with the page open is to be at least this share of the speed without. */
const GOAL = 0.95;

/** How often each is timed, and on how many images. */
const [ROUNDS, IMAGES] = [5, 32_000];

await runCommand({
  name: "bench:dashboard",
  summary:
    "Times the training of lenet5 on WASM with the page of its dashboard open in Chromium, and without a dashboard.",
  flags: {
    json: { kind: "boolean", help: "print one line of JSON" },
    check: { kind: "boolean", help: "the exit code is 1 if a goal is missed" },
  },
  async run({ flags }) {
    using interrupt = interruptible();
    const dataset = syntheticDigits({ count: IMAGES + 300, seed: 1 });
    const recipe = { epochs: 1, validation: 300, backend: "wasm" } as const;
    const dashboard = await Dashboard.open(0, interrupt, console.error);
    dashboard.begin("lenet5", { train: dataset });
    let times: Record<"without" | "with", number[]> = { without: [], with: [] };
    await withPage(dashboard.url, async () => {
      times = await timesInTurns({
        without: () => train(lenet5(), dataset, recipe),
        with: () =>
          train(lenet5(), dataset, {
            ...recipe,
            onProgress: (progress, weights) => dashboard.step(progress, weights),
            onCheckpoint: (checkpoint) => dashboard.checkpoint(checkpoint),
          }),
      }, ROUNDS);
      await dashboard.end("Done");
    });
    const ms = { without: median(times.without), with: median(times.with) };
    // Round by round: what slows the machine for a while slows both of a round.
    const speeds = times.with.map((time, round) => times.without[round] / time);
    const speed = median(speeds);
    const missed = speed < GOAL
      ? [`the speed is ${percent(speed)} of that without, the goal is ${percent(GOAL)}`]
      : [];
    if (flags.json) console.log(JSON.stringify({ epoch_ms: ms, speeds, speed, missed }));
    else {
      for (const [name, time] of Object.entries(ms)) {
        console.log(`${name.padEnd(8)} ${(time / 1000).toFixed(2)} s for ${IMAGES} images`);
      }
      const range = [Math.min(...speeds), Math.max(...speeds)].map(percent).join(" to ");
      console.log(`${percent(speed)} of the speed without a dashboard (${range})`);
      for (const miss of missed) console.error(`missed: ${miss}`);
    }
    return flags.check && missed.length > 0 ? 1 : 0;
  },
});
