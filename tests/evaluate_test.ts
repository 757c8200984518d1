import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Dataset } from "../src/data/dataset.ts";
import { createRunner } from "../src/engine/backends.ts";
import type { Runner } from "../src/engine/runner.ts";
import { evaluate, wilson } from "../src/evaluate.ts";
import type { Architecture } from "../src/model/architecture.ts";
import { assertRejection } from "./assert_error.ts";

/** A network whose logits are the two pixels of its input, times ten. */
const ARCHITECTURE: Architecture = {
  name: "pixels",
  input: [1, 1, 2],
  layers: [{ kind: "flatten" }, { kind: "dense", name: "fc1", units: 2 }],
  classes: 2,
};

function runner(): Promise<Runner> {
  return createRunner(
    "wasm",
    ARCHITECTURE,
    new Map([
      ["fc1.weight", { shape: [2, 2], data: Float32Array.of(10, 0, 0, 10) }],
      ["fc1.bias", { shape: [2], data: new Float32Array(2) }],
    ]),
  );
}

/** Four images: three that are white where their label says, the last, less sure, where it does not. */
const IMAGES: Dataset = {
  name: "four",
  images: Uint8Array.of(255, 0, 0, 255, 255, 0, 51, 0),
  labels: Uint8Array.of(0, 1, 0, 1),
  shape: [1, 1, 2],
  count: 4,
  classNames: ["left", "right"],
};

const UNCHANGED = { mean: [0], std: [1] };

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

Deno.test("evaluate counts answers and measures calibration and coverage", async () => {
  using net = await runner();
  const evaluation = await evaluate(net, ARCHITECTURE, IMAGES, UNCHANGED, { temperature: 2 });
  const { count, accuracy, interval, confusion, loss, calibration, coverage } = evaluation;
  assertEquals([count, accuracy, interval], [4, 0.75, wilson(3, 4)]);
  assertEquals(confusion, [[2, 0], [1, 1]]);
  assertAlmostEquals(loss, -(3 * Math.log(sigmoid(10)) + Math.log(1 - sigmoid(2))) / 4, 1e-6);
  // The sure answers are right and the other is wrong, each in a bin of its own.
  const error = (temperature: number): number =>
    (3 * (1 - sigmoid(10 / temperature)) + sigmoid(2 / temperature)) / 4;
  assertEquals(calibration.temperature, 2);
  assertAlmostEquals(calibration.error, error(2), 1e-6);
  assertAlmostEquals(calibration.errorWithout, error(1), 1e-6);
  assertEquals(coverage.map(({ coverage }) => coverage), [1, 0.995, 0.99, 0.98, 0.95]);
  assertEquals(coverage.map(({ count }) => count), [4, 4, 4, 4, 4]);
  assertEquals(coverage[0].error, 0.25);
  assertAlmostEquals(coverage[0].confidence, sigmoid(1), 1e-6);
});

Deno.test("evaluate takes the logits as they are where no temperature is given", async () => {
  using net = await runner();
  const { calibration } = await evaluate(net, ARCHITECTURE, IMAGES, UNCHANGED);
  assertEquals(calibration.temperature, 1);
  assertEquals(calibration.error, calibration.errorWithout);
});

Deno.test("evaluate tells how far it is, and ends when it is told to", async () => {
  using net = await runner();
  const done: number[] = [];
  await evaluate(net, ARCHITECTURE, IMAGES, UNCHANGED, { onProgress: (n) => done.push(n) });
  assertEquals(done, [4]);
  await assertRejection(
    () => evaluate(net, ARCHITECTURE, IMAGES, UNCHANGED, { signal: AbortSignal.abort() }),
    "aborted",
    "Cannot evaluate pixels: the caller aborted it after 0 of 4 images",
  );
});
