import { LeNetError, oneLine } from "../errors.ts";
import { type Architecture, inferShapes, type Layer, sizeOf, type Stage } from "./architecture.ts";

/** One named array of numbers that a network learns. */
export interface Parameter {
  /** Sizes, slowest-varying first. */
  readonly shape: readonly number[];
  /** The values, row by row. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** What a network learned, by name, in the order of its layers. Shapes and names are PyTorch's. */
export type Parameters = ReadonlyMap<string, Parameter>;

/**
 * The parameters that an architecture needs.
 *
 * Convolutions have `weight` [filters, channels, kernel, kernel], dense layers `weight` [units, inputs], and both
 * a `bias`; batch normalization has, beside both, what it does not learn but count: `running_mean` and `running_var`.
 * Names, shapes and order are those of PyTorch's state dict.
 *
 * @param architecture The network.
 * @returns The shape of each parameter by name, in the order of the layers.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit.
 */
export function parameterShapes(architecture: Architecture): Map<string, readonly number[]> {
  return new Map(inferShapes(architecture).flatMap(stageParameterShapes));
}

/** The parameters of one stage: name and shape of each. */
export function stageParameterShapes(stage: Stage): [name: string, shape: readonly number[]][] {
  const { layer, input } = stage;
  switch (layer.kind) {
    case "conv":
      return [
        [`${layer.name}.weight`, [layer.filters, input[0], layer.kernel, layer.kernel]],
        [`${layer.name}.bias`, [layer.filters]],
      ];
    case "dense":
      return [
        [`${layer.name}.weight`, [layer.units, input[0]]],
        [`${layer.name}.bias`, [layer.units]],
      ];
    case "subsample":
      return [[`${layer.name}.weight`, [input[0]]], [`${layer.name}.bias`, [input[0]]]];
    case "batch-norm":
      return ["weight", "bias", ...BUFFERS].map((name) => [`${layer.name}.${name}`, [input[0]]]);
    default:
      return [];
  }
}

/** Keeps the division of batch normalization finite; PyTorch's. */
export const BATCH_NORM_EPSILON = 1e-5;

/** What batch normalization counts. */
const BUFFERS = ["running_mean", "running_var"];

/**
 * @param name The name of a parameter.
 * @returns Whether it is learned from gradients; the running values of batch normalization are not.
 */
export function isTrainable(name: string): boolean {
  return !BUFFERS.some((buffer) => name.endsWith(`.${buffer}`));
}

/**
 * Checks that parameters are those an architecture needs: the same names and shapes, all values finite, those of
 * missing connections 0, running variances not below 0.
 *
 * @param architecture The network.
 * @param parameters What is to be used in it.
 * @returns The same parameters, in the order of the layers.
 * @throws {LeNetError} `weights/mismatch` naming the first parameter that is missing, too many or of another shape;
 * `weights/malformed` when a value cannot be.
 */
export function checkParameters(architecture: Architecture, parameters: Parameters): Parameters {
  const fail = (problem: string): never => {
    throw new LeNetError(
      "weights/mismatch",
      `Cannot use the weights in ${oneLine(architecture.name)}: ${oneLine(problem)}`,
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
    if (String(parameter.shape) !== String(shape) || parameter.data.length !== sizeOf(shape)) {
      fail(`tensor ${name} has shape [${parameter.shape}], expected [${shape}]`);
    }
    if (!isFinite(parameter.data)) {
      throw new LeNetError(
        "weights/malformed",
        `Cannot use the weights in ${architecture.name}: tensor ${name} holds a value that is not finite`,
      );
    }
    if (name.endsWith(".running_var") && parameter.data.some((value) => value < 0)) {
      throw new LeNetError(
        "weights/malformed",
        `Cannot use the weights in ${architecture.name}: tensor ${name} holds a variance below 0`,
      );
    }
    ordered.set(name, parameter);
  }
  for (const { layer } of inferShapes(architecture)) {
    if (layer.kind !== "conv" || layer.connections === undefined) continue;
    const { shape, data } = ordered.get(`${layer.name}.weight`) as Parameter;
    const connected = connectedWeights(layer.connections, shape);
    if (data.some((value, index) => value !== 0 && connected[index] === 0)) {
      fail(`tensor ${layer.name}.weight has weights where it has no connections, expected 0 there`);
    }
  }
  return ordered;
}

/** Three searches by the runtime itself take a tenth of the time of a loop on a cold start. */
function isFinite(values: Float32Array): boolean {
  return !values.includes(NaN) && !values.includes(Infinity) && !values.includes(-Infinity);
}

/**
 * Which weights of a convolution are connections.
 *
 * @param connections The input channels that each filter sees.
 * @param shape The shape of the weights, [filters, channels, kernel, kernel].
 * @returns For each weight 1 where there is a connection, else 0.
 */
export function connectedWeights(
  connections: readonly (readonly number[])[],
  shape: readonly number[],
): Float32Array<ArrayBuffer> {
  const [, channels, height, width] = shape;
  const connected = new Float32Array(sizeOf(shape));
  for (const [filter, seen] of connections.entries()) {
    for (const channel of seen) {
      const start = (filter * channels + channel) * height * width;
      connected.fill(1, start, start + height * width);
    }
  }
  return connected;
}

/**
 * The same network, in evaluation, with fewer layers: batch normalization that directly follows a convolution or a
 * dense layer becomes part of its weights and bias, and dropout is left out.
 *
 * @param architecture The network.
 * @param parameters Its weights, which fit.
 * @returns The folded network; the same one where there is nothing to fold.
 */
export function foldBatchNorm(
  architecture: Architecture,
  parameters: Parameters,
): { architecture: Architecture; parameters: Parameters } {
  const layers: Layer[] = [];
  const folded = new Map(parameters);
  for (const layer of architecture.layers) {
    const before = layers[layers.length - 1];
    if (layer.kind === "dropout") continue;
    if (layer.kind === "batch-norm" && (before?.kind === "conv" || before?.kind === "dense")) {
      fold(before.name, layer.name, folded);
    } else {
      layers.push(layer);
    }
  }
  if (layers.length === architecture.layers.length) return { architecture, parameters };
  return { architecture: { ...architecture, layers }, parameters: folded };
}

/**
 * What batch normalization comes to in evaluation: x × weight + bias, for each channel.
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
  for (const key of ["weight", "bias", "running_mean", "running_var"]) {
    parameters.delete(`${norm}.${key}`);
  }
}
