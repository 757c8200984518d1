/**
 * The reference implementation: the forward pass of every layer in evaluation, in plain loops. Sums are computed in
 * double precision, layer outputs stored in single precision. All other engines are tested against it.
 *
 * @module
 */

import {
  type ActivationName,
  type Architecture,
  type BatchNormLayer,
  type ConvLayer,
  type DenseLayer,
  type ImageShape,
  inferShapes,
  type Layer,
  type PoolLayer,
  type RbfLayer,
  type Shape,
  sizeOf,
  type Stage,
  stageNames,
  type SubsampleLayer,
} from "../model/architecture.ts";
import { reasonOf } from "../errors.ts";
import { initialize } from "../model/initialize.ts";
import * as math from "../model/math.ts";
import type { Model } from "../model/model.ts";
import { BATCH_NORM_EPSILON, type Parameter, type Parameters } from "../model/parameters.ts";
import { Random } from "../model/random.ts";
import { lenet5 } from "../model/zoo.ts";
import type { Trainer, TrainerOptions, TrainerState } from "./trainer.ts";
import { wasmTrainer } from "./wasm/trainer.ts";
import type { Runner } from "./runner.ts";

/**
 * Runs one input through every layer.
 *
 * @param architecture The network.
 * @param parameters Its weights.
 * @param input One normalized input, [channels, height, width].
 * @returns The output of each layer, in order; the last one holds the logits.
 */
export function forward(
  architecture: Architecture,
  parameters: Parameters,
  input: Float32Array,
): Float32Array<ArrayBuffer>[] {
  let values = new Float32Array(input);
  return inferShapes(architecture).map((stage) => values = run(stage, parameters, values));
}

/**
 * Makes a slow runner of {@linkcode forward}. Its disposal does nothing.
 *
 * @param architecture The network.
 * @param parameters Its weights.
 * @returns The runner.
 */
export function referenceRunner(architecture: Architecture, parameters: Parameters): Runner {
  const { classes } = architecture;
  return {
    backend: "reference",
    logits(inputs, count) {
      const size = inputs.length / count;
      const logits = new Float32Array(count * classes);
      for (let n = 0; n < count; n++) {
        const outputs = forward(
          architecture,
          parameters,
          inputs.subarray(n * size, (n + 1) * size),
        );
        logits.set(outputs[outputs.length - 1], n * classes);
      }
      return Promise.resolve(logits);
    },
    [Symbol.dispose]() {},
  };
}

function run(stage: Stage, parameters: Parameters, input: Float32Array): Float32Array<ArrayBuffer> {
  const { layer } = stage;
  switch (layer.kind) {
    case "conv":
      return conv(layer, stage.input as ImageShape, stage.output as ImageShape, parameters, input);
    case "pool":
      return pool(layer, stage.input as ImageShape, stage.output as ImageShape, input);
    case "subsample":
      return subsample(
        layer,
        stage.input as ImageShape,
        stage.output as ImageShape,
        parameters,
        input,
      );
    case "batch-norm":
      return batchNorm(layer, stage.input[0], parameters, input);
    case "activation":
      return Float32Array.from(input, ACTIVATIONS[layer.activation]);
    case "dropout":
    case "flatten":
      return new Float32Array(input);
    case "dense":
      return dense(layer, parameters, input);
    case "rbf":
      return rbf(layer, stage.input[0], input);
    default:
      return layer satisfies never;
  }
}

function conv(
  { name, kernel, padding }: ConvLayer,
  [channels, height, width]: ImageShape,
  [filters, outHeight, outWidth]: ImageShape,
  parameters: Parameters,
  input: Float32Array,
): Float32Array<ArrayBuffer> {
  const { weight, bias } = weightAndBias(parameters, name);
  const output = new Float32Array(filters * outHeight * outWidth);
  for (let f = 0; f < filters; f++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        let sum = bias[f];
        for (let c = 0; c < channels; c++) {
          for (let ky = 0; ky < kernel; ky++) {
            for (let kx = 0; kx < kernel; kx++) {
              const inY = y + ky - padding;
              const inX = x + kx - padding;
              if (inY < 0 || inY >= height || inX < 0 || inX >= width) continue;
              sum += input[(c * height + inY) * width + inX] *
                weight[((f * channels + c) * kernel + ky) * kernel + kx];
            }
          }
        }
        output[(f * outHeight + y) * outWidth + x] = sum;
      }
    }
  }
  return output;
}

function pool(
  { mode }: PoolLayer,
  [, height, width]: ImageShape,
  [channels, outHeight, outWidth]: ImageShape,
  input: Float32Array,
): Float32Array<ArrayBuffer> {
  const output = new Float32Array(channels * outHeight * outWidth);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const at = (c * height + 2 * y) * width + 2 * x;
        const block = [input[at], input[at + 1], input[at + width], input[at + width + 1]];
        output[(c * outHeight + y) * outWidth + x] = mode === "max"
          ? Math.max(...block)
          : (block[0] + block[1] + block[2] + block[3]) / 4;
      }
    }
  }
  return output;
}

function subsample(
  { name }: SubsampleLayer,
  [, height, width]: ImageShape,
  [channels, outHeight, outWidth]: ImageShape,
  parameters: Parameters,
  input: Float32Array,
): Float32Array<ArrayBuffer> {
  const { weight, bias } = weightAndBias(parameters, name);
  const output = new Float32Array(channels * outHeight * outWidth);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const at = (c * height + 2 * y) * width + 2 * x;
        const sum = input[at] + input[at + 1] + input[at + width] + input[at + width + 1];
        output[(c * outHeight + y) * outWidth + x] = sum * weight[c] + bias[c];
      }
    }
  }
  return output;
}

function batchNorm(
  { name }: BatchNormLayer,
  channels: number,
  parameters: Parameters,
  input: Float32Array,
): Float32Array<ArrayBuffer> {
  const { weight, bias } = weightAndBias(parameters, name);
  const { data: mean } = parameters.get(`${name}.running_mean`) as Parameter;
  const { data: variance } = parameters.get(`${name}.running_var`) as Parameter;
  const plane = input.length / channels;
  return input.map((value, i) => {
    const c = Math.floor(i / plane);
    const deviation = Math.sqrt(variance[c] + BATCH_NORM_EPSILON);
    return (value - mean[c]) / deviation * weight[c] + bias[c];
  }) as Float32Array<ArrayBuffer>;
}

const ACTIVATIONS: Readonly<Record<ActivationName, (value: number) => number>> = {
  relu: (value) => Math.max(0, value),
  sigmoid: (value) => 1 / (1 + math.exp(-value)),
  tanh: math.tanh,
  "scaled-tanh": (value) => 1.7159 * math.tanh(2 / 3 * value),
};

function dense(
  { name, units }: DenseLayer,
  parameters: Parameters,
  input: Float32Array,
): Float32Array<ArrayBuffer> {
  const { weight, bias } = weightAndBias(parameters, name);
  const output = new Float32Array(units);
  for (let u = 0; u < units; u++) {
    let sum = bias[u];
    for (let i = 0; i < input.length; i++) sum += input[i] * weight[u * input.length + i];
    output[u] = sum;
  }
  return output;
}

function rbf(
  { codes }: RbfLayer,
  inputs: number,
  input: Float32Array,
): Float32Array<ArrayBuffer> {
  const places = input.length / inputs;
  const output = new Float32Array(codes.length * places);
  for (const [index, code] of codes.entries()) {
    for (let place = 0; place < places; place++) {
      let distance = 0;
      for (let i = 0; i < inputs; i++) {
        distance += math.square(input[i * places + place] - (code[i] === "#" ? 1 : -1));
      }
      output[index * places + place] = -distance;
    }
  }
  return output;
}

function weightAndBias(
  parameters: Parameters,
  name: string,
): { weight: Float32Array; bias: Float32Array } {
  return {
    weight: (parameters.get(`${name}.weight`) as Parameter).data,
    bias: (parameters.get(`${name}.bias`) as Parameter).data,
  };
}

/** The output of one stage of a network. */
export interface Activation {
  /** The name of the stage: `input`, the layer's own name, or its kind with a number, such as `relu1`. */
  readonly name: string;
  /** The kind of the layer; `input` for the input of the network. */
  readonly kind: "input" | Layer["kind"];
  /** [channels, height, width], or [units]. */
  readonly shape: Shape;
  /** The values, channel by channel, row by row. */
  readonly values: Float32Array<ArrayBuffer>;
}

/**
 * Runs one input through a network and names the output of each layer.
 *
 * @param model The network.
 * @param input One normalized input, [channels, height, width].
 * @returns The input, then the output of each layer, in order; the last one holds the logits.
 */
export function activationsOf(
  { architecture, parameters }: Model,
  input: Float32Array<ArrayBuffer>,
): Activation[] {
  const names = stageNames(architecture.layers);
  const outputs = forward(architecture, parameters, input);
  return [
    { name: "input", kind: "input", shape: architecture.input, values: input },
    ...inferShapes(architecture).map(({ layer: { kind }, output }, index): Activation => ({
      name: names[index],
      kind,
      shape: output,
      values: outputs[index],
    })),
  ];
}

/** The largest absolute error of a logit from a GPU; those of the known network are below 3. */
const MAX_GPU_ERROR = 1e-3;

/**
 * Checks that a GPU computes the logits of a known network. Some drivers return zeros without an error.
 *
 * @param makeRunner Makes a network ready to run on the GPU.
 * @returns A description of the problem; nothing when the logits are right.
 */
export async function checkGpu(
  makeRunner: (architecture: Architecture, parameters: Parameters) => Promise<Runner>,
): Promise<string | undefined> {
  const architecture = lenet5();
  const parameters = initialize(architecture, { seed: 1 });
  const random = new Random(2);
  const input = Float32Array.from({ length: sizeOf(architecture.input) }, () => random.next());
  const expected = await referenceRunner(architecture, parameters).logits(input, 1);
  try {
    const runner = await makeRunner(architecture, parameters);
    const found = await runner.logits(input, 1).finally(() => runner[Symbol.dispose]());
    const error = Math.max(...expected.map((value, i) => Math.abs(value - found[i])));
    // Written so that NaN fails.
    return error <= MAX_GPU_ERROR ? undefined : `a known answer came out wrong by ${error}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The network of the known step: every kind of kernel that training LeNet-5 needs. */
const KNOWN_NETWORK: Architecture = {
  name: "known-step",
  input: [1, 8, 8],
  layers: [
    { kind: "conv", name: "conv1", filters: 3, kernel: 3, padding: 1 },
    { kind: "activation", activation: "relu" },
    { kind: "pool", mode: "max" },
    { kind: "conv", name: "conv2", filters: 4, kernel: 3, padding: 0 },
    { kind: "activation", activation: "relu" },
    { kind: "flatten" },
    { kind: "dense", name: "fc1", units: 3 },
  ],
  classes: 3,
};

/** The images of the known step. */
const KNOWN_COUNT = 6;

/**
 * The largest absolute error of a weight, and of the loss, after the known step on a GPU. The step moves the weights by up
 * to 0.3, and single precision is off by less than 1e-6.
 */
const MAX_STEP_ERROR = 1e-3;

/**
 * Checks that a GPU trains: one step of plain gradient descent from known weights has to move them as our own kernels do.
 *
 * @param makeTrainer Puts a network in training on the GPU.
 * @returns A description of the problem; nothing when the weights are right.
 */
export async function checkGpuTraining(
  makeTrainer: (
    architecture: Architecture,
    state: TrainerState,
    options: TrainerOptions,
  ) => Promise<Trainer>,
): Promise<string | undefined> {
  const parameters = initialize(KNOWN_NETWORK, { seed: 1 });
  const random = new Random(2);
  const inputs = Float32Array.from(
    { length: KNOWN_COUNT * sizeOf(KNOWN_NETWORK.input) },
    () => random.next(),
  );
  const labels = Uint8Array.from({ length: KNOWN_COUNT }, (_, n) => n % KNOWN_NETWORK.classes);
  const step = async (make: typeof makeTrainer): Promise<number[]> => {
    const state = { parameters, slots: new Map(), steps: 0 };
    const trainer = await make(KNOWN_NETWORK, state, { optimizer: { name: "sgd" } });
    try {
      // At a rate of 1 the weights move by their gradients.
      const { loss } = await trainer.step(inputs, labels, 1);
      const { parameters } = await trainer.state();
      return [loss, ...[...parameters.values()].flatMap(({ data }) => [...data])];
    } finally {
      trainer[Symbol.dispose]();
    }
  };
  const expected = await step(wasmTrainer);
  try {
    const found = await step(makeTrainer);
    const error = Math.max(...expected.map((value, i) => Math.abs(value - found[i])));
    // Written so that NaN fails.
    return error <= MAX_STEP_ERROR ? undefined : `a known training step came out wrong by ${error}`;
  } catch (error) {
    return reasonOf(error);
  }
}
