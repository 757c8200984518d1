/**
 * Small checks of parsed JSON. Each takes a value and the path to it, such as `architecture.layers[2].kind`, and
 * gives the value back with its type, or throws a `LeNetError` `weights/malformed` that names the path.
 *
 * @module
 */

import type { LeNetError } from "../model/error.ts";
import { malformed } from "./malformed.ts";

/** The error for a value that is not what is expected. */
export function unexpected(value: unknown, path: string, expected: string): LeNetError {
  return malformed("use", `${path} is ${inWords(value)}, expected ${expected}`);
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
    throw malformed("use", `${path} ${found}, expected ${known.join(", ")}`);
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
  item: (value: unknown, path: string) => T,
  length?: number,
): T[] {
  if (!Array.isArray(value)) throw unexpected(value, path, "a list");
  if (length !== undefined && value.length !== length) {
    throw unexpected(value, path, `a list of ${length}`);
  }
  return Array.from(value, (each, index) => item(each, `${path}[${index}]`));
}

/** A text of at least one character. */
export function text(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw unexpected(value, path, "a text");
  return value;
}

/** One of some texts. */
export function oneOf<T extends string>(value: unknown, path: string, accepted: readonly T[]): T {
  if (!accepted.includes(value as T)) {
    throw unexpected(value, path, `one of ${accepted.join(", ")}`);
  }
  return value as T;
}

/** A whole number from `least`, exact in a double. */
export function wholeNumber(value: unknown, path: string, least: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw unexpected(value, path, `a whole number from ${least}`);
  }
  return value as number;
}

/** A finite number. */
export function finiteNumber(value: unknown, path: string): number {
  if (!Number.isFinite(value)) throw unexpected(value, path, "a number");
  return value as number;
}

/** A finite number above 0. */
export function positiveNumber(value: unknown, path: string): number {
  if (finiteNumber(value, path) <= 0) throw unexpected(value, path, "a number above 0");
  return value as number;
}
