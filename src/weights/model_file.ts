import { LeNetError, malformed } from "../errors.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Model, ModelMetadata, StoredNormalization } from "../model/model.ts";
import { checkParameters, type Parameter } from "../model/parameters.ts";
import {
  anyObject,
  architectureFromJson,
  metadataFromJson,
  objectOf,
  text,
  unexpected,
} from "./description_json.ts";
import type { StorageDtype } from "./dtype.ts";
import { readSafetensors } from "./safetensors.ts";
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

/** What a weights module says about its network: the architecture, and what travels with the weights. */
export interface WeightsModuleMetadata extends Omit<ModelMetadata, "normalization"> {
  /** The network, without its weights. */
  readonly architecture: Architecture;
  /** How pixels become inputs. */
  readonly normalization: StoredNormalization;
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

/**
 * How the names end under which PyTorch counts the batches that each batch normalization has seen. It needs them to
 * load what it saved, and for nothing else unless told to.
 */
const COUNTER_SUFFIX = ".num_batches_tracked";

/** What a safetensors file of weights holds. */
interface StoredWeights {
  /** By name, in the order in which they lie in the file. */
  readonly parameters: Map<string, Parameter>;
  /** Text by key. */
  readonly metadata: Map<string, string>;
}

/**
 * Reads the weights of a safetensors file, and passes over PyTorch's counters.
 *
 * @param bytes The whole file; it is not kept.
 * @returns Its weights and its metadata.
 * @throws {LeNetError} `weights/malformed` when the file breaks a rule of its format.
 */
export function readWeights(bytes: Uint8Array): StoredWeights {
  const { tensors, metadata } = readSafetensors(bytes, (name) => name.endsWith(COUNTER_SUFFIX));
  const parameters = new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data }]),
  );
  return { parameters, metadata };
}

/** What is stored beside a network's parameters. */
type Description = Omit<Model, "parameters">;

/** Goes up when a stored description can no longer be read as before. */
const FORMAT_VERSION = 1;

/**
 * Writes down what a network is, as JSON.
 *
 * @param description Its architecture and metadata.
 * @returns The text; {@linkcode parseDescription} accepts it.
 * @throws {LeNetError} `weights/malformed` or `architecture/invalid` when a value could not be read back.
 */
export function formatDescription(description: Description): string {
  return JSON.stringify({ version: FORMAT_VERSION, ...checkDescription(description) });
}

/**
 * Reads what {@linkcode formatDescription} wrote, trusting nothing about it.
 *
 * @param text The JSON.
 * @returns The architecture and metadata.
 * @throws {LeNetError} `weights/malformed` when the text is not JSON, of another version, or has a value that is
 * missing, unknown, of the wrong type or out of range; `architecture/invalid` when the layers do not fit.
 */
export function parseDescription(text: string): Description {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw malformed("use", "the description of the network is not JSON", cause);
  }
  const keys = ["version", "architecture", "metadata"];
  const { version, ...stored } = objectOf(json, "description", keys);
  if (version !== FORMAT_VERSION) {
    throw unexpected(version, "description.version", String(FORMAT_VERSION));
  }
  return checkDescription(stored);
}

function checkDescription(stored: { architecture?: unknown; metadata?: unknown }): Description {
  const architecture = architectureFromJson(stored.architecture);
  return { architecture, metadata: metadataFromJson(stored.metadata, architecture) };
}

/** The name of a pretrained network. */
export type PretrainedName = "digits";

/**
 * The modules of `@x/lenet-weights` that have a name here. A runtime may fetch every module that an import names, used
 * or not, so only the one that most programs want is named.
 */
const MODULES: Readonly<Record<PretrainedName, () => Promise<WeightsModule>>> = {
  digits: () => import("@x/lenet-weights/digits"),
};

/** The names that {@linkcode loadPretrained} knows. */
const PRETRAINED_NAMES: readonly string[] = Object.keys(MODULES);

/**
 * Loads a pretrained network from `@x/lenet-weights`.
 *
 * @param name Such as `digits`.
 * @returns The network.
 * @throws {LeNetError} `weights/unknown` when there is none of that name.
 */
export async function loadPretrained(name: string): Promise<Model> {
  if (!Object.hasOwn(MODULES, name)) {
    throw new LeNetError(
      "weights/unknown",
      `Cannot load the weights ${name}: expected ${
        PRETRAINED_NAMES.join(", ")
      }, or a module such as import("@x/lenet-weights/fashion") gives`,
    );
  }
  return modelFromModule(await MODULES[name as PretrainedName]());
}

/** Bytes at a time, few enough to be the arguments of one call. */
const CHUNK = 0x2000;

/**
 * Bytes as base64, in every runtime.
 *
 * @param bytes Any bytes.
 * @returns The text, padded with `=`.
 */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary);
}

/**
 * The bytes that base64 stands for, in every runtime.
 *
 * @param text What {@linkcode toBase64} gave.
 * @returns The bytes.
 * @throws {LeNetError} `weights/malformed` when the text is not base64.
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  // Where the runtime can do it, it takes a twentieth of the time on a cold start. Node 20 cannot.
  const { fromBase64 } = Uint8Array as unknown as {
    fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
  };
  let binary: string;
  try {
    if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, text);
    binary = atob(text);
  } catch (cause) {
    throw malformed("read", "the text is not base64", cause);
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
