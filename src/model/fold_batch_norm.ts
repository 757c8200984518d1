import type { Architecture } from "./architecture.ts";
import type { Layer } from "./layer.ts";
import { BATCH_NORM_EPSILON, type Parameter, type Parameters } from "./parameters.ts";

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
