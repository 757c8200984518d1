import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { activationsOf, checkGpu, referenceRunner } from "../../src/engine/reference.ts";
import type { Runner } from "../../src/engine/runner.ts";
import { type Architecture, sizeOf } from "../../src/model/architecture.ts";
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

for (const name of GOLDEN_NAMES) {
  Deno.test(`activationsOf ends with PyTorch's logits for ${name}`, () => {
    const { architecture, parameters, inputs, logits } = loadGolden(name);
    const metadata = {
      classNames: [],
      normalization: { mean: [0], std: [1] },
      temperature: 1,
    };
    const input = inputs.slice(0, sizeOf(architecture.input));
    const stages = activationsOf({ architecture, parameters, metadata }, input);
    assertEquals(stages.length, 1 + architecture.layers.length);
    assertEquals(stages[0], {
      name: "input",
      kind: "input",
      shape: architecture.input,
      values: input,
    });
    for (const { shape, values } of stages) assertEquals(values.length, sizeOf(shape));
    const { values } = stages[stages.length - 1];
    values.forEach((value, i) => assertAlmostEquals(value, logits[i], 1e-4));
  });
}

function answering(logits: Runner["logits"]): () => Promise<Runner> {
  return () => Promise.resolve({ backend: "webgpu", logits, [Symbol.dispose]() {} });
}

Deno.test("checkGpu finds nothing wrong with one that gives the right answer", async () => {
  assertEquals(await checkGpu((...net) => Promise.resolve(referenceRunner(...net))), undefined);
});

Deno.test("checkGpu accepts an error of up to 0.001 in each logit, and no larger one", async () => {
  const offBy = (error: number): Promise<string | undefined> =>
    checkGpu((...net) => {
      const right = referenceRunner(...net);
      return answering(async (inputs, count) =>
        (await right.logits(inputs, count)).map((value, i) => i === 1 ? value + error : value)
      )();
    });
  assertEquals(await offBy(0.000999), undefined);
  assertEquals(await offBy(-0.000999), undefined);
  assertStringIncludes(await offBy(0.001001) ?? "", "came out wrong by 0.001");
});

Deno.test("checkGpu finds out one that answers zeros, NaN, or a little off", async () => {
  const zeros = answering(() => Promise.resolve(new Float32Array(10)));
  assertStringIncludes(await checkGpu(zeros) ?? "", "a known answer came out wrong by");
  const nan = answering(() => Promise.resolve(new Float32Array(10).fill(NaN)));
  assertStringIncludes(await checkGpu(nan) ?? "", "came out wrong by NaN");
  const off = await checkGpu((...net) => {
    const right = referenceRunner(...net);
    return answering(async (inputs, count) =>
      (await right.logits(inputs, count)).map((value) => value + 0.01)
    )();
  });
  assertStringIncludes(off ?? "", "came out wrong by 0.0");
});

Deno.test("checkGpu passes on why one fails", async () => {
  assertEquals(await checkGpu(() => Promise.reject(new Error("device lost"))), "device lost");
});
