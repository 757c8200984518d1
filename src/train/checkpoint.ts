import type { TrainerState } from "../engine/trainer.ts";
import { LeNetError } from "../errors.ts";
import type { Evaluation } from "../evaluate.ts";
import type { Architecture } from "../model/architecture.ts";
import { checkParameters, type Parameter, type Parameters } from "../model/parameters.ts";
import type { RandomState } from "../model/random.ts";
import {
  anyObject,
  architectureFromJson,
  listOf,
  text,
  wholeNumber,
} from "../weights/description_json.ts";
import { readSafetensors } from "../weights/safetensors.ts";
import { writeSafetensors } from "../weights/write_safetensors.ts";
import { type Recipe, resolveRecipe } from "./recipe.ts";

/** The key of the file's metadata under which everything but the numbers is kept, as JSON. */
const KEY = "lenet.checkpoint";

/** Goes up when a stored checkpoint can no longer be read as before. */
const FORMAT_VERSION = 1;

/**
 * Writes a checkpoint as a safetensors file: the weights under `parameters/`, what the optimizer carries under
 * `slots/<slot>/`, everything else as JSON in the metadata.
 *
 * @param checkpoint The run between two epochs.
 * @returns The bytes of the file; the same for the same checkpoint.
 */
export function checkpointToBytes(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const { trainer: { parameters, slots, steps }, ...rest } = checkpoint;
  const tensors = new Map<string, Parameter>();
  for (const [name, parameter] of parameters) tensors.set(`parameters/${name}`, parameter);
  for (const [slot, values] of slots) {
    for (const [name, parameter] of values) tensors.set(`slots/${slot}/${name}`, parameter);
  }
  const json = JSON.stringify({ version: FORMAT_VERSION, steps, ...rest });
  return writeSafetensors(tensors, new Map([[KEY, json]]));
}

/**
 * Reads what {@linkcode checkpointToBytes} wrote, trusting nothing about it.
 *
 * @param bytes The whole file.
 * @returns The run between two epochs.
 * @throws {LeNetError} `checkpoint/malformed` when it is no checkpoint, or a damaged one.
 */
export function checkpointFromBytes(bytes: Uint8Array): Checkpoint {
  try {
    return parse(bytes);
  } catch (cause) {
    if (!(cause instanceof LeNetError || cause instanceof SyntaxError)) throw cause;
    throw new LeNetError(
      "checkpoint/malformed",
      `Cannot resume: the file is not a checkpoint that deno task train wrote (${cause.message})`,
      { cause },
    );
  }
}

function parse(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes);
  const stored = anyObject(JSON.parse(text(metadata.get(KEY), KEY)), KEY);
  wholeNumber(stored.version, `${KEY}.version`, FORMAT_VERSION);
  const architecture = architectureFromJson(stored.architecture);
  const data = dataIdentity(stored.data);
  const recipe: Recipe = resolveRecipe(
    anyObject(stored.recipe, "recipe") as unknown as Recipe,
    data.count,
    architecture.input[0],
  );
  const [a, b, c, d] = listOf(stored.random, "random", (value, at) => wholeNumber(value, at, 0), 4);
  const random: RandomState = [a, b, c, d];
  const history = listOf(
    stored.history,
    "history",
    (value, at) => anyObject(value, at) as unknown as EpochRecord,
  );

  const under = (prefix: string): Parameters => {
    const found = [...tensors].filter(([name]) => name.startsWith(prefix));
    const parameters = new Map<string, Parameter>(
      found.map(([name, { shape, data }]) => [name.slice(prefix.length), { shape, data }]),
    );
    return checkParameters(architecture, parameters);
  };
  const slotNames = new Set(
    [...tensors.keys()].filter((name) => name.startsWith("slots/")).map((name) =>
      name.split("/")[1]
    ),
  );
  return {
    architecture,
    recipe,
    data,
    history,
    random,
    trainer: {
      parameters: under("parameters/"),
      slots: new Map([...slotNames].map((slot) => [slot, under(`slots/${slot}/`)])),
      steps: wholeNumber(stored.steps, "steps", 0),
    },
  };
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

/** A run between two epochs: everything needed to continue it to the same result. */
export interface Checkpoint {
  /** The network. */
  readonly architecture: Architecture;
  /** How it is trained. */
  readonly recipe: Recipe;
  /** What it is trained on. */
  readonly data: DataIdentity;
  /** How many epochs are done: one record for each. */
  readonly history: readonly EpochRecord[];
  /** Where the random numbers go on. */
  readonly random: RandomState;
  /** Weights, and what the optimizer carries. */
  readonly trainer: TrainerState;
}

/** Enough about a dataset to tell it from another. */
export interface DataIdentity {
  /** Its name. */
  readonly name: string;
  /** How many images it has. */
  readonly count: number;
  /** SHA-256 of each of its files. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Checks that a run can go on from a checkpoint.
 *
 * @param checkpoint Where it was.
 * @param run What is to go on.
 * @throws {LeNetError} `checkpoint/mismatch` naming what differs.
 */
export function checkResumable(
  checkpoint: Checkpoint,
  run: Pick<Checkpoint, "architecture" | "recipe" | "data">,
): void {
  const compare = (name: string, before: unknown, now: unknown): void => {
    const [found, expected] = [JSON.stringify(now), JSON.stringify(before)];
    if (found === expected) return;
    throw new LeNetError(
      "checkpoint/mismatch",
      `Cannot resume: ${name} is ${found}, in the checkpoint it was ${expected}`,
    );
  };
  compare("the network", checkpoint.architecture, run.architecture);
  for (const key of Object.keys(run.recipe) as (keyof Recipe)[]) {
    compare(key, checkpoint.recipe[key], run.recipe[key]);
  }
  compare("the data", checkpoint.data, run.data);
}

/** What one pass over the training images came to. */
export interface EpochRecord {
  /** Its number, from 1. */
  readonly epoch: number;
  /** The learning rate of its last step. */
  readonly learningRate: number;
  /** The mean loss of its steps, on the images as they were distorted. */
  readonly loss: number;
  /** The share of its images that was answered right when they came by. */
  readonly accuracy: number;
  /** The loss of each of its steps. */
  readonly stepLosses: readonly number[];
  /** Loss and accuracy on the images set aside, after it. */
  readonly validation?: Pick<Evaluation, "loss" | "accuracy">;
}

/** How a run is doing: told after every step. */
export interface TrainProgress {
  /** The epoch that is running, from 1. */
  readonly epoch: number;
  /** How many epochs there are. */
  readonly epochs: number;
  /** The step just made in this epoch, from 1. */
  readonly step: number;
  /** How many steps an epoch has. */
  readonly steps: number;
  /** Loss of this step. */
  readonly loss: number;
  /** Share of right answers in this epoch so far. */
  readonly accuracy: number;
  /** The learning rate of this step. */
  readonly learningRate: number;
  /** How quick this epoch is so far. */
  readonly imagesPerSecond: number;
  /** Estimated time to the end of the run. */
  readonly secondsLeft: number;
}
