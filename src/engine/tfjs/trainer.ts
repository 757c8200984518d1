import type { Architecture } from "../../model/architecture.ts";
import type { Parameters } from "../../model/parameters.ts";
import {
  dropoutSeed,
  type OptimizerOptions,
  type Trainer,
  type TrainerOptions,
  type TrainerState,
} from "../trainer.ts";
import { type FlatParameter, fromFlat, splitName, toFlat } from "./layout.ts";
import { loadTfjs, type Tensor1D, type Tfjs, type TfjsBackend, withBackend } from "./tfjs.ts";
import { createTrainingNetwork } from "./training_network.ts";

export { importTfjs } from "./tfjs.ts";

/**
 * Puts a network in training on one of tfjs' backends.
 *
 * @param backend Which one.
 * @param architecture The network.
 * @param state Where to begin: first weights, or the state of another trainer with the same options.
 * @param options The optimizer, whether weights are averaged, and which layers change.
 * @returns The trainer.
 * @throws {LeNetError} `backend/unavailable` when the backend cannot be started here.
 */
export async function tfjsTrainer(
  backend: TfjsBackend,
  architecture: Architecture,
  state: TrainerState,
  { optimizer: optimizerOptions = {}, averaging = 0, seed = 0, layers }: TrainerOptions = {},
): Promise<Trainer> {
  const tf = await loadTfjs(backend);
  const network = createTrainingNetwork(tf, architecture, layers);
  const optimizer = createOptimizer(tf, optimizerOptions);
  const { layout } = network;
  const slotNames = averaging === 0 ? optimizer.slots : [...optimizer.slots, "average"];

  const upload = (parameters: Parameters | undefined): Tensor1D =>
    parameters === undefined
      ? tf.zeros([layout.reduce((sum, { size }) => sum + size, 0)])
      : tf.tensor1d(toFlat(layout, parameters));
  let [flat, ...slots] = withBackend(tf, backend, () => [
    upload(state.parameters),
    ...slotNames.map((name) => upload(state.slots.get(name))),
  ]);
  const changing = layers && withBackend(tf, backend, () => changingMask(tf, layout, layers));
  let steps = state.steps;

  return {
    async step(inputs, labels, learningRate, answers) {
      const step = steps + 1;
      const [measured, ...next] = withBackend(tf, backend, () => {
        const pass = network.pass(flat, inputs, labels, {
          seed: dropoutSeed(seed, step),
          answers,
        });
        const { measured } = pass;
        const moved = optimizer.update(flat, pass.gradient, slots, step, learningRate);
        const all = pass.withRunningValues(moved.parameters);
        const parameters: Tensor1D = changing === undefined ? all : tf.where(changing, all, flat);
        if (averaging === 0) return [measured, parameters, ...moved.slots];
        // The mean of all weights so far, until they are more than the average is meant to span.
        const keep = Math.min(averaging, 1 - 1 / step);
        const average = slots[slots.length - 1];
        const averaged: Tensor1D = tf.add(
          tf.mul(average, keep),
          tf.mul(parameters, 1 - keep),
        );
        return [measured, parameters, ...moved.slots, averaged];
      });
      tf.dispose([flat, ...slots]);
      [flat, ...slots] = next;
      steps = step;
      try {
        const [loss, correct] = await measured.data();
        return { loss, correct };
      } finally {
        measured.dispose();
      }
    },
    async parameters() {
      return fromFlat(layout, await flat.data() as Float32Array);
    },
    async state() {
      // All reads are awaited together: on a lost GPU each of them fails.
      const [parameters, ...values] = await Promise.all(
        [flat, ...slots].map(async (tensor) =>
          fromFlat(layout, await tensor.data() as Float32Array)
        ),
      );
      return {
        parameters,
        slots: new Map(slotNames.map((name, index) => [name, values[index]])),
        steps,
      };
    },
    [Symbol.dispose]() {
      tf.dispose([flat, ...slots, ...changing === undefined ? [] : [changing]]);
    },
  };
}

/** Which values of the flat vector belong to these layers. */
function changingMask(
  tf: Tfjs,
  layout: readonly FlatParameter[],
  layers: readonly string[],
): Tensor1D {
  const changes = layout.flatMap(({ name, size }) =>
    new Array<boolean>(size).fill(layers.includes(splitName(name)[0]))
  );
  return tf.tensor1d(changes, "bool");
}

/** An optimizer over one flat vector of parameters. */
interface Optimizer {
  /** The names of the vectors it carries from step to step; each begins at zero. */
  readonly slots: readonly string[];
  /**
   * One step.
   *
   * @param parameters The weights before it.
   * @param gradient The loss's gradient for them.
   * @param slots What it carries.
   * @param step The number of this step, from 1.
   * @param learningRate The learning rate of this step.
   * @returns The weights and slots after it.
   */
  update(
    parameters: Tensor1D,
    gradient: Tensor1D,
    slots: readonly Tensor1D[],
    step: number,
    learningRate: number,
  ): { parameters: Tensor1D; slots: Tensor1D[] };
}

/**
 * Makes an optimizer from its options.
 *
 * @param tf tfjs-core.
 * @param options Which one, and its constants.
 * @returns The optimizer.
 */
function createOptimizer(tf: Tfjs, options: OptimizerOptions): Optimizer {
  return options.name === "sgd" ? sgd(tf, options) : adam(tf, options, options.name === "adamw");
}

/** Momentum in PyTorch's form: v ← momentum·v + g; w ← w − rate·v. */
function sgd(tf: Tfjs, { momentum = 0, weightDecay = 0 }: OptimizerOptions): Optimizer {
  return {
    slots: momentum > 0 ? ["momentum"] : [],
    update(parameters, gradient, slots, _step, learningRate) {
      const decayed = decay(tf, gradient, parameters, weightDecay);
      if (momentum === 0) {
        return { parameters: addScaled(tf, parameters, decayed, -learningRate), slots: [] };
      }
      const velocity = addScaled(tf, decayed, slots[0], momentum);
      return { parameters: addScaled(tf, parameters, velocity, -learningRate), slots: [velocity] };
    },
  };
}

/** Kingma and Ba, 2015, with bias correction; decoupled weight decay as in Loshchilov and Hutter, 2019. */
function adam(tf: Tfjs, options: OptimizerOptions, decoupled: boolean): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = decoupled ? 0.01 : 0 } = options;
  return {
    slots: ["mean", "square"],
    update(parameters, gradient, slots, step, learningRate) {
      const decayed = decoupled ? gradient : decay(tf, gradient, parameters, weightDecay);
      const mean: Tensor1D = tf.add(tf.mul(slots[0], beta1), tf.mul(decayed, 1 - beta1));
      const square: Tensor1D = tf.add(
        tf.mul(slots[1], beta2),
        tf.mul(tf.square(decayed), 1 - beta2),
      );
      const root = Math.sqrt(1 - beta2 ** step);
      const denominator: Tensor1D = tf.add(tf.div(tf.sqrt(square), root), epsilon);
      const shrunk: Tensor1D = decoupled
        ? tf.mul(parameters, 1 - learningRate * weightDecay)
        : parameters;
      const direction: Tensor1D = tf.div(mean, denominator);
      const rate = learningRate / (1 - beta1 ** step);
      return {
        parameters: addScaled(tf, shrunk, direction, -rate),
        slots: [mean, square],
      };
    },
  };
}

function decay(tf: Tfjs, gradient: Tensor1D, parameters: Tensor1D, amount: number): Tensor1D {
  return amount === 0 ? gradient : addScaled(tf, gradient, parameters, amount);
}

/** a + scale·b. */
function addScaled(tf: Tfjs, a: Tensor1D, b: Tensor1D, scale: number): Tensor1D {
  return tf.add(a, tf.mul(b, scale));
}
