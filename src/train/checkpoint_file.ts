import { LeNetError } from "../model/error.ts";
import { checkParameters, type Parameter, type Parameters } from "../model/parameters.ts";
import type { RandomState } from "../model/random.ts";
import { architectureFromJson } from "../weights/architecture_json.ts";
import { anyObject, listOf, text, wholeNumber } from "../weights/json_value.ts";
import { readSafetensors } from "../weights/read_safetensors.ts";
import { writeSafetensors } from "../weights/write_safetensors.ts";
import type { Checkpoint, DataIdentity } from "./checkpoint.ts";
import type { EpochRecord } from "./history.ts";
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
