import { assertAlmostEquals } from "@std/assert";
import { tfjsRunner } from "../../../src/engine/tfjs/runner.ts";
import { tfjsTrainer } from "../../../src/engine/tfjs/trainer.ts";
import {
  assertClose,
  assertSteps,
  GOLDEN_NAMES,
  loadGolden,
  optimizerOptions,
} from "../../golden/golden.ts";
import { testOnTfjs, tfjsGradients } from "./backends.ts";

for (const name of GOLDEN_NAMES) {
  const golden = loadGolden(name);
  const { architecture, parameters, inputs, labels, count } = golden;

  testOnTfjs(`tfjsRunner gives the logits of PyTorch for ${name}`, async (backend) => {
    using runner = await tfjsRunner(backend, architecture, parameters);
    assertClose(await runner.logits(inputs, count), golden.logits, 1e-5, "logit");
  });

  testOnTfjs(`tfjs computes the loss and gradients of PyTorch for ${name}`, async (backend) => {
    const { loss, gradients } = await tfjsGradients(
      backend,
      architecture,
      parameters,
      inputs,
      labels,
    );
    assertAlmostEquals(loss, golden.loss, 1e-5);
    for (const [key, expected] of golden.gradients) {
      assertClose(gradients.get(key)!.data, expected, 1e-4, `gradient of ${key}`);
    }
  });

  for (const run of golden.runs) {
    testOnTfjs(
      `tfjsTrainer takes ten steps of ${run.optimizer} as PyTorch does for ${name}`,
      async (backend) => {
        using trainer = await tfjsTrainer(
          backend,
          architecture,
          { parameters, slots: new Map(), steps: 0 },
          { optimizer: optimizerOptions(run) },
        );
        await assertSteps(trainer, golden, run, { loss: 2e-4, parameters: 5e-4 });
      },
    );
  }
}
