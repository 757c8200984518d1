import type { RbfLayer } from "../../model/layer.ts";
import { batchNormScale } from "../../model/fold_batch_norm.ts";
import type { Parameter, Parameters } from "../../model/parameters.ts";
import type { Step } from "./steps.ts";

/**
 * The numbers of a step that is no convolution and no dense layer, as its kernel reads them.
 *
 * @param source The layer that the step computes.
 * @param parameters The parameters of the network.
 * @returns For a scale one weight and one bias for each channel; for radial basis functions their codes one after
 * another, and no bias.
 */
export function channelWeights(
  source: NonNullable<Step["source"]>,
  parameters: Parameters,
): { weight: ArrayLike<number>; bias: ArrayLike<number> } {
  switch (source.kind) {
    case "batch-norm":
      return batchNormScale(source.name, parameters);
    case "subsample": {
      const { data: weight } = parameters.get(`${source.name}.weight`) as Parameter;
      const { data: bias } = parameters.get(`${source.name}.bias`) as Parameter;
      // The step before gives means of four, not sums.
      return { weight: weight.map((value) => 4 * value), bias };
    }
    case "rbf":
      return { weight: signs(source), bias: [] };
  }
}

function signs({ codes }: RbfLayer): number[] {
  return codes.flatMap((code) => [...code].map((pixel) => pixel === "#" ? 1 : -1));
}
