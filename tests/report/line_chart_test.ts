import { assertEquals, assertLessOrEqual } from "@std/assert";
import { epochChart, stepChart } from "../../scripts/report/line_chart.ts";
import type { EpochRecord } from "../../src/train/history.ts";
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

Deno.test("epochChart sets what was learnt from beside what was set aside", () => {
  const chart = epochChart(RECORDS, "accuracy", "validation");
  assertEquals(chart.x, [3, 4]);
  assertEquals(chart.lines.map(({ name }) => name), ["train", "validation"]);
  assertEquals(chart.lines.map(({ y }) => y), [[50, 75], [null, 90]]);
});

Deno.test("epochChart has one line where nothing was set aside", () => {
  const { lines } = epochChart(RECORDS.slice(0, 1), "loss", "test");
  assertEquals(lines, [{ name: "train", style: "train", y: [1.5] }]);
});
