/**
 * Reads the description of a network from parsed JSON, of which nothing is trusted. Each check takes a value and the
 * path to it, such as `architecture.layers[2].kind`, and returns the value with its type, or throws a `LeNetError`
 * `weights/malformed` that names the path.
 *
 * @module
 */

import { type LeNetError, malformedWeights } from "../errors.ts";
import {
  type Architecture,
  excessOf,
  type ImageShape,
  inferShapes,
  type Layer,
} from "../model/architecture.ts";
import { type FieldSchema, LAYER_KINDS } from "../model/layers.ts";
import {
  type Accuracy,
  type ModelMetadata,
  type Normalization,
  PREPARATIONS,
  type StoredNormalization,
  upgradeNormalization,
} from "../model/model.ts";

/**
 * Turns parsed JSON into an architecture, trusting nothing about it.
 *
 * @param value Parsed JSON.
 * @returns The architecture, made anew of known properties alone.
 * @throws {LeNetError} `weights/malformed` naming the first value that is of the wrong type, out of range, missing or
 * unknown, or what is too large; `architecture/invalid` when the
 * layers do not fit each other.
 */
export function architectureFromJson(value: unknown): Architecture {
  const path = "architecture";
  const { name, input, layers, classes } = objectOf(value, path, [
    "name",
    "input",
    "layers",
    "classes",
  ]);
  const architecture: Architecture = {
    name: text(name, `${path}.name`),
    input: imageShape(input, `${path}.input`),
    layers: listOf(layers, `${path}.layers`, layer),
    classes: wholeNumber(classes, `${path}.classes`, 1),
  };
  const excess = excessOf(architecture, inferShapes(architecture));
  if (excess !== undefined) throw malformedWeights("use", excess);
  return architecture;
}

function imageShape(value: unknown, path: string): ImageShape {
  const [channels, height, width] = listOf(value, path, (size, at) => wholeNumber(size, at, 1), 3);
  return [channels, height, width];
}

function layer(value: unknown, path: string): Layer {
  const kinds = Object.keys(LAYER_KINDS) as Layer["kind"][];
  const kind = oneOf(anyObject(value, path).kind, `${path}.kind`, kinds);
  const fields: [name: string, schema: FieldSchema][] = Object.entries(LAYER_KINDS[kind].fields);
  const named = (optional: boolean): string[] =>
    fields.filter(([, schema]) => (schema.optional ?? false) === optional).map(([name]) => name);
  const object = objectOf(value, path, ["kind", ...named(false)], named(true));
  return Object.fromEntries([
    ["kind", kind],
    ...fields
      .filter(([name, { optional }]) => !optional || object[name] !== undefined)
      .map(([name, schema]) => [name, field(object[name], `${path}.${name}`, schema)]),
  ]);
}

function field(value: unknown, path: string, schema: FieldSchema): unknown {
  switch (schema.type) {
    case "text":
      return text(value, path);
    case "number":
      return finiteNumber(value, path);
    case "whole number":
      return wholeNumber(value, path, schema.min);
    case "one of":
      return oneOf(value, path, schema.values);
    case "list":
      return listOf(value, path, (item, at) => field(item, at, schema.items));
  }
}

/** The most levels that a stored recipe may nest; a recipe of the trainer has four. */
const MAX_RECIPE_DEPTH = 8;

/**
 * Reads the metadata of a network.
 *
 * @param value Parsed JSON.
 * @param architecture The network, which needs a name for each class, and a mean for each channel.
 * @returns The metadata, a copy of known properties alone.
 * @throws {LeNetError} `weights/malformed` naming the first value that is of the wrong type, out of range, missing or
 * unknown.
 */
export function metadataFromJson(value: unknown, architecture: Architecture): ModelMetadata {
  const required = ["classNames", "normalization", "temperature"];
  const optional = ["preparation", "accuracy", "recipe", "dataChecksums"];
  const metadata = objectOf(value, "metadata", required, optional);
  const { classNames, normalization, preparation, temperature, accuracy, recipe, dataChecksums } =
    metadata;
  return {
    classNames: listOf(classNames, "metadata.classNames", text, architecture.classes),
    normalization: normalizationOf(normalization, architecture.input[0]),
    ...preparation !== undefined && {
      preparation: oneOf(preparation, "metadata.preparation", PREPARATIONS),
    },
    temperature: positiveNumber(temperature, "metadata.temperature"),
    ...accuracy !== undefined && { accuracy: accuracyOf(accuracy) },
    ...recipe !== undefined && { recipe: recipeOf(recipe) },
    ...dataChecksums !== undefined && { dataChecksums: checksumsOf(dataChecksums) },
  };
}

function normalizationOf(value: unknown, channels: number): Normalization {
  const path = "metadata.normalization";
  const stored = anyObject(value, path) as unknown as StoredNormalization;
  const { mean, std } = objectOf(upgradeNormalization(stored), path, ["mean", "std"]);
  return {
    mean: listOf(mean, `${path}.mean`, finiteNumber, channels),
    std: listOf(std, `${path}.std`, positiveNumber, channels),
  };
}

function accuracyOf(value: unknown): Accuracy {
  const path = "metadata.accuracy";
  const accuracy = objectOf(value, path, ["dataset", "count", "value"]);
  const share = finiteNumber(accuracy.value, `${path}.value`);
  if (share < 0 || share > 1) throw unexpected(share, `${path}.value`, "a number from 0 to 1");
  return {
    dataset: text(accuracy.dataset, `${path}.dataset`),
    count: wholeNumber(accuracy.count, `${path}.count`, 1),
    value: share,
  };
}

/** A recipe is for people to read and may be any JSON of limited depth. */
function recipeOf(value: unknown): Readonly<Record<string, unknown>> {
  const path = "metadata.recipe";
  return anyObject(jsonOf(anyObject(value, path), path, MAX_RECIPE_DEPTH), path);
}

/** A copy of plain data, without members that are undefined, as `JSON.stringify` makes it. */
function jsonOf(value: unknown, path: string, depth: number): unknown {
  if (depth === 0) throw unexpected(value, path, `at most ${MAX_RECIPE_DEPTH} levels`);
  if (Array.isArray(value)) return listOf(value, path, (item, at) => jsonOf(item, at, depth - 1));
  switch (typeof value) {
    case "object":
      if (value === null) return null;
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .map(([key, member]) => [key, jsonOf(member, `${path}.${key}`, depth - 1)]),
      );
    case "number":
      return finiteNumber(value, path);
    case "string":
    case "boolean":
      return value;
    default:
      throw unexpected(value, path, "a value of JSON");
  }
}

function checksumsOf(value: unknown): Readonly<Record<string, string>> {
  const checksums = anyObject(value, "metadata.dataChecksums");
  for (const [file, checksum] of Object.entries(checksums)) {
    if (typeof checksum !== "string" || !/^[0-9a-f]{64}$/.test(checksum)) {
      throw unexpected(checksum, `metadata.dataChecksums.${file}`, "a SHA-256 in hexadecimal");
    }
  }
  return { ...checksums } as Readonly<Record<string, string>>;
}

/** The error for a value that is not accepted. */
export function unexpected(value: unknown, path: string, expected: string): LeNetError {
  return malformedWeights("use", `${path} is ${inWords(value)}, expected ${expected}`);
}

function inWords(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** An object with all of the required keys, any of the optional ones, and no other. */
export function objectOf(
  value: unknown,
  path: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const object = anyObject(value, path);
  const known = [...required, ...optional];
  const missing = required.find((key) => !Object.hasOwn(object, key));
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (missing !== undefined || unknown !== undefined) {
    const found = missing === undefined ? `has the key ${unknown}` : `lacks ${missing}`;
    throw malformedWeights("use", `${path} ${found}, expected ${known.join(", ")}`);
  }
  return object;
}

/** An object with any keys. */
export function anyObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unexpected(value, path, "an object");
  }
  return value as Readonly<Record<string, unknown>>;
}

/** A list, each item checked by `item`; of `length` items where that is given. */
export function listOf<T>(
  value: unknown,
  path: string,
  item: (value: unknown, path: string, index: number) => T,
  length?: number,
): T[] {
  if (!Array.isArray(value)) throw unexpected(value, path, "a list");
  if (length !== undefined && value.length !== length) {
    throw unexpected(value, path, `a list of ${length}`);
  }
  return Array.from(value, (each, index) => item(each, `${path}[${index}]`, index));
}

/** A string of at least one character. */
export function text(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw unexpected(value, path, "a text");
  return value;
}

/** One of some strings. */
function oneOf<T extends string>(value: unknown, path: string, accepted: readonly T[]): T {
  if (!accepted.includes(value as T)) {
    throw unexpected(value, path, `one of ${accepted.join(", ")}`);
  }
  return value as T;
}

/** A whole number from `minimum` to `maximum`, exact in a double. */
export function wholeNumber(
  value: unknown,
  path: string,
  minimum: number,
  maximum: number = Number.MAX_SAFE_INTEGER,
): number {
  const number = value as number;
  if (Number.isSafeInteger(value) && number >= minimum && number <= maximum) return number;
  const end = maximum === Number.MAX_SAFE_INTEGER ? "" : ` to ${maximum}`;
  throw unexpected(value, path, `a whole number from ${minimum}${end}`);
}

/** Any number but NaN and the infinities, which JSON has not. */
export function finiteNumber(value: unknown, path: string): number {
  if (!Number.isFinite(value)) throw unexpected(value, path, "a number");
  return value as number;
}

function positiveNumber(value: unknown, path: string): number {
  if (finiteNumber(value, path) <= 0) throw unexpected(value, path, "a number above 0");
  return value as number;
}
