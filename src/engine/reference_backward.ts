/**
 * The reference implementation of training: the forward and backward pass of every layer over a batch and the losses,
 * in plain loops and double precision. All other engines are tested against it.
 *
 * @module
 */

import {
  type ActivationName,
  type Architecture,
  type ConvLayer,
  type ImageShape,
  inferShapes,
  sizeOf,
  type Stage,
} from "../model/architecture.ts";
import { kindOf } from "../model/layers.ts";
import * as math from "../model/math.ts";
import { BATCH_NORM_EPSILON } from "../model/parameters.ts";
import { Random } from "../model/random.ts";
import { BATCH_NORM_MOMENTUM, DISTILLATION_TEMPERATURE } from "./trainer.ts";

/** Parameters, or gradients of them, by their full names, such as `conv1.weight`. */
type Values = ReadonlyMap<string, ArrayLike<number>>;

/** The inputs and targets of one training step. */
export interface ReferenceBatch {
  /** Normalized inputs, one after another. */
  readonly inputs: ArrayLike<number>;
  /** The classes of the first inputs; without targets, of all. */
  readonly labels: Uint8Array;
  /** The logits of another network for the remaining inputs. */
  readonly targets?: ArrayLike<number> | undefined;
  /** The seed of the dropout of this step; default 0. */
  readonly seed?: number;
}

/** The result of {@linkcode trainingPass}. */
export interface ReferencePass {
  /** The mean loss over the batch. */
  readonly loss: number;
  /** The number of right answers among the inputs with labels. */
  readonly correct: number;
  /** The gradient of the loss with respect to each trainable parameter. */
  readonly gradients: ReadonlyMap<string, Float64Array>;
  /** The running values of batch normalization after the step. */
  readonly running: ReadonlyMap<string, Float64Array>;
  /** The output of each layer, in order, for the whole batch. */
  readonly outputs: readonly Float64Array[];
}

/**
 * Computes the loss of a batch in training, and its gradients.
 *
 * @param architecture The network.
 * @param parameters Its weights.
 * @param batch The inputs and their targets.
 * @returns The loss and the gradients.
 */
export function trainingPass(
  architecture: Architecture,
  parameters: Values,
  { inputs, labels, targets, seed = 0 }: ReferenceBatch,
): ReferencePass {
  const count = inputs.length / sizeOf(architecture.input);
  const pass: Pass = {
    parameters,
    count,
    random: new Random(seed),
    gradients: new Map(),
    running: new Map(),
  };
  const outputs: Float64Array[] = [];
  const backwards: Backward[] = [];
  let values = Float64Array.from(inputs);
  for (const stage of inferShapes(architecture)) {
    const { output, backward } = runForward(stage, pass, values);
    outputs.push(values = output);
    backwards.push(backward);
  }
  const { loss, correct, gradient } = lossOf(architecture, values, labels, targets);
  backwards.reduceRight((dy, backward) => backward(dy), gradient);
  return { loss, correct, gradients: pass.gradients, running: pass.running, outputs };
}

/** Takes the gradient of a layer's output. Adds those of its parameters, returns that of its input. */
type Backward = (dy: Float64Array<ArrayBuffer>) => Float64Array<ArrayBuffer>;

/** A layer after its forward pass. */
interface Forward {
  readonly output: Float64Array<ArrayBuffer>;
  readonly backward: Backward;
}

/** What the layers of one pass share. */
interface Pass {
  readonly parameters: Values;
  readonly count: number;
  readonly random: Random;
  readonly gradients: Map<string, Float64Array>;
  readonly running: Map<string, Float64Array>;
}

function runForward(stage: Stage, pass: Pass, x: Float64Array<ArrayBuffer>): Forward {
  const { layer, input, output } = stage;
  switch (layer.kind) {
    case "conv":
      return weightedSum(layer.name, stage, pass, x, convTerms(layer, stage));
    case "dense":
      return weightedSum(layer.name, stage, pass, x, denseTerms(input[0], output[0]));
    case "pool":
      return pool(layer.mode, stage, pass, x);
    case "subsample":
      return subsample(layer.name, stage, pass, x);
    case "batch-norm":
      return batchNorm(layer.name, input, pass, x);
    case "dropout": {
      const mask = dropoutMask(layer.rate, input, pass);
      return {
        output: x.map((value, i) => value * mask[i]),
        backward: (dy) => dy.map((value, i) => value * mask[i]),
      };
    }
    case "activation": {
      const { of, derivative } = ACTIVATIONS[layer.activation];
      const y = x.map(of);
      return { output: y, backward: (dy) => dy.map((value, i) => value * derivative(y[i])) };
    }
    case "flatten":
      return { output: x, backward: (dy) => dy };
    case "rbf":
      return rbf(layer.codes, input, pass, x);
    default:
      return layer satisfies never;
  }
}

/** Calls back for each product of a layer whose outputs are weighted sums of its inputs. */
type Terms = (visit: (input: number, weight: number, output: number) => void) => void;

function convTerms({ kernel, padding, connections }: ConvLayer, { input, output }: Stage): Terms {
  const [channels, height, width] = input as ImageShape;
  const [filters, outHeight, outWidth] = output as ImageShape;
  return (visit) => {
    for (let f = 0; f < filters; f++) {
      for (const c of connections?.[f] ?? Array(channels).keys()) {
        for (let y = 0; y < outHeight; y++) {
          for (let x = 0; x < outWidth; x++) {
            for (let ky = 0; ky < kernel; ky++) {
              for (let kx = 0; kx < kernel; kx++) {
                const inY = y + ky - padding;
                const inX = x + kx - padding;
                if (inY < 0 || inY >= height || inX < 0 || inX >= width) continue;
                visit(
                  (c * height + inY) * width + inX,
                  ((f * channels + c) * kernel + ky) * kernel + kx,
                  (f * outHeight + y) * outWidth + x,
                );
              }
            }
          }
        }
      }
    }
  };
}

function denseTerms(inputs: number, units: number): Terms {
  return (visit) => {
    for (let u = 0; u < units; u++) {
      for (let i = 0; i < inputs; i++) visit(i, u * inputs + i, u);
    }
  };
}

/** Σ weight·x + bias, with one bias for each filter or unit. */
function weightedSum(
  name: string,
  { input, output }: Stage,
  pass: Pass,
  x: Float64Array,
  terms: Terms,
): Forward {
  const { parameters, count } = pass;
  const weight = parameters.get(`${name}.weight`) as ArrayLike<number>;
  const bias = parameters.get(`${name}.bias`) as ArrayLike<number>;
  const [inputSize, outputSize] = [sizeOf(input), sizeOf(output)];
  const place = outputSize / output[0];
  const y = Float64Array.from(
    { length: count * outputSize },
    (_, i) => bias[Math.floor(i % outputSize / place)],
  );
  for (let n = 0; n < count; n++) {
    terms((i, w, o) => y[n * outputSize + o] += weight[w] * x[n * inputSize + i]);
  }
  return {
    output: y,
    backward(dy) {
      const dx = new Float64Array(x.length);
      const weightGradient = new Float64Array(weight.length);
      for (let n = 0; n < count; n++) {
        terms((i, w, o) => {
          weightGradient[w] += dy[n * outputSize + o] * x[n * inputSize + i];
          dx[n * inputSize + i] += dy[n * outputSize + o] * weight[w];
        });
      }
      pass.gradients.set(`${name}.weight`, weightGradient);
      pass.gradients.set(`${name}.bias`, channelSums(dy, output, count));
      return dx;
    },
  };
}

/** The sum of each channel or unit over the batch and the places of a map. */
function channelSums(values: Float64Array, shape: readonly number[], count: number): Float64Array {
  const sums = new Float64Array(shape[0]);
  const place = values.length / count / shape[0];
  values.forEach((value, i) => sums[Math.floor(i / place) % shape[0]] += value);
  return sums;
}

/** Calls back with each output of a 2×2 pooling and its block of inputs, row by row, over the batch. */
function eachBlock(
  { input, output }: Stage,
  count: number,
  visit: (output: number, block: readonly number[], channel: number) => void,
): void {
  const [channels, height, width] = input as ImageShape;
  const [, outHeight, outWidth] = output as ImageShape;
  for (let map = 0; map < count * channels; map++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const at = (map * height + 2 * y) * width + 2 * x;
        const to = (map * outHeight + y) * outWidth + x;
        visit(to, [at, at + 1, at + width, at + width + 1], map % channels);
      }
    }
  }
}

/** The gradient of a maximum belongs to the first input that has it. */
function pool(mode: "max" | "average", stage: Stage, { count }: Pass, x: Float64Array): Forward {
  const output = new Float64Array(count * sizeOf(stage.output));
  const first = (block: readonly number[]): number =>
    block.reduce((best, at) => x[at] > x[best] ? at : best);
  eachBlock(stage, count, (to, block) => {
    output[to] = mode === "max" ? x[first(block)] : block.reduce((sum, at) => sum + x[at] / 4, 0);
  });
  return {
    output,
    backward(dy) {
      const dx = new Float64Array(x.length);
      eachBlock(stage, count, (from, block) => {
        if (mode === "max") dx[first(block)] = dy[from];
        else for (const at of block) dx[at] = dy[from] / 4;
      });
      return dx;
    },
  };
}

function subsample(name: string, stage: Stage, pass: Pass, x: Float64Array): Forward {
  const { parameters, gradients, count } = pass;
  const weight = parameters.get(`${name}.weight`) as ArrayLike<number>;
  const bias = parameters.get(`${name}.bias`) as ArrayLike<number>;
  const output = new Float64Array(count * sizeOf(stage.output));
  const sumOf = (block: readonly number[]): number => block.reduce((sum, at) => sum + x[at], 0);
  eachBlock(stage, count, (to, block, c) => output[to] = sumOf(block) * weight[c] + bias[c]);
  return {
    output,
    backward(dy) {
      const dx = new Float64Array(x.length);
      const weightGradient = new Float64Array(weight.length);
      eachBlock(stage, count, (from, block, c) => {
        weightGradient[c] += dy[from] * sumOf(block);
        for (const at of block) dx[at] = dy[from] * weight[c];
      });
      gradients.set(`${name}.weight`, weightGradient);
      gradients.set(`${name}.bias`, channelSums(dy, stage.output, count));
      return dx;
    },
  };
}

/** Batch normalization and its gradient (Ioffe and Szegedy, 2015, section 3). */
function batchNorm(name: string, shape: readonly number[], pass: Pass, x: Float64Array): Forward {
  const { parameters, gradients, running, count } = pass;
  const part = (key: string) => parameters.get(`${name}.${key}`) as ArrayLike<number>;
  const weight = part("weight");
  const bias = part("bias");
  const places = x.length / shape[0];
  const channelOf = (i: number): number => Math.floor(i * count / places) % shape[0];
  const mean = channelSums(x, shape, count).map((sum) => sum / places);
  const centred = x.map((value, i) => value - mean[channelOf(i)]);
  const variance = channelSums(centred.map(math.square), shape, count).map((sum) => sum / places);
  const inverse = variance.map((value) => 1 / Math.sqrt(value + BATCH_NORM_EPSILON));
  const normalized = centred.map((value, i) => value * inverse[channelOf(i)]);
  const follow = (key: string, values: Float64Array): void => {
    const before = part(key);
    const keep = 1 - BATCH_NORM_MOMENTUM;
    const after = values.map((value, c) => keep * before[c] + BATCH_NORM_MOMENTUM * value);
    running.set(`${name}.${key}`, after);
  };
  follow("running_mean", mean);
  // As in PyTorch, the running variance follows the unbiased one of the batch.
  follow("running_var", variance.map((value) => value * places / Math.max(places - 1, 1)));
  return {
    output: normalized.map((value, i) => value * weight[channelOf(i)] + bias[channelOf(i)]),
    backward(dy) {
      const biasGradient = channelSums(dy, shape, count);
      const weightGradient = channelSums(dy.map((v, i) => v * normalized[i]), shape, count);
      gradients.set(`${name}.weight`, weightGradient);
      gradients.set(`${name}.bias`, biasGradient);
      return dy.map((value, i) => {
        const c = channelOf(i);
        const common = (normalized[i] * weightGradient[c] + biasGradient[c]) / places;
        return (value - common) * weight[c] * inverse[c];
      });
    },
  };
}

/**
 * The factors of a dropout. They are drawn in the order in which trainers hold images: row by row, column by column,
 * channel by channel.
 */
function dropoutMask(
  rate: number,
  shape: readonly number[],
  { count, random }: Pass,
): Float64Array {
  const [channels, height = 1, width = 1] = shape;
  const mask = new Float64Array(count * sizeOf(shape));
  for (let n = 0; n < count; n++) {
    for (let place = 0; place < height * width; place++) {
      for (let c = 0; c < channels; c++) {
        mask[(n * channels + c) * height * width + place] = random.next() < rate
          ? 0
          : 1 / (1 - rate);
      }
    }
  }
  return mask;
}

/** Functions of the input, and their derivatives as functions of the output. */
const ACTIVATIONS: Readonly<
  Record<ActivationName, { of: (x: number) => number; derivative: (y: number) => number }>
> = {
  relu: { of: (x) => Math.max(0, x), derivative: (y) => y > 0 ? 1 : 0 },
  sigmoid: { of: (x) => 1 / (1 + math.exp(-x)), derivative: (y) => y * (1 - y) },
  tanh: { of: math.tanh, derivative: (y) => 1 - y * y },
  "scaled-tanh": {
    of: (x) => 1.7159 * math.tanh(2 / 3 * x),
    derivative: (y) => 2 / 3 * (1.7159 - y * y / 1.7159),
  },
};

/** −Σ (x − code)² at each place of a map. */
function rbf(
  codes: readonly string[],
  [inputs]: readonly number[],
  { count }: Pass,
  x: Float64Array,
): Forward {
  const places = x.length / count / inputs;
  const output = new Float64Array(count * codes.length * places);
  const eachDifference = (visit: (output: number, input: number, value: number) => void): void => {
    for (let n = 0; n < count; n++) {
      for (const [k, code] of codes.entries()) {
        for (let i = 0; i < inputs; i++) {
          for (let place = 0; place < places; place++) {
            const from = (n * inputs + i) * places + place;
            const to = (n * codes.length + k) * places + place;
            visit(to, from, x[from] - (code[i] === "#" ? 1 : -1));
          }
        }
      }
    }
  };
  eachDifference((to, _, difference) => output[to] -= difference * difference);
  return {
    output,
    backward(dy) {
      const dx = new Float64Array(x.length);
      eachDifference((from, to, difference) => dx[to] -= 2 * difference * dy[from]);
      return dx;
    },
  };
}

/**
 * The mean loss over a batch. Inputs with labels cost the cross entropy, or the squared distance to the code of the right
 * class (LeCun et al., 1998, equation 8); inputs with targets cost the Kullback-Leibler divergence of both softened
 * answers, times T² (Hinton et al., 2015: "Distilling the knowledge in a neural network").
 */
function lossOf(
  { layers, classes }: Architecture,
  logits: Float64Array<ArrayBuffer>,
  labels: Uint8Array,
  targets: ArrayLike<number> = [],
): { loss: number; correct: number; gradient: Float64Array<ArrayBuffer> } {
  const count = logits.length / classes;
  const isDistance = kindOf(layers[layers.length - 1]).logits === "distances";
  const gradient = new Float64Array(logits.length);
  let loss = 0;
  let correct = 0;
  for (let n = 0; n < count; n++) {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    const label = labels[n];
    if (n >= labels.length) {
      const from = (n - labels.length) * classes;
      const other = Float64Array.from(row, (_, k) => targets[from + k]);
      const own = logSoftmax(row, DISTILLATION_TEMPERATURE);
      const wanted = logSoftmax(other, DISTILLATION_TEMPERATURE);
      for (let k = 0; k < classes; k++) {
        const target = math.exp(wanted[k]);
        loss += target * (wanted[k] - own[k]) * math.square(DISTILLATION_TEMPERATURE);
        gradient[n * classes + k] = (math.exp(own[k]) - target) * DISTILLATION_TEMPERATURE / count;
      }
      continue;
    }
    if (row.every((value) => value <= row[label]) && row.indexOf(row[label]) === label) correct++;
    if (isDistance) {
      loss -= row[label];
      gradient[n * classes + label] = -1 / count;
      continue;
    }
    const own = logSoftmax(row, 1);
    loss -= own[label];
    for (let k = 0; k < classes; k++) {
      gradient[n * classes + k] = (math.exp(own[k]) - (k === label ? 1 : 0)) / count;
    }
  }
  return { loss: loss / count, correct, gradient };
}

function logSoftmax(logits: Float64Array, temperature: number): Float64Array {
  const highest = logits.reduce((a, b) => Math.max(a, b));
  const shifted = logits.map((value) => (value - highest) / temperature);
  const log = math.log(shifted.reduce((sum, value) => sum + math.exp(value), 0));
  return shifted.map((value) => value - log);
}
