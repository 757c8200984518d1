import { assertAlmostEquals, assertEquals } from "@std/assert";
import { referenceRunner } from "../../src/engine/reference.ts";
import { foldBatchNorm } from "../../src/model/fold_batch_norm.ts";
import { lenet5 } from "../../src/model/lenet5.ts";
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
