import type { Architecture } from "../model/architecture.ts";
import type { Model } from "../model/model.ts";
import type { GivenDescription } from "./given_description.ts";
import { givenArchitecture } from "./given_architecture.ts";
import { matchStateDict } from "./match_state_dict.ts";
import { metadataFromJson } from "./metadata_json.ts";
import { DESCRIPTION_KEY, modelFromBytes } from "./model_file.ts";
import { readWeights } from "./read_weights.ts";

/**
 * Reads a network from a safetensors file that need not say what network it holds, such as a state dict that PyTorch
 * saved, trusting nothing in it.
 *
 * @param bytes The whole file; it is not kept.
 * @param given What the network is; passed over where the file says it.
 * @returns The network.
 * @throws {LeNetError} `weights/malformed` when the file breaks a rule of its format, says nothing and no architecture
 * is given, or when what is given is no description of a network; `weights/mismatch` when the tensors are not those of
 * the architecture; `architecture/invalid` when the layers do not fit; `option/invalid` for a name of no architecture.
 */
export function modelFromStateDict(bytes: Uint8Array, given: GivenDescription): Model {
  const { parameters, metadata } = readWeights(bytes);
  if (given.architecture === undefined || metadata.has(DESCRIPTION_KEY)) {
    return modelFromBytes(bytes);
  }
  const architecture = givenArchitecture(given.architecture);
  return {
    architecture,
    parameters: matchStateDict(architecture, parameters),
    metadata: metadataFromJson(withDefaults(given, architecture), architecture),
  };
}

function withDefaults(given: GivenDescription, { input, classes }: Architecture): unknown {
  const [channels] = input;
  return {
    classNames: given.classNames ?? Array.from({ length: classes }, (_, index) => String(index)),
    normalization: given.normalization ??
      { mean: Array(channels).fill(0), deviation: Array(channels).fill(1) },
    preparation: given.preparation ?? (channels === 1 ? "digit" : "picture"),
    temperature: 1,
  };
}
