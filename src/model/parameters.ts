import { LeNetError, oneLine } from "../errors.ts";
import {
  type Architecture,
  inferShapes,
  type Layer,
  sizeOf,
  stageParameters,
} from "./architecture.ts";
import { kindOf, PARAMETER_PARTS } from "./layers.ts";

/** One named array of trained numbers. */
export interface Parameter {
  /** The size of each dimension, slowest-varying first. */
  readonly shape: readonly number[];
  /** The values in row-major order. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** The parameters of a network by name, in the order of its layers. Shapes and names are PyTorch's. */
export type Parameters = ReadonlyMap<string, Parameter>;

/**
 * The parameters that an architecture needs.
 *
 * Convolutions have a `weight` [filters, channels, kernel, kernel], dense layers a `weight` [units, inputs], and both
 * a `bias`. Batch normalization has a `weight`, a `bias`, and two that are not trained: `running_mean` and
 * `running_var`. Names, shapes and order are those of PyTorch's state dict.
 *
 * @returns The shape of each parameter by name, in the order of the layers.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit.
 */
export function parameterShapes(architecture: Architecture): Map<string, readonly number[]> {
  return new Map(
    inferShapes(architecture).flatMap(stageParameters).map(([name, { shape }]) => [name, shape]),
  );
}

/** Added to the variance in batch normalization; PyTorch's default. */
export const BATCH_NORM_EPSILON = 1e-5;

/**
 * Whether a parameter is trained on gradients. The running values of batch normalization are not.
 *
 * @param name The full name of a parameter, such as `bn1.running_mean`.
 */
export function isTrainable(name: string): boolean {
  return partOf(name).isTrainable;
}

function partOf(name: string): typeof PARAMETER_PARTS[keyof typeof PARAMETER_PARTS] {
  const part = name.slice(name.lastIndexOf(".") + 1);
  return PARAMETER_PARTS[part as keyof typeof PARAMETER_PARTS];
}

/**
 * Checks that parameters fit an architecture: the same names and shapes, all values finite, weights of missing
 * connections 0, running variances not below 0.
 *
 * @returns The same parameters, in the order of the layers.
 * @throws {LeNetError} `weights/mismatch` naming the first parameter that is missing, unknown or of another shape, or
 * has a weight at a missing connection; `weights/malformed` when a value is not finite or out of range.
 */
export function checkParameters(architecture: Architecture, parameters: Parameters): Parameters {
  const fail = (problem: string): never => {
    throw new LeNetError(
      "weights/mismatch",
      `Cannot use the weights in ${oneLine(architecture.name)}: ${oneLine(problem)}`,
    );
  };
  const failMalformed = (problem: string): never => {
    throw new LeNetError(
      "weights/malformed",
      `Cannot use the weights in ${architecture.name}: ${problem}`,
    );
  };
  const expected = parameterShapes(architecture);
  for (const name of parameters.keys()) {
    if (!expected.has(name)) {
      fail(`tensor ${name} is not part of it, expected ${[...expected.keys()].join(", ")}`);
    }
  }
  const ordered = new Map<string, Parameter>();
  for (const [name, shape] of expected) {
    const parameter = parameters.get(name) ?? fail(`tensor ${name} [${shape}] is missing`);
    const { data } = parameter;
    if (String(parameter.shape) !== String(shape) || data.length !== sizeOf(shape)) {
      fail(`tensor ${name} has shape [${parameter.shape}], expected [${shape}]`);
    }
    // Three searches by the runtime take a tenth of the time of a loop on a cold start.
    if (data.includes(NaN) || data.includes(Infinity) || data.includes(-Infinity)) {
      failMalformed(`tensor ${name} holds a value that is not finite`);
    }
    if (partOf(name).isVariance && data.some((value) => value < 0)) {
      failMalformed(`tensor ${name} holds a variance below 0`);
    }
    ordered.set(name, parameter);
  }
  for (const [name, mask] of connectionMasks(architecture)) {
    const { data } = ordered.get(name) as Parameter;
    if (data.some((value, index) => value !== 0 && mask[index] === 0)) {
      fail(`tensor ${name} has weights where it has no connections, expected 0 there`);
    }
  }
  return ordered;
}

/**
 * Masks for the weights of partly connected layers.
 *
 * @returns For each such parameter, by name, one number for each weight: 1 where there is a connection, else 0.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit.
 */
export function connectionMasks(
  architecture: Architecture,
): Map<string, Float32Array<ArrayBuffer>> {
  const masks = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, parameter] of inferShapes(architecture).flatMap(stageParameters)) {
    const { shape, connections } = parameter;
    if (connections === undefined) continue;
    const [, channels] = shape;
    const area = sizeOf(shape.slice(2));
    const mask = new Float32Array(sizeOf(shape));
    for (const [filter, connected] of connections.entries()) {
      for (const channel of connected) {
        const start = (filter * channels + channel) * area;
        mask.fill(1, start, start + area);
      }
    }
    masks.set(name, mask);
  }
  return masks;
}

/**
 * Simplifies a network for evaluation: batch normalization directly after a convolution or a dense layer is folded
 * into its weights and bias, and dropout is removed.
 *
 * @param architecture The network.
 * @param parameters Its parameters, which fit.
 * @returns The folded network; the same objects where there is nothing to fold.
 */
export function foldBatchNorm(
  architecture: Architecture,
  parameters: Parameters,
): { architecture: Architecture; parameters: Parameters } {
  const layers: Layer[] = [];
  const folded = new Map(parameters);
  for (const layer of architecture.layers) {
    const before = layers.at(-1);
    if (kindOf(layer).isIdentity) continue;
    if (
      layer.kind === "batch-norm" && before !== undefined && "name" in before &&
      kindOf(before).canFoldScale
    ) {
      fold(before.name, layer.name, folded);
    } else {
      layers.push(layer);
    }
  }
  if (layers.length === architecture.layers.length) return { architecture, parameters };
  return { architecture: { ...architecture, layers }, parameters: folded };
}

function fold(layer: string, norm: string, parameters: Map<string, Parameter>): void {
  const { weight: scale, bias: shift } = batchNormScale(norm, parameters);
  const { shape, data } = parameters.get(`${layer}.weight`) as Parameter;
  const bias = parameters.get(`${layer}.bias`) as Parameter;
  const each = data.length / scale.length;
  parameters.set(`${layer}.weight`, {
    shape,
    data: data.map((value, i) => value * scale[Math.floor(i / each)]),
  });
  parameters.set(`${layer}.bias`, {
    shape: bias.shape,
    data: bias.data.map((value, i) => value * scale[i] + shift[i]),
  });
  for (const part of ["weight", "bias", "running_mean", "running_var"]) {
    parameters.delete(`${norm}.${part}`);
  }
}

/**
 * Batch normalization in evaluation as one scale and shift per channel: x × weight + bias.
 *
 * @param name The name of its layer.
 * @param parameters The parameters of the network.
 * @returns Both, in double precision.
 */
export function batchNormScale(
  name: string,
  parameters: Parameters,
): { weight: Float64Array; bias: Float64Array } {
  const part = (key: string): Float32Array => (parameters.get(`${name}.${key}`) as Parameter).data;
  const [mean, variance, bias] = [part("running_mean"), part("running_var"), part("bias")];
  const weight = Float64Array.from(
    part("weight"),
    (value, channel) => value / Math.sqrt(variance[channel] + BATCH_NORM_EPSILON),
  );
  return {
    weight,
    bias: weight.map((value, channel) => bias[channel] - mean[channel] * value),
  };
}
