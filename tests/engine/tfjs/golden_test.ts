import { assertAlmostEquals, assertEquals } from "@std/assert";
import { tfjsRunner } from "../../../src/engine/tfjs/runner.ts";
import { tfjsTrainer } from "../../../src/engine/tfjs/trainer.ts";
import type { OptimizerOptions } from "../../../src/engine/trainer.ts";
import { GOLDEN_NAMES, type GoldenRun, loadGolden } from "../../golden/golden.ts";
import { testOnTfjs, tfjsGradients } from "./backends.ts";

/** Compares with a tolerance that grows with the numbers. */
function assertClose(
  found: Float32Array,
  expected: Float32Array,
  tolerance: number,
  what: string,
): void {
  assertEquals(found.length, expected.length, what);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  found.forEach((value, i) =>
    assertAlmostEquals(
      value,
      expected[i],
      tolerance * scale,
      `${what} ${i}: ${value}, ${expected[i]}`,
    )
  );
}

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
        for (const expected of run.losses) {
          const { loss } = await trainer.step(inputs, labels, run.options.learningRate);
          assertAlmostEquals(loss, expected, 2e-4);
        }
        const { parameters: final, steps } = await trainer.state();
        assertEquals(steps, 10);
        for (const [key, expected] of run.final) {
          assertClose(final.get(key)!.data, expected, 5e-4, key);
        }
      },
    );
  }
}

function optimizerOptions(run: GoldenRun): OptimizerOptions {
  const { learningRate: _, ...options } = run.options;
  return { name: run.optimizer === "momentum" ? "sgd" : run.optimizer, ...options };
}
