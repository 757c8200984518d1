import { assertAlmostEquals, assertEquals } from "@std/assert";
import { referenceRunner } from "../../src/engine/reference.ts";
import { foldBatchNorm } from "../../src/model/fold_batch_norm.ts";
import { lenet5 } from "../../src/model/lenet5.ts";
import { BATCH_NORM_EPSILON, checkParameters } from "../../src/model/parameters.ts";
import { drawInputs, drawParameters } from "../engine/simd_draw.ts";

Deno.test("foldBatchNorm gives a network with fewer layers and the same logits", async () => {
  const architecture = lenet5({
    input: [2, 8, 8],
    channels: [3],
    kernel: 3,
    dense: [5],
    batchNorm: true,
    dropout: 0.5,
  });
  const parameters = drawParameters(architecture, 1);
  const folded = foldBatchNorm(architecture, parameters);
  assertEquals(
    folded.architecture.layers,
    lenet5({ input: [2, 8, 8], channels: [3], kernel: 3, dense: [5] }).layers,
  );
  assertEquals([...folded.parameters.keys()].filter((name) => name.startsWith("bn")), []);
  const inputs = drawInputs(architecture, 4);
  const found = await referenceRunner(folded.architecture, folded.parameters).logits(inputs, 4);
  const expected = await referenceRunner(architecture, parameters).logits(inputs, 4);
  found.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-5));
});

Deno.test("foldBatchNorm leaves its arguments alone, and what follows no weights where it is", () => {
  const architecture = {
    name: "normalized",
    input: [1, 2, 2],
    layers: [
      { kind: "batch-norm", name: "bn1" },
      { kind: "flatten" },
      { kind: "dense", name: "fc1", units: 2 },
      { kind: "activation", activation: "relu" },
      { kind: "batch-norm", name: "bn2" },
    ],
    classes: 2,
  } as const;
  const parameters = drawParameters(architecture);
  const folded = foldBatchNorm(architecture, parameters);
  assertEquals(folded.architecture === architecture, true);
  assertEquals(folded.parameters === parameters, true);
});

Deno.test("foldBatchNorm rounds each weight and bias once, of a dense layer too, with dropout between", () => {
  const architecture = {
    name: "normalized",
    input: [1, 3, 4],
    layers: [
      { kind: "flatten" },
      { kind: "dense", name: "fc1", units: 50 },
      { kind: "dropout", rate: 0.5 },
      { kind: "batch-norm", name: "bn1" },
    ],
    classes: 50,
  } as const;
  const parameters = drawParameters(architecture);
  const folded = foldBatchNorm(architecture, parameters);
  assertEquals(folded.architecture.layers, architecture.layers.slice(0, 2));
  assertEquals([...folded.parameters.keys()], ["fc1.weight", "fc1.bias"]);
  const before = (name: string): Float32Array => parameters.get(name)!.data;
  const scale = Array.from(
    before("bn1.weight"),
    (weight, unit) => weight / Math.sqrt(before("bn1.running_var")[unit] + BATCH_NORM_EPSILON),
  );
  assertEquals(
    folded.parameters.get("fc1.weight")!.data,
    before("fc1.weight").map((weight, i) => weight * scale[Math.floor(i / 12)]),
  );
  assertEquals(
    folded.parameters.get("fc1.bias")!.data,
    before("fc1.bias").map((bias, unit) =>
      bias * scale[unit] +
      (before("bn1.bias")[unit] - before("bn1.running_mean")[unit] * scale[unit])
    ),
  );
});

Deno.test("foldBatchNorm keeps the weights of missing connections 0", () => {
  const architecture = {
    name: "normalized",
    input: [2, 3, 3],
    layers: [
      { kind: "conv", name: "conv1", filters: 2, kernel: 3, padding: 0, connections: [[0], [1]] },
      { kind: "batch-norm", name: "bn1" },
      { kind: "flatten" },
    ],
    classes: 2,
  } as const;
  const folded = foldBatchNorm(architecture, drawParameters(architecture));
  checkParameters(folded.architecture, folded.parameters);
});
