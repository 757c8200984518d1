import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { EpochRecord } from "../../src/train/epoch.ts";
import { downsample, epochChart, stepChart } from "../../src/watch/charts.ts";
import { madeUpRun } from "./made_up_run.ts";

const RECORDS: readonly EpochRecord[] = [
  { epoch: 3, learningRate: 0.1, loss: 1.5, accuracy: 0.5, stepLosses: [2, 1] },
  {
    epoch: 4,
    learningRate: 0.1,
    loss: NaN,
    accuracy: 0.75,
    stepLosses: [0.123456789, NaN],
    validation: { loss: 0.5, accuracy: 0.9 },
  },
];

Deno.test("stepChart counts steps through all epochs, with the mean of each beside its steps", () => {
  const { x, lines } = stepChart(RECORDS);
  assertEquals(x, [1, 2, 3, 4]);
  assertEquals(lines.map(({ y }) => y), [[2, 1, 0.12346, null], [1.5, 1.5, null, null]]);
});

Deno.test("stepChart has few enough points for a page, whatever the number of steps", () => {
  const { history } = madeUpRun({ epochs: 3, steps: 5000 });
  const { x, lines } = stepChart(history);
  assertLessOrEqual(x.length, 2000);
  assertEquals(lines.map(({ y }) => y.length), [x.length, x.length]);
});

Deno.test("epochChart shows the training images beside those that are held out", () => {
  const chart = epochChart(RECORDS, "accuracy", "validation");
  assertEquals(chart.x, [3, 4]);
  assertEquals(chart.lines.map(({ name }) => name), ["train", "validation"]);
  assertEquals(chart.lines.map(({ y }) => y), [[50, 75], [null, 90]]);
});

Deno.test("epochChart has one line where nothing is held out", () => {
  const { lines } = epochChart(RECORDS.slice(0, 1), "loss", "test");
  assertEquals(lines, [{ name: "train", style: "train", y: [1.5] }]);
});

Deno.test("downsample keeps the minimum and the maximum of every interval, in order", () => {
  assertEquals(downsample([3, 1, 2, 9, 5, 7, 6, 8], 4), [1, 3, 4, 7]);
  assertEquals(downsample([3, 1, 2], 4), [0, 1, 2]);
});

Deno.test("downsample never keeps more than its limit, nor loses a peak, nor changes the order", () => {
  const values = fc.array(fc.integer(), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(values, fc.integer({ min: 2, max: 60 }), (values, limit) => {
    const kept = downsample(values, limit);
    assertLessOrEqual(kept.length, limit);
    assertEquals(kept, [...new Set(kept)].sort((a, b) => a - b));
    const heights = kept.map((position) => values[position]);
    assertEquals(Math.max(...heights), Math.max(...values));
    assertEquals(Math.min(...heights), Math.min(...values));
  }));
});
