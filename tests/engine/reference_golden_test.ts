import { assertAlmostEquals, assertEquals } from "@std/assert";
import { referenceRunner } from "../../src/engine/reference.ts";
import { GOLDEN_NAMES, loadGolden } from "../golden/golden.ts";

for (const name of GOLDEN_NAMES) {
  Deno.test(`referenceRunner gives the logits of PyTorch for ${name}`, async () => {
    const { architecture, parameters, inputs, count, logits } = loadGolden(name);
    using runner = referenceRunner(architecture, parameters);
    const found = await runner.logits(inputs, count);
    assertEquals(found.length, logits.length);
    found.forEach((value, i) => assertAlmostEquals(value, logits[i], 1e-5, `logit ${i}`));
  });

  Deno.test(`referenceRunner gives the loss of PyTorch for ${name}`, async () => {
    const { architecture, parameters, inputs, labels, count, loss } = loadGolden(name);
    using runner = referenceRunner(architecture, parameters);
    const logits = await runner.logits(inputs, count);
    const { classes } = architecture;
    let sum = 0;
    for (let n = 0; n < count; n++) {
      const row = logits.subarray(n * classes, (n + 1) * classes);
      sum += Math.log(row.reduce((total, value) => total + Math.exp(value), 0)) - row[labels[n]];
    }
    assertAlmostEquals(sum / count, loss, 1e-5);
  });
}
