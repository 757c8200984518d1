import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { TrainingPass } from "../../../src/engine/tfjs/training_pass.ts";
import { toFlat } from "../../../src/engine/tfjs/layout.ts";
import { loadTfjs, withBackend } from "../../../src/engine/tfjs/tfjs.ts";
import { createTrainingNetwork } from "../../../src/engine/tfjs/training_network.ts";
import { tfjsTrainer } from "../../../src/engine/tfjs/trainer.ts";
import { sizeOf } from "../../../src/model/architecture.ts";
import { initialize } from "../../../src/model/initialize.ts";
import { Random } from "../../../src/model/random.ts";
import { lenet5 } from "../../../src/model/zoo.ts";
import { testOnTfjs } from "./backends.ts";

/** Without kinks, and with all that differs between training and evaluation. */
const VARIED = lenet5({
  input: [1, 8, 8],
  channels: [3],
  kernel: 3,
  dense: [6],
  activation: "tanh",
  pool: "average",
  classes: 3,
  batchNorm: true,
  dropout: 0.4,
});

const COUNT = 5;

const LABELS = Uint8Array.from({ length: COUNT }, (_, n) => n % 3);

function draw(): Float32Array {
  const random = new Random(1);
  return Float32Array.from({ length: COUNT * sizeOf(VARIED.input) }, () => random.normal());
}

testOnTfjs("TrainingPass drops the share that it is told and keeps the mean", async (backend) => {
  const tf = await loadTfjs(backend);
  const layer = { kind: "dropout", rate: 0.25 } as const;
  const mask = withBackend(tf, backend, () => new TrainingPass(tf, 7).mask(layer, [100, 200]));
  const values = await mask.data() as Float32Array;
  mask.dispose();
  const kept = values.filter((value) => value !== 0);
  assertAlmostEquals(kept.length / values.length, 0.75, 0.02);
  kept.forEach((value) => assertAlmostEquals(value, 4 / 3, 1e-6));
});

testOnTfjs(
  "TrainingPass drops the same in both halves, and other values by another seed",
  async (backend) => {
    const tf = await loadTfjs(backend);
    const layer = { kind: "dropout", rate: 0.5 } as const;
    const masks = withBackend(tf, backend, () => {
      const pass = new TrainingPass(tf, 1);
      const other = new TrainingPass(tf, 2);
      return [pass.mask(layer, [9, 9]), pass.mask(layer, [9, 9]), other.mask(layer, [9, 9])];
    });
    const [first, second, other] = await Promise.all(masks.map((mask) => mask.data()));
    tf.dispose(masks);
    assertEquals(second, first);
    assertNotEquals(other, first);
  },
);

testOnTfjs(
  "createTrainingNetwork's pass gives gradients that agree with finite differences under batch normalization and dropout",
  async (backend) => {
    const tf = await loadTfjs(backend);
    const network = createTrainingNetwork(tf, VARIED);
    const flat = toFlat(network.layout, initialize(VARIED, { seed: 2 }));
    const inputs = draw();
    const pass = async (values: Float32Array): Promise<[number, Float32Array]> => {
      const [measured, gradient] = withBackend(tf, backend, () => {
        const { measured, gradient } = network.pass(tf.tensor1d(values), inputs, LABELS, {
          seed: 5,
        });
        return [measured, gradient];
      });
      const [[loss], gradients] = await Promise.all([measured.data(), gradient.data()]);
      tf.dispose([measured, gradient]);
      return [loss, gradients as Float32Array];
    };
    const [, found] = await pass(flat);
    const step = 0.02;
    for (const { name, offset, size } of network.layout) {
      for (let i = offset; i < offset + size; i += Math.ceil(size / 8)) {
        const moved = (by: number): Float32Array =>
          flat.map((value, j) => j === i ? value + by : value);
        const [[above], [below]] = [await pass(moved(step)), await pass(moved(-step))];
        // What is counted has no gradient, though in evaluation the loss would change with it.
        assertAlmostEquals(found[i], (above - below) / (2 * step), 2e-3, `${name} ${i - offset}`);
      }
    }
  },
);

testOnTfjs(
  "tfjsTrainer goes on from its state exactly as it would have, with running values and dropout",
  async (backend) => {
    const options = { optimizer: { name: "adamw" }, averaging: 0.9, seed: 3 } as const;
    const start = { parameters: initialize(VARIED), slots: new Map(), steps: 0 };
    const inputs = draw();
    using whole = await tfjsTrainer(backend, VARIED, start, options);
    for (let i = 0; i < 3; i++) await whole.step(inputs, LABELS, 0.01);
    using resumed = await tfjsTrainer(backend, VARIED, await whole.state(), options);
    for (const trainer of [whole, resumed]) {
      for (let i = 0; i < 3; i++) await trainer.step(inputs, LABELS, 0.01);
    }
    const state = await whole.state();
    assertEquals(await resumed.state(), state);
    assertNotEquals(state.parameters.get("bn1.running_mean")!.data, new Float32Array(3));
  },
);

testOnTfjs("tfjsTrainer drops other values in every step", async (backend) => {
  const start = { parameters: initialize(VARIED), slots: new Map(), steps: 0 };
  using trainer = await tfjsTrainer(backend, VARIED, start, { optimizer: { name: "sgd" } });
  // Without a learning rate nothing but what is dropped differs from step to step.
  const losses: number[] = [];
  for (let i = 0; i < 3; i++) losses.push((await trainer.step(draw(), LABELS, 0)).loss);
  assertEquals(new Set(losses).size, 3);
});

testOnTfjs("tfjsTrainer drops other values with another seed", async (backend) => {
  const losses = await Promise.all([1, 1, 2].map(async (seed) => {
    const start = { parameters: initialize(VARIED), slots: new Map(), steps: 0 };
    using trainer = await tfjsTrainer(backend, VARIED, start, { seed });
    return (await trainer.step(draw(), LABELS, 0.01)).loss;
  }));
  assertEquals(losses[1], losses[0]);
  assertNotEquals(losses[2], losses[0]);
});
