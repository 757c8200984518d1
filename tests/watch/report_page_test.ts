import { assertEquals, assertGreater } from "@std/assert";
import { reportHtml, type RunReport } from "../../src/watch/report.ts";
import { HAS_CHROMIUM, type OpenPage, withPage } from "../chromium.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { madeUpRun } from "./made_up_run.ts";

const TWO = [
  madeUpRun({ name: "first" }),
  madeUpRun({ name: "second", network: "lenet-cifar10", steps: 2000 }),
];

/** A test of a report as a browser shows it. Whatever it does, nothing may complain, and nothing may be loaded. */
function testPage(
  name: string,
  report: { title?: string; runs: readonly RunReport[]; width?: number },
  test: (opened: OpenPage) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: !HAS_CHROMIUM,
    fn: () =>
      inTemporaryFolder(async (folder) => {
        const file = `${folder}/report.html`;
        await Deno.writeTextFile(file, await reportHtml(report.title ?? "Report", report.runs));
        await withPage(`file://${file}`, async (opened) => {
          await test(opened);
          assertEquals(opened.complaints, []);
          assertEquals(opened.requests, [`file://${file}`]);
        }, report);
      }),
  });
}

testPage("reportHtml shows every picture, drawn", { runs: TWO }, async ({ page }) => {
  const widths = await page.locator("img").evaluateAll((images) =>
    images.map((image) => (image as HTMLImageElement).naturalWidth)
  );
  // Samples, mistakes, and three pictures with their channels.
  assertEquals(widths.length, 2 * (20 + 20 + 3 * (1 + 6 + 16)));
  assertGreater(Math.min(...widths), 0);
});

testPage("reportHtml draws every line of every chart", { runs: TWO }, async ({ page }) => {
  const drawn = await coloursDrawn(page);
  assertEquals(drawn.length, 6);
  for (const [i, { step, train, test }] of drawn.entries()) {
    assertGreater(train, 100, `chart ${i}`);
    assertGreater(i % 3 === 0 ? step : test, 100, `chart ${i}`);
  }
});

testPage("reportHtml draws its charts anew when the screen turns dark, and on paper", {
  runs: TWO,
}, async ({ page }) => {
  const dark = { step: "#3f5274", train: "#7fb0ff", test: "#ffa45c" };
  assertEquals((await coloursDrawn(page, dark)).map(({ train }) => train), Array(6).fill(0));
  await page.emulateMedia({ colorScheme: "dark" });
  for (const { train } of await settled(page, dark)) assertGreater(train, 100);
  await page.emulateMedia({ colorScheme: "dark", media: "print" });
  for (const { train } of await settled(page)) assertGreater(train, 100);
});

testPage("reportHtml says what the confusion matrix says", { runs: TWO }, async ({ page }) => {
  for (const { name, confusion, classNames } of TWO) {
    const table = page.locator(`#${name} .confusion`);
    assertEquals(await table.locator("tbody th").allInnerTexts(), classNames);
    assertEquals(await table.locator("thead th").allInnerTexts(), [...classNames, "right"]);
    const cells = await table.locator("tbody td:not(.share)").allInnerTexts();
    assertEquals(cells.map(Number), confusion.flat());
  }
});

testPage("reportHtml sets what was reached beside what was reported, and leads to each run", {
  runs: TWO,
}, async ({ page }) => {
  const comparison = page.locator("header table");
  assertEquals(await comparison.locator("thead th").allInnerTexts(), [
    "network",
    "reported",
    "reached",
    "time",
  ]);
  assertEquals(await comparison.locator("tbody tr").last().locator("td").allInnerTexts(), [
    "97.9 % at epoch 8",
    "98.41 %",
    "2:05",
  ]);
  await page.locator("nav a").last().click();
  await page.waitForFunction(() => {
    const { top } = document.querySelector("#second")!.getBoundingClientRect();
    return Math.abs(top) < 5;
  });
});

testPage("reportHtml marks wrong answers by a cross, not by colour alone", {
  runs: TWO,
}, async ({ page }) => {
  const { samples, classNames } = TWO[0];
  const said = await page.locator("#first .pictures").first().locator("li > span").allInnerTexts();
  assertEquals(
    said,
    samples.map(({ label, answer }) =>
      label === answer ? classNames[answer] : `✗ ${classNames[answer]}`
    ),
  );
});

testPage("reportHtml fits a phone without scrolling sideways", {
  runs: TWO,
  width: 390,
}, async ({ page }) => {
  assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 390);
});

const HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&lt;";

testPage("reportHtml keeps hostile text text, wherever it comes from", {
  title: HOSTILE,
  runs: [{
    ...madeUpRun(),
    name: HOSTILE,
    description: HOSTILE,
    measuredOn: HOSTILE,
    facts: [[HOSTILE, HOSTILE]],
    classNames: Array(10).fill(HOSTILE),
  }, madeUpRun({ name: "mild" })],
}, async ({ page }) => {
  assertEquals(await page.title(), HOSTILE);
  assertEquals(await page.locator("h1").innerText(), HOSTILE);
  assertEquals(await page.locator("h2").first().innerText(), HOSTILE);
  assertEquals(await page.locator("script").count(), 2);
  assertEquals(await page.locator("canvas").count(), 6);
});

testPage("reportHtml draws what there is of a run of one epoch, and of one that diverged", {
  runs: [
    madeUpRun({ name: "short", epochs: 1, steps: 1 }),
    {
      ...madeUpRun({ name: "diverged", epochs: 2, steps: 3 }),
      history: [1, 2].map((epoch) => ({
        epoch,
        learningRate: 1,
        loss: NaN,
        accuracy: 0.1,
        stepLosses: [Infinity, NaN],
      })),
    },
  ],
}, async ({ page }) => {
  const drawn = await coloursDrawn(page);
  assertEquals(drawn.map(({ train }) => train > 0), [true, true, true, false, false, true]);
});

/** What {@linkcode coloursDrawn} gives once every chart is drawn in these colours, or after five seconds. */
async function settled(
  ...asked: Parameters<typeof coloursDrawn>
): Promise<Awaited<ReturnType<typeof coloursDrawn>>> {
  // A page hears of new colours when it is next rendered, and draws after that.
  for (let left = 50;; left--) {
    const charts = await coloursDrawn(...asked);
    if (left === 0 || charts.every(({ train }) => train > 100)) return charts;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** How many pixels of each chart have the colours of the lines. */
function coloursDrawn(
  page: OpenPage["page"],
  colours = { step: "#b9c7e2", train: "#1f5fd0", test: "#b8500b" },
): Promise<Record<keyof typeof colours, number>[]> {
  return page.locator("canvas").evaluateAll((canvases, colours) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      // From a copy, or the browser would warn that the page reads what it has drawn.
      const copy = new OffscreenCanvas(width, height).getContext("2d")!;
      copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      const counts = { step: 0, train: 0, test: 0 };
      for (const [name, colour] of Object.entries(colours)) {
        const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
        for (let i = 0; i < data.length; i += 4) {
          const far = Math.abs(data[i] - red) + Math.abs(data[i + 1] - green) +
            Math.abs(data[i + 2] - blue);
          if (data[i + 3] > 200 && far < 20) counts[name as keyof typeof counts]++;
        }
      }
      return counts;
    }), colours);
}
