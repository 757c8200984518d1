import type { Architecture } from "../../model/architecture.ts";
import { kindOf } from "../../model/layers.ts";
import { connectionMasks, isTrainable, type Parameters } from "../../model/parameters.ts";
import { DISTILLATION_TEMPERATURE } from "../trainer.ts";
import { backward } from "./backward.ts";
import { forward } from "./runner.ts";
import {
  flatLayout,
  type FlatParameter,
  splitName,
  toFlat,
  toImages,
  unpackWeights,
  type Weights,
} from "./layout.ts";
import { runningValues, TrainingPass } from "./training_pass.ts";
import type { Scalar, Tensor1D, Tensor2D, Tfjs } from "./tfjs.ts";

/** What a pass of training gives. */
interface Pass {
  /** Loss and number of right answers. */
  readonly measured: Tensor1D;
  /** The loss's gradient for the flat vector. */
  readonly gradient: Tensor1D;
  /**
   * Puts what the pass counted, the running values of batch normalization, in their places in a flat vector.
   *
   * @param flat The parameters after the optimizer's move, which is not meant for them.
   * @returns The parameters.
   */
  readonly withRunningValues: (flat: Tensor1D) => Tensor1D;
}

/** A network in training, over one flat vector of all its parameters. */
interface TrainingNetwork {
  /** How the flat vector is laid out. */
  readonly layout: readonly FlatParameter[];
  /**
   * One pass of training. Call it inside `tf.tidy`.
   *
   * @param flat All parameters.
   * @param inputs Normalized inputs, one after another.
   * @param labels The right classes of the first of them.
   * @param options `seed` decides what is dropped; `answers` are the logits that another network gave for the inputs
   * without labels.
   */
  pass(
    flat: Tensor1D,
    inputs: Float32Array,
    labels: Uint8Array,
    options?: { seed?: number; answers?: Float32Array | undefined },
  ): Pass;
}

/**
 * Makes the training pass of a network.
 *
 * @param tf tfjs-core.
 * @param architecture The network.
 * @param trained The names of the layers that training changes; all of them unless given.
 * @returns The network.
 */
export function createTrainingNetwork(
  tf: Tfjs,
  architecture: Architecture,
  trained?: readonly string[],
): TrainingNetwork {
  const { input: shape, layers, classes } = architecture;
  const layout = flatLayout(architecture);
  const { logits } = kindOf(layers[layers.length - 1]);
  const lossOf = logits === "distances" ? squaredDistance : crossEntropy;
  const connected = connectionsMask(architecture, layout);
  const learned = layout.every(({ name }) => isTrainable(name)) ? undefined : learnedMask(layout);

  /** All parts of all layers in one vector; what is missing is 0. */
  const pack = (weights: ReadonlyMap<string, Partial<Weights>>): Tensor1D =>
    tf.concat(layout.map(({ name, size }) => {
      const [layer, part] = splitName(name);
      const tensor = weights.get(layer)?.[part as keyof Weights];
      return tensor === undefined ? tf.zeros([size]) : tf.reshape(tensor, [size]);
    })) as Tensor1D;

  /** The mean over all inputs, of those with labels and those with another network's answers. */
  const loss = (logits: Tensor2D, labels: Uint8Array, answers: Float32Array | undefined): Loss => {
    if (answers === undefined) return lossOf(tf, logits, labels);
    const [count] = logits.shape;
    const rest = count - labels.length;
    const labelled = lossOf(tf, tf.slice(logits, 0, labels.length), labels);
    const answered = distillation(
      tf,
      tf.slice(logits, labels.length),
      tf.tensor2d(answers, [rest, classes]),
    );
    const [mean, correct] = tf.unstack(labelled.measured);
    const [share, others] = [labels.length / count, rest / count];
    return {
      measured: tf.stack([
        tf.add(tf.mul(mean, share), tf.mul(answered.loss, others)),
        correct,
      ]) as Tensor1D,
      logitsGradient: tf.concat([
        tf.mul(labelled.logitsGradient, share),
        tf.mul(answered.logitsGradient, others),
      ]) as Tensor2D,
    };
  };

  return {
    layout,
    pass(flat, inputs, labels, { seed = 0, answers } = {}) {
      const weights = unpackWeights(tf, layout, flat);
      const count = labels.length + (answers?.length ?? 0) / classes;
      const input = toImages(tf, inputs, shape, count);
      const training = new TrainingPass(tf, seed);
      const outputs = forward(tf, layers, weights, input, training);
      const { measured, logitsGradient } = loss(outputs.at(-1) as Tensor2D, labels, answers);
      const gradients = pack(
        backward(tf, layers, weights, input, outputs, training, logitsGradient, trained),
      );
      return {
        measured,
        gradient: connected === undefined ? gradients : tf.mul(gradients, connected),
        withRunningValues(moved) {
          if (learned === undefined) return moved;
          const running = [...training.statistics].map(([name, statistics]) =>
            [name, runningValues(tf, weights.get(name) as Weights, statistics)] as const
          );
          return tf.add(tf.mul(moved, learned), pack(new Map(running)));
        },
      };
    },
  };
}

/** 0 for the weights of missing connections, else 1; nothing where all are there. */
function connectionsMask(
  architecture: Architecture,
  layout: readonly FlatParameter[],
): Float32Array | undefined {
  const masks = connectionMasks(architecture);
  if (masks.size === 0) return undefined;
  return flatMask(layout, ({ name, size }) => masks.get(name) ?? new Float32Array(size).fill(1));
}

/** 1 for what is learned from gradients, 0 for running values. */
function learnedMask(layout: readonly FlatParameter[]): Float32Array {
  return flatMask(
    layout,
    ({ name, size }) => new Float32Array(size).fill(isTrainable(name) ? 1 : 0),
  );
}

function flatMask(
  layout: readonly FlatParameter[],
  mask: (parameter: FlatParameter) => Float32Array<ArrayBuffer>,
): Float32Array {
  const masks: Parameters = new Map(
    layout.map((parameter) => [parameter.name, { shape: parameter.shape, data: mask(parameter) }]),
  );
  return toFlat(layout, masks);
}

/** What a batch costs, and how the cost changes with the logits. */
interface Loss {
  /** Two numbers: the mean loss, and how many answers were right. */
  readonly measured: Tensor1D;
  /** [count, classes]. */
  readonly logitsGradient: Tensor2D;
}

/**
 * Softmax cross entropy, averaged over the batch.
 *
 * @param tf tfjs-core.
 * @param logits [count, classes].
 * @param labels The right classes.
 * @returns The loss and its gradient.
 */
function crossEntropy(tf: Tfjs, logits: Tensor2D, labels: Uint8Array): Loss {
  const target = oneHot(tf, logits, labels);
  // Shifted by the maximum, so that no exponential overflows.
  const shifted = tf.sub(logits, tf.max(logits, 1, true)) as Tensor2D;
  const exponentials = tf.exp(shifted);
  const sums = tf.sum(exponentials, 1, true);
  const logProbability = tf.sub(tf.sum(tf.mul(shifted, target), 1, true), tf.log(sums));
  const loss = tf.neg(tf.mean(logProbability));
  return {
    measured: tf.stack([loss, countCorrect(tf, logits, labels)]) as Tensor1D,
    logitsGradient: tf.div(tf.sub(tf.div(exponentials, sums), target), labels.length),
  };
}

/**
 * The squared distance to the code of the right class, averaged over the batch (LeCun et al., 1998, equation 8).
 *
 * @param tf tfjs-core.
 * @param logits Minus the squared distance to each code, [count, classes].
 * @param labels The right classes.
 * @returns The loss and its gradient.
 */
function squaredDistance(tf: Tfjs, logits: Tensor2D, labels: Uint8Array): Loss {
  const target = oneHot(tf, logits, labels);
  const loss = tf.div(tf.neg(tf.sum(tf.mul(logits, target))), labels.length);
  return {
    measured: tf.stack([loss, countCorrect(tf, logits, labels)]) as Tensor1D,
    logitsGradient: tf.div(target, -labels.length),
  };
}

function oneHot(tf: Tfjs, logits: Tensor2D, labels: Uint8Array): Tensor2D {
  const right = tf.tensor1d(Int32Array.from(labels), "int32");
  // Cast, because the WASM backend writes integers into a one-hot tensor of another type.
  return tf.cast(tf.oneHot(right, logits.shape[1]), "float32") as Tensor2D;
}

function countCorrect(tf: Tfjs, logits: Tensor2D, labels: Uint8Array): Scalar {
  const right = tf.tensor1d(Int32Array.from(labels), "int32");
  return tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), right), "float32"));
}

/**
 * How far answers are from those of another network: the Kullback-Leibler divergence of the softened answers times
 * T², averaged over the batch (Hinton et al., 2015: "Distilling the knowledge in a neural network").
 *
 * @param tf tfjs-core.
 * @param logits [count, classes].
 * @param others The logits of the other network, [count, classes].
 * @returns The loss, and its gradient with respect to the logits.
 */
export function distillation(
  tf: Tfjs,
  logits: Tensor2D,
  others: Tensor2D,
): Pick<Loss, "logitsGradient"> & { readonly loss: Scalar } {
  const [count] = logits.shape;
  const own = logProbabilities(tf, logits);
  const wanted = logProbabilities(tf, others);
  const target = tf.exp(wanted);
  const divergence: Scalar = tf.sum(tf.mul(target, tf.sub(wanted, own)));
  return {
    loss: tf.mul(divergence, DISTILLATION_TEMPERATURE ** 2 / count),
    logitsGradient: tf.mul(tf.sub(tf.exp(own), target), DISTILLATION_TEMPERATURE / count),
  };
}

function logProbabilities(tf: Tfjs, logits: Tensor2D): Tensor2D {
  const softened = tf.div(logits, DISTILLATION_TEMPERATURE);
  // Shifted by the maximum, so that no exponential overflows.
  const shifted = tf.sub(softened, tf.max(softened, 1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
}
