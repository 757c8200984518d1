import { LeNetError, malformedWeights } from "../errors.ts";
import type { Architecture } from "../model/architecture.ts";
import {
  type Model,
  type ModelMetadata,
  type StoredNormalization,
  upgradeNormalization,
} from "../model/model.ts";
import { checkParameters, type Parameter } from "../model/parameters.ts";
import { invalidOption } from "../options.ts";
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
import type { ModelDescription } from "./state_dict.ts";
import { writeSafetensors } from "./write_safetensors.ts";

/** What {@linkcode LeNet.load} accepts: a name, a weights module, the bytes of a file, or a model. */
export type WeightsSource = PretrainedName | WeightsModule | Uint8Array | Model;

/**
 * Loads a network from any source.
 *
 * @param source A name, a weights module, the bytes of a file, or a model.
 * @param given What the caller says of the network, for a file that does not say; otherwise it must be the same.
 * @returns The network.
 * @throws {LeNetError} `weights/unknown`, `weights/malformed`, `weights/mismatch`, `architecture/invalid` or
 * `option/invalid`.
 */
export async function loadModel(
  source: WeightsSource,
  given: ModelDescription = {},
): Promise<Model> {
  if (Object.keys(given).length === 0) return await modelFrom(source);
  // Loaded when first needed: most files say what they hold.
  const { checkDescription, modelFromStateDict } = await import("./state_dict.ts");
  let model: Model;
  const { architecture } = given;
  if (source instanceof Uint8Array && architecture !== undefined) {
    const weights = readWeights(source);
    model = weights.metadata.has(DESCRIPTION_KEY)
      ? modelFromWeights(weights)
      : modelFromStateDict(weights.parameters, architecture, given);
  } else model = await modelFrom(source);
  checkDescription(model, given);
  return model;
}

async function modelFrom(source: WeightsSource): Promise<Model> {
  if (typeof source === "string") return await loadPretrained(source);
  if (source instanceof Uint8Array) return modelFromBytes(source);
  if (typeof source === "object" && source !== null) {
    if ("safetensors" in source) return modelFromModule(source);
    if ("parameters" in source) {
      const { architecture, parameters, metadata } = source;
      checkParameters(architecture, parameters);
      const normalization = upgradeNormalization(metadata.normalization);
      return normalization === metadata.normalization
        ? source
        : { architecture, parameters, metadata: { ...metadata, normalization } };
    }
  }
  throw new LeNetError(
    "weights/unknown",
    `Cannot load the weights: found ${source}, expected a name, a module of @x/lenet-weights, the bytes of a safetensors file, or a model`,
  );
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

async function loadPretrained(name: string): Promise<Model> {
  if (!Object.hasOwn(MODULES, name)) {
    throw new LeNetError(
      "weights/unknown",
      `Cannot load the weights ${name}: expected ${
        Object.keys(MODULES).join(", ")
      }, or a module such as import("@x/lenet-weights/fashion") gives`,
    );
  }
  return modelFromModule(await MODULES[name as PretrainedName]());
}

/** What a weights module says of its network: the architecture and the metadata. */
export interface WeightsModuleMetadata extends Omit<ModelMetadata, "normalization"> {
  /** The network, without its weights. */
  readonly architecture: Architecture;
  /** How pixels become inputs. */
  readonly normalization: StoredNormalization;
}

/** A pretrained network, as `import * as digits from "@x/lenet-weights/digits"` gives it. */
export interface WeightsModule {
  /** What the network is, how it was measured and how it was trained. */
  readonly metadata: WeightsModuleMetadata;
  /** The weights: a safetensors file in base64. */
  readonly safetensors: string;
}

/**
 * Reads the network of a weights module, of which nothing is trusted. Its base64 is decoded here and not before.
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

/** How {@linkcode LeNet.save} stores the weights. */
export interface SaveOptions {
  /**
   * The number format: `F32` (default) is exact, `F16` takes half the space, `I8` a quarter. In `I8` each weight is a
   * multiple, −127 to 127, of a scale for its filter or unit, and changes by at most 0.4 % of the largest there.
   */
  readonly dtype?: StorageDtype | undefined;
  /**
   * `pytorch` makes the tensors those of PyTorch's state dict, one by one, for `load_state_dict(strict=True)`. Names and
   * shapes are PyTorch's in any file; this adds the counters `num_batches_tracked` of batch normalization, which are 0,
   * and `format: pt` in the metadata, which some libraries ask for. Not for `I8`.
   */
  readonly layout?: "pytorch" | undefined;
}

/** The key of a safetensors file's metadata that holds the description of the network. */
const DESCRIPTION_KEY = "lenet";

/**
 * The end of the names of PyTorch's counters of the batches that each batch normalization has seen. PyTorch needs them
 * to load a state dict strictly, and otherwise only to average without momentum.
 */
const COUNTER_SUFFIX = ".num_batches_tracked";

/**
 * Writes a network as a safetensors file, which any library for that format can read. The architecture and the metadata
 * are JSON in the file's metadata, under `lenet`.
 *
 * @param model The network.
 * @param options The number format and the layout of the tensors.
 * @returns The bytes of the file; the same for the same network.
 * @throws {LeNetError} `weights/mismatch` when the parameters are not those of the architecture, `weights/malformed`
 * when a value cannot be stored, `architecture/invalid`, `option/invalid`.
 */
export function modelToBytes(model: Model, options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
  const { dtype, layout } = options;
  const metadata = new Map([[DESCRIPTION_KEY, formatDescription(model)]]);
  const parameters = checkParameters(model.architecture, model.parameters);
  if (layout === undefined) return writeSafetensors(parameters, metadata, { dtype });
  if (layout !== "pytorch") {
    throw invalidOption("write the weights", "the layout", layout, "pytorch");
  }
  if (dtype === "I8") {
    throw new LeNetError(
      "option/invalid",
      "Cannot write the weights: the dtype is I8 and the layout pytorch, which has no tensors of scales: expected F32 or F16",
    );
  }
  const counters = [...parameters.keys()]
    .filter((name) => name.endsWith(".running_mean"))
    .map((name) => name.replace(/\.running_mean$/, COUNTER_SUFFIX));
  return writeSafetensors(parameters, metadata.set("format", "pt"), { dtype, counters });
}

/**
 * Reads a network from a safetensors file, of which nothing is trusted.
 *
 * @param bytes The whole file; it is not kept.
 * @param options `description` is what the network is, for a file that does not say.
 * @returns The network.
 * @throws {LeNetError} `weights/malformed` when the file breaks a rule of its format, or neither it nor the caller says
 * what the network is; `weights/mismatch` when the tensors are not those of the architecture; `architecture/invalid`
 * when the layers do not fit.
 */
export function modelFromBytes(
  bytes: Uint8Array,
  options: { description?: Description | undefined } = {},
): Model {
  return modelFromWeights(readWeights(bytes), options.description);
}

function modelFromWeights({ parameters, metadata }: StoredWeights, given?: Description): Model {
  const stored = metadata.get(DESCRIPTION_KEY);
  const description = stored === undefined ? given : parseDescription(stored);
  if (description === undefined) {
    throw malformedWeights(
      "read",
      `the file does not say what network it holds, expected "${DESCRIPTION_KEY}" in its metadata, or the option architecture`,
    );
  }
  return {
    ...description,
    parameters: checkParameters(description.architecture, parameters),
  };
}

/** The contents of a safetensors file of weights. */
interface StoredWeights {
  /** By name, in the order of their bytes. */
  readonly parameters: Map<string, Parameter>;
  /** Text by key. */
  readonly metadata: Map<string, string>;
}

/** Reads a safetensors file without PyTorch's counters. */
function readWeights(bytes: Uint8Array): StoredWeights {
  const { tensors, metadata } = readSafetensors(bytes, (name) => name.endsWith(COUNTER_SUFFIX));
  const parameters = new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data }]),
  );
  return { parameters, metadata };
}

/** What is stored beside the parameters of a network. */
type Description = Omit<Model, "parameters">;

/** Increased when stored descriptions can no longer be read as before. */
const FORMAT_VERSION = 1;

/**
 * Writes the description of a network as JSON.
 *
 * @param description The architecture and the metadata.
 * @returns The text, which {@linkcode parseDescription} accepts.
 * @throws {LeNetError} `weights/malformed` or `architecture/invalid` when a value could not be read back.
 */
export function formatDescription(description: Description): string {
  return JSON.stringify({ version: FORMAT_VERSION, ...checkedDescription(description) });
}

/**
 * Reads the text that {@linkcode formatDescription} wrote, of which nothing is trusted.
 *
 * @param text The JSON.
 * @returns The architecture and the metadata.
 * @throws {LeNetError} `weights/malformed` when the text is not JSON, of another version, or has a value that is
 * missing, unknown, of the wrong type or out of range; `architecture/invalid` when the layers do not fit.
 */
export function parseDescription(text: string): Description {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw malformedWeights("use", "the description of the network is not JSON", cause);
  }
  const keys = ["version", "architecture", "metadata"];
  const { version, ...stored } = objectOf(json, "description", keys);
  if (version !== FORMAT_VERSION) {
    throw unexpected(version, "description.version", String(FORMAT_VERSION));
  }
  return checkedDescription(stored);
}

function checkedDescription(stored: { architecture?: unknown; metadata?: unknown }): Description {
  const architecture = architectureFromJson(stored.architecture);
  return { architecture, metadata: metadataFromJson(stored.metadata, architecture) };
}

/** Bytes that are turned into characters at a time: few enough to be the arguments of one call. */
const CHUNK_BYTES = 0x2000;

/**
 * Encodes bytes as base64, in every runtime.
 *
 * @param bytes Any bytes.
 * @returns The text, padded with `=`.
 */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  }
  return btoa(binary);
}

/**
 * Decodes base64, in every runtime.
 *
 * @param text The text that {@linkcode toBase64} gave.
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
    throw malformedWeights("read", "the text is not base64", cause);
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
