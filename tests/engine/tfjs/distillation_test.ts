import { assertAlmostEquals, assertEquals } from "@std/assert";
import { toFlat } from "../../../src/engine/tfjs/layout.ts";
import { loadTfjs, type TfjsBackend, withBackend } from "../../../src/engine/tfjs/tfjs.ts";
import { createTrainingNetwork, distillation } from "../../../src/engine/tfjs/training_network.ts";
import { tfjsRunner } from "../../../src/engine/tfjs/runner.ts";
import { tfjsTrainer } from "../../../src/engine/tfjs/trainer.ts";
import { type Architecture, sizeOf } from "../../../src/model/architecture.ts";
import { initialize } from "../../../src/model/initialize.ts";
import { Random } from "../../../src/model/random.ts";
import { lenet5 } from "../../../src/model/zoo.ts";
import { testOnTfjs } from "./backends.ts";

/** Without kinks. */
const SMOOTH = lenet5({
  input: [1, 8, 8],
  channels: [3],
  kernel: 3,
  dense: [6],
  activation: "tanh",
  pool: "average",
  classes: 3,
});

/** The same with radial basis functions, whose loss is another. */
const RBF: Architecture = {
  ...SMOOTH,
  layers: [...SMOOTH.layers, { kind: "rbf", codes: ["#..", ".#.", "..#"] }],
};

const random = new Random(1);

const INPUTS = Float32Array.from({ length: 4 * 64 }, () => random.normal());

const LABELS = Uint8Array.of(2, 0);

const ANSWERS = Float32Array.of(0.2, 5, -3, 0.9, 10, 0);

async function pass(
  backend: TfjsBackend,
  architecture: Architecture,
  flat: Float32Array,
  inputs: Float32Array,
  answers?: Float32Array,
): Promise<{ loss: number; correct: number; gradient: Float32Array }> {
  const tf = await loadTfjs(backend);
  const network = createTrainingNetwork(tf, architecture);
  const [measured, gradient] = withBackend(tf, backend, () => {
    const pass = network.pass(tf.tensor1d(flat), inputs, LABELS, { answers });
    return [pass.measured, pass.gradient];
  });
  const [[loss, correct], values] = await Promise.all([measured.data(), gradient.data()]);
  tf.dispose([measured, gradient]);
  return { loss, correct, gradient: values as Float32Array };
}

async function flatOf(backend: TfjsBackend, architecture: Architecture): Promise<Float32Array> {
  const { layout } = createTrainingNetwork(await loadTfjs(backend), architecture);
  return toFlat(layout, initialize(architecture, { seed: 2 }));
}

// What PyTorch's kl_div gives for logits divided by 6, with log_target and batchmean, times 36.
testOnTfjs("distillation computes the loss and gradient of PyTorch", async (backend) => {
  const tf = await loadTfjs(backend);
  const [loss, gradient] = withBackend(tf, backend, () => {
    const logits = tf.tensor2d([1, 2, 3, 0, -1, 40], [2, 3]);
    const others = tf.tensor2d([3, 1, 0, 5, -30, 0], [2, 3]);
    const { loss, logitsGradient } = distillation(tf, logits, others);
    return [loss, logitsGradient];
  });
  const [[value], values] = await Promise.all([loss.data(), gradient.data()]);
  tf.dispose([loss, gradient]);
  assertAlmostEquals(value, 73.565155, 1e-3);
  const expected = [-0.452701, 0.0654768, 0.3872242, -2.0831091, -0.0028869, 2.0859964];
  values.forEach((found, i) => assertAlmostEquals(found, expected[i], 1e-5));
});

testOnTfjs(
  "createTrainingNetwork's pass has nothing to change where its answers are the other network's",
  async (backend) => {
    for (const architecture of [SMOOTH, RBF]) {
      const parameters = initialize(architecture, { seed: 2 });
      using runner = await tfjsRunner(backend, architecture, parameters);
      const answers = await runner.logits(INPUTS.subarray(128), 2);
      const flat = await flatOf(backend, architecture);
      const alone = await pass(backend, architecture, flat, INPUTS.subarray(0, 128));
      const both = await pass(backend, architecture, flat, INPUTS, answers);
      assertAlmostEquals(both.loss, alone.loss / 2, 1e-5);
      assertEquals(both.correct, alone.correct);
      both.gradient.forEach((value, i) => assertAlmostEquals(value, alone.gradient[i] / 2, 1e-5));
    }
  },
);

testOnTfjs(
  "createTrainingNetwork's pass gives gradients that agree with finite differences for answers",
  async (backend) => {
    for (const architecture of [SMOOTH, RBF]) {
      const flat = await flatOf(backend, architecture);
      const { gradient } = await pass(backend, architecture, flat, INPUTS, ANSWERS);
      const step = 0.02;
      for (let i = 0; i < flat.length; i += Math.ceil(flat.length / 40)) {
        const lossAt = async (by: number): Promise<number> => {
          const moved = flat.map((value, j) => j === i ? value + by : value);
          return (await pass(backend, architecture, moved, INPUTS, ANSWERS)).loss;
        };
        const slope = (await lossAt(step) - await lossAt(-step)) / (2 * step);
        assertAlmostEquals(gradient[i], slope, 3e-3, `weight ${i}`);
      }
    }
  },
);

testOnTfjs("tfjsTrainer changes the layers that it is told, and nothing else", async (backend) => {
  const architecture = lenet5({
    input: [1, 12, 12],
    channels: [3, 4],
    kernel: 3,
    dense: [6],
    classes: 3,
    batchNorm: true,
  });
  const start = { parameters: initialize(architecture), slots: new Map(), steps: 0 };
  const size = 2 * sizeOf(architecture.input);
  const inputs = Float32Array.from({ length: size }, () => random.next());
  const options = { optimizer: { name: "adamw" }, averaging: 0.9 } as const;
  for (const layers of [["conv1"], ["bn2"], ["conv2", "fc2"], ["fc1", "fc2"]]) {
    using trainer = await tfjsTrainer(backend, architecture, start, { ...options, layers });
    for (let i = 0; i < 3; i++) await trainer.step(inputs, LABELS, 0.01);
    const { parameters } = await trainer.state();
    const changed = [...parameters]
      .filter(([name, { data }]) => String(data) !== String(start.parameters.get(name)!.data))
      .map(([name]) => name.slice(0, name.lastIndexOf(".")));
    assertEquals([...new Set(changed)], layers);
  }
});
