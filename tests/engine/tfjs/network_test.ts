import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { referenceRunner } from "../../../src/engine/reference.ts";
import { argMax } from "../../../src/engine/runner.ts";
import { loadTfjs, type TfjsBackend } from "../../../src/engine/tfjs/tfjs.ts";
import { tfjsRunner } from "../../../src/engine/tfjs/runner.ts";
import { tfjsTrainer } from "../../../src/engine/tfjs/trainer.ts";
import { type Architecture, sizeOf } from "../../../src/model/architecture.ts";
import { initialize } from "../../../src/model/initialize.ts";
import type { Parameters } from "../../../src/model/parameters.ts";
import { Random } from "../../../src/model/random.ts";
import { lenet5 } from "../../../src/model/zoo.ts";
import { architectures } from "../architectures.ts";
import { drawParameters } from "../wasm/draw.ts";
import { testOnTfjs, tfjsGradients } from "./backends.ts";

function noise(architecture: Architecture, count: number, seed = 1): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: count * sizeOf(architecture.input) }, () => random.next());
}

function labelsFor({ classes }: Architecture, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, n) => n % classes);
}

testOnTfjs("tfjsRunner agrees with the reference on every network", async (backend) => {
  await fc.assert(
    fc.asyncProperty(architectures, fc.integer({ min: 1, max: 5 }), fc.nat(), async (
      architecture,
      count,
      seed,
    ) => {
      const parameters = drawParameters(architecture, seed);
      const inputs = noise(architecture, count, seed);
      using runner = await tfjsRunner(backend, architecture, parameters);
      const found = await runner.logits(inputs, count);
      const expected = await referenceRunner(architecture, parameters).logits(inputs, count);
      const scale = Math.max(1, Math.abs(expected[argMax(expected.map(Math.abs))]));
      expected.forEach((value, i) => assertAlmostEquals(found[i], value, 2e-5 * scale));
    }),
    { numRuns: backend === "wasm" ? 60 : 10 },
  );
});

testOnTfjs("tfjsRunner runs more images than fit in one part", async (backend) => {
  const architecture = smooth(2);
  const parameters = initialize(architecture);
  const inputs = noise(architecture, 2500);
  using runner = await tfjsRunner(backend, architecture, parameters);
  const found = await runner.logits(inputs, 2500);
  const expected = await referenceRunner(architecture, parameters).logits(inputs, 2500);
  expected.forEach((value, i) => assertAlmostEquals(found[i], value, 1e-5));
});

/** A network without kinks, so that differences are close to derivatives. */
function smooth(classes = 3, second = { kernel: 2, padding: 2 }): Architecture {
  return {
    name: "smooth",
    input: [2, 7, 6],
    layers: [
      { kind: "conv", name: "conv1", filters: 3, kernel: 3, padding: 2 },
      { kind: "activation", activation: "tanh" },
      { kind: "pool", mode: "average" },
      { kind: "conv", name: "conv2", filters: 2, ...second },
      { kind: "activation", activation: "sigmoid" },
      { kind: "flatten" },
      { kind: "dense", name: "fc1", units: classes },
    ],
    classes,
  };
}

async function referenceLoss(
  architecture: Architecture,
  parameters: Parameters,
  inputs: Float32Array,
  labels: Uint8Array,
): Promise<number> {
  const { classes } = architecture;
  const logits = await referenceRunner(architecture, parameters).logits(inputs, labels.length);
  let loss = 0;
  labels.forEach((label, n) => {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    loss += Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0)) - row[label];
  });
  return loss / labels.length;
}

for (const second of [{ kernel: 2, padding: 2 }, { kernel: 3, padding: 1 }]) {
  const { kernel, padding } = second;
  const what = `a second kernel of ${kernel} with padding ${padding}`;
  testOnTfjs(
    `tfjs computes gradients that agree with finite differences for ${what}`,
    (backend) => assertFiniteDifferences(backend, smooth(3, second)),
  );
}

async function assertFiniteDifferences(
  backend: TfjsBackend,
  architecture: Architecture,
): Promise<void> {
  const parameters = initialize(architecture, { seed: 5 });
  const inputs = noise(architecture, 4);
  const labels = labelsFor(architecture, 4);
  const { gradients } = await tfjsGradients(backend, architecture, parameters, inputs, labels);
  const step = 0.01;
  for (const [name, { data }] of parameters) {
    // Every third value is enough to catch any error of layout.
    for (let i = 0; i < data.length; i += 3) {
      const value = data[i];
      data[i] = value + step;
      const above = await referenceLoss(architecture, parameters, inputs, labels);
      data[i] = value - step;
      const below = await referenceLoss(architecture, parameters, inputs, labels);
      data[i] = value;
      const expected = (above - below) / (2 * step);
      assertAlmostEquals(gradients.get(name)!.data[i], expected, 2e-4, `${name} ${i}`);
    }
  }
}

testOnTfjs("tfjs counts the right answers of a batch", async (backend) => {
  const architecture = smooth();
  const parameters = initialize(architecture, { seed: 5 });
  const inputs = noise(architecture, 30);
  const labels = labelsFor(architecture, 30);
  const logits = await referenceRunner(architecture, parameters).logits(inputs, 30);
  const expected = labels.filter((label, n) => argMax(logits.subarray(3 * n, 3 * n + 3)) === label);
  const { correct } = await tfjsGradients(backend, architecture, parameters, inputs, labels);
  assertEquals(correct, expected.length);
});

testOnTfjs("tfjs holds no more tensors after many steps, calls and disposals", async (backend) => {
  const tf = await loadTfjs(backend);
  const architecture = smooth();
  const parameters = initialize(architecture);
  const inputs = noise(architecture, 8);
  const labels = labelsFor(architecture, 8);
  const rounds = async (count: number): Promise<{ numTensors: number; numBytes: number }> => {
    using trainer = await tfjsTrainer(
      backend,
      architecture,
      { parameters, slots: new Map(), steps: 0 },
      { optimizer: { name: "adamw" }, averaging: 0.9 },
    );
    using runner = await tfjsRunner(backend, architecture, parameters);
    for (let i = 0; i < count; i++) {
      await trainer.step(inputs, labels, 0.01);
      await trainer.state();
      await runner.logits(inputs, 8);
    }
    const { numTensors, numBytes } = tf.memory();
    return { numTensors, numBytes };
  };
  const before = tf.memory().numTensors;
  const few = await rounds(2);
  assertEquals(await rounds(30), few);
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("tfjsTrainer keeps memory flat over hundreds of steps of LeNet-5 (wasm)", async () => {
  const architecture = lenet5();
  using trainer = await tfjsTrainer("wasm", architecture, {
    parameters: initialize(architecture),
    slots: new Map(),
    steps: 0,
  });
  const inputs = noise(architecture, 16);
  const labels = labelsFor(architecture, 16);
  const train = async (steps: number): Promise<number> => {
    for (let i = 0; i < steps; i++) await trainer.step(inputs, labels, 1e-3);
    return Deno.memoryUsage().rss;
  };
  const before = await train(100);
  const after = await train(300);
  // 300 steps hand out 1.5 GB of tensors.
  assertLess(after - before, 60e6);
});

testOnTfjs(
  "tfjsTrainer averages weights as their plain mean, then as a moving one",
  async (backend) => {
    const architecture = smooth();
    const parameters = initialize(architecture);
    using trainer = await tfjsTrainer(
      backend,
      architecture,
      { parameters, slots: new Map(), steps: 0 },
      { optimizer: { name: "sgd" }, averaging: 0.75 },
    );
    const inputs = noise(architecture, 8);
    const labels = labelsFor(architecture, 8);
    let expected = 0;
    for (let step = 1; step <= 8; step++) {
      await trainer.step(inputs, labels, 0.5);
      const { parameters, slots } = await trainer.state();
      const keep = Math.min(0.75, 1 - 1 / step);
      expected = keep * expected + (1 - keep) * parameters.get("fc1.bias")!.data[0];
      assertAlmostEquals(slots.get("average")!.get("fc1.bias")!.data[0], expected, 1e-6);
    }
  },
);

testOnTfjs("tfjsTrainer goes on from its state exactly as it would have", async (backend) => {
  const architecture = smooth();
  const inputs = noise(architecture, 8);
  const labels = labelsFor(architecture, 8);
  const options = { optimizer: { name: "adam" }, averaging: 0.9 } as const;
  const start = { parameters: initialize(architecture), slots: new Map(), steps: 0 };
  using whole = await tfjsTrainer(backend, architecture, start, options);
  for (let i = 0; i < 3; i++) await whole.step(inputs, labels, 0.01);
  using resumed = await tfjsTrainer(backend, architecture, await whole.state(), options);
  for (const trainer of [whole, resumed]) {
    for (let i = 0; i < 3; i++) await trainer.step(inputs, labels, 0.01);
  }
  assertEquals(await resumed.state(), await whole.state());
});
