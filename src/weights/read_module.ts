import type { Architecture } from "../model/architecture.ts";
import type { Model, ModelMetadata } from "../model/model.ts";
import { architectureFromJson } from "./architecture_json.ts";
import { fromBase64 } from "./base64.ts";
import { anyObject, text } from "./json_value.ts";
import { metadataFromJson } from "./metadata_json.ts";
import { modelFromBytes } from "./model_file.ts";

/** What a weights module says about its network: the architecture, and what travels with the weights. */
export interface WeightsModuleMetadata extends ModelMetadata {
  /** The network, without its weights. */
  readonly architecture: Architecture;
}

/** A pretrained network, as `import * as digits from "@x/lenet-weights/digits"` gives it. */
export interface WeightsModule {
  /** What the network is, what it was measured to do, and how it was trained. */
  readonly metadata: WeightsModuleMetadata;
  /** The weights: a safetensors file in base64. */
  readonly safetensors: string;
}

/**
 * The network that a module of `@x/lenet-weights` holds. Its text is decoded here, and not before.
 *
 * @param module The module, as `import * as digits from "@x/lenet-weights/digits"` gives it.
 * @returns The network.
 * @throws {LeNetError} `weights/malformed` when it is no such module or its contents break a rule; `weights/mismatch`
 * when the tensors are not those of the architecture; `architecture/invalid` when the layers do not fit.
 */
export function modelFromModule(module: WeightsModule): Model {
  const { metadata, safetensors } = anyObject(module, "the module");
  const { architecture: stored, ...rest } = anyObject(metadata, "the module's metadata");
  const architecture = architectureFromJson(stored);
  return modelFromBytes(fromBase64(text(safetensors, "the module's safetensors")), {
    description: { architecture, metadata: metadataFromJson(rest, architecture) },
  });
}
