import { slotNames, type TrainerState } from "../engine/trainer.ts";
import { excerpt, LeNetError, malformedWeights, shown } from "../errors.ts";
import { crc32 } from "../image/decode/png_file.ts";
import type { Architecture } from "../model/architecture.ts";
import { checkParameters, type Parameter, type Parameters } from "../model/parameters.ts";
import type { RandomState } from "../model/random.ts";
import {
  anyObject,
  architectureFromJson,
  finiteNumber,
  listOf,
  objectOf,
  text,
  unexpected,
  wholeNumber,
} from "../weights/description_json.ts";
import { readSafetensors } from "../weights/safetensors.ts";
import { writeSafetensors } from "../weights/write_safetensors.ts";
import type { EpochRecord } from "./epoch.ts";
import { type Recipe, RECIPE_OPTIONS, resolveRecipe } from "./recipe.ts";

/** The key of the metadata of the file whose value is everything but the tensors, as JSON. */
const KEY = "lenet.checkpoint";

/** The key of the metadata whose value is the {@linkcode checksumOf} the file. */
const CHECKSUM_KEY = "lenet.checksum";

/** The checksum has 16 hexadecimal digits, two numbers of 32 bits. */
const CHECKSUM_LENGTH = 16;

/**
 * The version of the format, increased by every incompatible change. Version 1 had no checksum; every later version has
 * one at the same place, so that a damaged file is told from one of a later version.
 */
const FORMAT_VERSION = 2;

/**
 * Serializes a checkpoint as a safetensors file: the weights under `parameters/`, the state of the optimizer under
 * `slots/<slot>/`, everything else as JSON in the metadata, with a checksum over every byte of the file.
 *
 * @param checkpoint The state of a run between two epochs.
 * @returns The bytes of the file, the same for the same checkpoint.
 * @throws {LeNetError} `option/invalid` when it is no checkpoint.
 */
export function checkpointToBytes(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const trainer = (checkpoint as Partial<Checkpoint> | null | undefined)?.trainer;
  if (!(trainer?.parameters instanceof Map && trainer.slots instanceof Map)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot write the checkpoint: found ${
        shown(checkpoint)
      }, expected a checkpoint such as onCheckpoint gets`,
    );
  }
  const { trainer: { parameters, slots, steps }, ...rest } = checkpoint;
  const tensors = new Map<string, Parameter>();
  for (const [name, parameter] of parameters) tensors.set(`parameters/${name}`, parameter);
  for (const [slot, values] of slots) {
    for (const [name, parameter] of values) tensors.set(`slots/${slot}/${name}`, parameter);
  }
  const json = JSON.stringify({ version: FORMAT_VERSION, steps, ...rest });
  const blank = "0".repeat(CHECKSUM_LENGTH);
  const bytes = writeSafetensors(tensors, new Map([[KEY, json], [CHECKSUM_KEY, blank]]));
  const at = checksumPlace(bytes);
  bytes.set(new TextEncoder().encode(checksumOf(bytes, at)), at);
  return bytes;
}

/**
 * Parses and checks a file of {@linkcode checkpointToBytes}.
 *
 * @param bytes The whole file.
 * @returns The state of a run between two epochs.
 * @throws {LeNetError} `checkpoint/malformed` when the file is not a checkpoint, or has changed since it was written;
 * `checkpoint/mismatch` when a later version of the library wrote it.
 */
export function checkpointFromBytes(bytes: Uint8Array): Checkpoint {
  if (!(bytes instanceof Uint8Array)) {
    throw new LeNetError(
      "checkpoint/malformed",
      `Cannot resume: found ${shown(bytes)}, expected the bytes of a file, a Uint8Array`,
    );
  }
  try {
    return parse(bytes);
  } catch (cause) {
    if (!(cause instanceof LeNetError || cause instanceof SyntaxError)) throw cause;
    if (cause instanceof LeNetError && cause.code === "checkpoint/mismatch") throw cause;
    throw new LeNetError(
      "checkpoint/malformed",
      `Cannot resume: the file is not a checkpoint, or damaged (${cause.message}), expected what ` +
        "checkpointToBytes returned; take an intact copy, or start again without it",
      { cause },
    );
  }
}

/**
 * Finds the checksum in a file. Quotes within the metadata are escaped, so its key can be in no other place.
 *
 * @returns The offset of its first digit, or -1.
 */
function checksumPlace(bytes: Uint8Array): number {
  // Latin-1 makes one character of each byte.
  const key = `"${CHECKSUM_KEY}":"`;
  const at = new TextDecoder("latin1").decode(bytes).indexOf(key);
  return at < 0 ? at : at + key.length;
}

/** The CRC-32 of all bytes before the checksum and that of all bytes after it. */
function checksumOf(bytes: Uint8Array, at: number): string {
  return [crc32(bytes, 0, at), crc32(bytes, at + CHECKSUM_LENGTH)]
    .map((sum) => sum.toString(16).padStart(CHECKSUM_LENGTH / 2, "0"))
    .join("");
}

/** Refuses a file that does not fit its checksum. Returns whether it has one. */
function checkChecksum(bytes: Uint8Array): boolean {
  const at = checksumPlace(bytes);
  if (at < 0) return false;
  const stored = new TextDecoder("latin1").decode(bytes.subarray(at, at + CHECKSUM_LENGTH));
  const expected = checksumOf(bytes, at);
  if (stored !== expected) {
    throw new LeNetError(
      "checkpoint/malformed",
      `its checksum is ${excerpt(stored)}, that of its bytes is ${expected}`,
    );
  }
  return true;
}

function checkVersion(version: number, hasChecksum: boolean): void {
  if (version > FORMAT_VERSION) {
    throw new LeNetError(
      "checkpoint/mismatch",
      `Cannot resume: the format of the checkpoint is version ${version}, expected at most ${FORMAT_VERSION}; ` +
        "update the library, or start again without it",
    );
  }
  if (version > 1 && !hasChecksum) {
    throw new LeNetError("checkpoint/malformed", `its metadata has no ${CHECKSUM_KEY}`);
  }
}

function parse(bytes: Uint8Array): Checkpoint {
  const hasChecksum = checkChecksum(bytes);
  const { tensors, metadata } = readSafetensors(bytes);
  const stored = anyObject(JSON.parse(text(metadata.get(KEY), KEY)), KEY);
  checkVersion(wholeNumber(stored.version, `${KEY}.version`, 1), hasChecksum);
  const architecture = architectureFromJson(stored.architecture);
  const data = dataIdentity(stored.data);
  const recipe: Recipe = resolveRecipe(
    objectOf(stored.recipe, "recipe", [], RECIPE_OPTIONS) as unknown as Recipe,
    data.count,
    architecture.input[0],
  );
  const [a, b, c, d] = listOf(stored.random, "random", uint32, 4);
  const random: RandomState = [a, b, c, d];
  const history = listOf(stored.history, "history", epochRecord);
  wholeNumber(history.length, "the length of history", 0, recipe.epochs);
  const steps = wholeNumber(stored.steps, "steps", 0);
  const made = history.reduce((sum, { stepLosses }) => sum + stepLosses.length, 0);
  if (steps !== made) throw unexpected(steps, "steps", `${made}, as many as history has`);

  const under = (prefix: string): Parameters => {
    const found = [...tensors].filter(([name]) => name.startsWith(prefix));
    const parameters = new Map<string, Parameter>(
      found.map(([name, { shape, data }]) => [name.slice(prefix.length), { shape, data }]),
    );
    return checkParameters(architecture, parameters);
  };
  const slots = slotsIn(tensors.keys(), slotNames(recipe.optimizer, recipe.averaging), steps);
  return {
    architecture,
    recipe,
    data,
    history,
    random,
    trainer: {
      parameters: under("parameters/"),
      slots: new Map(slots.map((slot) => [slot, under(`slots/${slot}/`)])),
      steps,
    },
  };
}

function uint32(value: unknown, path: string): number {
  return wholeNumber(value, path, 0, 2 ** 32 - 1);
}

/** Reads an entry of a history: properties that are not known are left out. */
function epochRecord(value: unknown, path: string, index: number): EpochRecord {
  const record = anyObject(value, path);
  const { epoch, learningRate, stepLosses, validation } = record;
  if (epoch !== index + 1) throw unexpected(epoch, `${path}.epoch`, String(index + 1));
  return {
    epoch: index + 1,
    learningRate: finiteNumber(learningRate, `${path}.learningRate`),
    ...measures(record, path),
    stepLosses: listOf(stepLosses, `${path}.stepLosses`, finiteNumber),
    ...validation !== undefined && { validation: measures(validation, `${path}.validation`) },
  };
}

function measures(value: unknown, path: string): Pick<EpochRecord, "loss" | "accuracy"> {
  const { loss, accuracy } = anyObject(value, path);
  const share = finiteNumber(accuracy, `${path}.accuracy`);
  if (share < 0 || share > 1) {
    throw unexpected(share, `${path}.accuracy`, "a number from 0 to 1");
  }
  return { loss: finiteNumber(loss, `${path}.loss`), accuracy: share };
}

/** Finds the states of the optimizer in a file: all of them, or none before the first step, when they are 0. */
function slotsIn(names: Iterable<string>, expected: readonly string[], steps: number): string[] {
  const found = new Set(
    [...names].filter((name) => name.startsWith("slots/")).map((name) => name.split("/")[1]),
  );
  const unknown = [...found].find((slot) => !expected.includes(slot));
  const missing = steps > 0 ? expected.find((slot) => !found.has(slot)) : undefined;
  if (unknown === undefined && missing === undefined) return [...found];
  const problem = unknown === undefined ? `lacks ${missing}` : `has ${shown(unknown)}`;
  throw malformedWeights(
    "use",
    `the state of the optimizer ${problem}, expected ${expected.join(", ") || "none"}`,
  );
}

function dataIdentity(value: unknown): DataIdentity {
  const { name, count, checksums } = anyObject(value, "data");
  const entries = Object.entries(anyObject(checksums, "data.checksums"));
  return {
    name: text(name, "data.name"),
    count: wholeNumber(count, "data.count", 1),
    checksums: Object.fromEntries(
      entries.map(([file, sum]) => [file, text(sum, `data.checksums.${file}`)]),
    ),
  };
}

/** The state of a run between two epochs, from which it continues to the same result. */
export interface Checkpoint {
  /** The network in training. */
  readonly architecture: Architecture;
  /** The settings of the run. */
  readonly recipe: Recipe;
  /** The training data. */
  readonly data: DataIdentity;
  /** One record for each epoch that is done. */
  readonly history: readonly EpochRecord[];
  /** The state of the random numbers. */
  readonly random: RandomState;
  /** The weights and the state of the optimizer. */
  readonly trainer: TrainerState;
}

/**
 * What distinguishes a dataset from another. Datasets of one's own without checksums are told apart by name and count alone.
 */
export interface DataIdentity {
  /** The name of the dataset. */
  readonly name: string;
  /** The number of images. */
  readonly count: number;
  /** SHA-256 of each of its files in hexadecimal, by file name. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Checks that a checkpoint is of the run that resumes from it.
 *
 * @param checkpoint The checkpoint.
 * @param run The network, recipe and data of the run.
 * @throws {LeNetError} `checkpoint/mismatch` for the first difference.
 */
export function checkResumable(
  checkpoint: Checkpoint,
  run: Pick<Checkpoint, "architecture" | "recipe" | "data">,
): void {
  const [before, now] = [checkpoint, run].map(({ architecture: network, recipe, data }) =>
    // JSON leaves out what is undefined, as the file does.
    leavesOf(JSON.parse(JSON.stringify({ network, recipe, data })), "")
  );
  for (const name of new Set([...now.keys(), ...before.keys()])) {
    const [found, expected] = [now.get(name), before.get(name)];
    if (found === expected) continue;
    const told = (value: unknown): string => value === undefined ? "nothing" : shown(value);
    throw new LeNetError(
      "checkpoint/mismatch",
      `Cannot resume: ${name} is ${told(found)}, in the checkpoint it was ${
        told(expected)
      }, expected the same; ` +
        "give that again, or start again without the checkpoint",
    );
  }
}

/** All numbers, texts and the like in a value, by their path: the order of the keys makes no difference. */
function leavesOf(value: unknown, path: string): Map<string, unknown> {
  if (typeof value !== "object" || value === null) return new Map([[path, value]]);
  const parts = Object.entries(value);
  // An empty list is something, too.
  if (parts.length === 0) return new Map([[path, "empty"]]);
  return new Map(
    parts.flatMap(([key, part]) => [...leavesOf(part, path === "" ? key : `${path}.${key}`)]),
  );
}
