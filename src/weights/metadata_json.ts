import type { Architecture } from "../model/architecture.ts";
import {
  type Accuracy,
  type ModelMetadata,
  type Normalization,
  PREPARATIONS,
} from "../model/model.ts";
import {
  anyObject,
  finiteNumber,
  listOf,
  objectOf,
  oneOf,
  positiveNumber,
  text,
  unexpected,
  wholeNumber,
} from "./json_value.ts";

/** How deep a stored recipe may nest. */
const MAX_RECIPE_DEPTH = 8;

/**
 * Turns parsed JSON into what travels with a network's weights, trusting nothing about it.
 *
 * @param value Parsed JSON.
 * @param architecture The network it belongs to: it needs a name for each class and a mean for each channel.
 * @returns The metadata, made anew of known properties alone.
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
  const { mean, deviation } = objectOf(value, path, ["mean", "deviation"]);
  return {
    mean: listOf(mean, `${path}.mean`, finiteNumber, channels),
    deviation: listOf(deviation, `${path}.deviation`, positiveNumber, channels),
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

/** A recipe is for people and for the trainer: any JSON, if it does not nest without end. */
function recipeOf(value: unknown): Readonly<Record<string, unknown>> {
  const path = "metadata.recipe";
  return anyObject(jsonOf(anyObject(value, path), path, MAX_RECIPE_DEPTH), path);
}

/** A copy of plain data. Members that are undefined are left out, as `JSON.stringify` leaves them out. */
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
