import { LeNetError } from "../model/error.ts";
import type { Model } from "../model/model.ts";
import { checkParameters } from "../model/parameters.ts";
import { type Description, formatDescription, parseDescription } from "./description.ts";
import type { StorageDtype } from "./dtype.ts";
import { malformed } from "./malformed.ts";
import { COUNTER_SUFFIX, readWeights } from "./read_weights.ts";
import { writeSafetensors } from "./write_safetensors.ts";

/** The key of a safetensors file's metadata under which it says what network it holds. */
export const DESCRIPTION_KEY = "lenet";

/**
 * A network as a safetensors file, which any library for that format can read. The architecture, and what must
 * travel with the weights, are JSON in the file's metadata under `lenet`.
 *
 * @param model The network.
 * @param options How to store the weights: `dtype` `F32` (default) keeps them exactly, `F16` takes half the space,
 * `I8` a quarter: each weight is a multiple, −127 to 127, of the scale of its row, which lies beside it;
 * `layout` `pytorch` makes the tensors those of PyTorch's state dict, one by one: beside the weights, how many batches
 * each batch normalization has seen (`num_batches_tracked`, here 0). It also notes in the metadata that PyTorch is meant
 * (`format`: `pt`), which some libraries ask for.
 * @returns The bytes of the file; the same for the same network.
 * @throws {LeNetError} `weights/mismatch` when the parameters are not those of the architecture, `weights/malformed`
 * when a value cannot be stored, `architecture/invalid`, `option/invalid`.
 */
export function modelToBytes(
  model: Model,
  options: { dtype?: StorageDtype | undefined; layout?: "pytorch" | undefined } = {},
): Uint8Array<ArrayBuffer> {
  const { dtype, layout } = options;
  const metadata = new Map([[DESCRIPTION_KEY, formatDescription(model)]]);
  const parameters = checkParameters(model.architecture, model.parameters);
  if (layout === undefined) return writeSafetensors(parameters, metadata, { dtype });
  if (dtype === "I8") {
    throw new LeNetError(
      "option/invalid",
      "Cannot write the weights: the dtype is I8 and the layout pytorch, which has no tensors of scales: expected F32 or F16",
    );
  }
  if (layout !== "pytorch") {
    throw new LeNetError(
      "option/invalid",
      `Cannot write the weights: the layout is ${layout}, expected pytorch`,
    );
  }
  const counters = model.architecture.layers.flatMap((layer) =>
    layer.kind === "batch-norm" ? [`${layer.name}${COUNTER_SUFFIX}`] : []
  );
  return writeSafetensors(parameters, metadata.set("format", "pt"), { dtype, counters });
}

/**
 * Reads a network from a safetensors file, trusting nothing in it.
 *
 * @param bytes The whole file; it is not kept.
 * @param options What the network is, for a file that does not say, such as PyTorch's state dict.
 * @returns The network.
 * @throws {LeNetError} `weights/malformed` when the file breaks a rule of its format, or does not say what network it
 * holds and no one else does; `weights/mismatch` when the tensors are not those of the architecture;
 * `architecture/invalid` when the layers do not fit.
 */
export function modelFromBytes(
  bytes: Uint8Array,
  options: { description?: Description | undefined } = {},
): Model {
  const { parameters, metadata } = readWeights(bytes);
  const stored = metadata.get(DESCRIPTION_KEY);
  const description = stored === undefined ? options.description : parseDescription(stored);
  if (description === undefined) {
    throw malformed(
      "read",
      `the file does not say what network it holds, expected "${DESCRIPTION_KEY}" in its metadata, or the option architecture`,
    );
  }
  return {
    ...description,
    parameters: checkParameters(description.architecture, parameters),
  };
}
