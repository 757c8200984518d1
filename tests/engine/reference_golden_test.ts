import { assertAlmostEquals, assertEquals } from "@std/assert";
import { referenceRunner } from "../../src/engine/reference.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { GOLDEN_NAMES, loadGolden } from "../golden/golden.ts";

/** The loss of one answer. */
function lossOf({ layers }: Architecture, logits: Float32Array, label: number): number {
  if (layers.at(-1)?.kind === "rbf") return -logits[label];
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[label];
}

for (const name of GOLDEN_NAMES) {
  const golden = loadGolden(name);
  const { architecture, parameters, inputs, labels, count } = golden;

  Deno.test(`referenceRunner gives the logits of PyTorch for ${name}`, async () => {
    using runner = referenceRunner(architecture, parameters);
    const found = await runner.logits(inputs, count);
    assertEquals(found.length, golden.logits.length);
    found.forEach((value, i) => {
      const expected = golden.logits[i];
      assertAlmostEquals(value, expected, 1e-5 * Math.max(1, Math.abs(expected)), `logit ${i}`);
    });
  });

  // Batch normalization is another function in training.
  if (architecture.layers.some(({ kind }) => kind === "batch-norm")) continue;

  Deno.test(`referenceRunner gives the loss of PyTorch for ${name}`, async () => {
    using runner = referenceRunner(architecture, parameters);
    const logits = await runner.logits(inputs, count);
    const { classes } = architecture;
    let sum = 0;
    for (let n = 0; n < count; n++) {
      sum += lossOf(architecture, logits.subarray(n * classes, (n + 1) * classes), labels[n]);
    }
    assertAlmostEquals(sum / count, golden.loss, 1e-5);
  });
}
