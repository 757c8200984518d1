// The part of `@std/cli` that the project uses, over `node:util`.

import { parseArgs as nodeParseArgs } from "node:util";

/** The flags that are known. */
export interface ParseArgsOptions {
  /** Flags that take no value. */
  readonly boolean?: readonly string[];
  /** Flags that take a value; `_` keeps positionals as texts, which they are here in any case. */
  readonly string?: readonly string[];
  /** Called for every argument that is no known flag; `key` is undefined for positionals. */
  readonly unknown?: (arg: string, key?: string) => unknown;
}

/** Positionals in `_`, flags by name. */
export interface ParsedArgs {
  _: (string | number)[];
  [flag: string]: unknown;
}

export function parseArgs(
  args: string[],
  { boolean = [], string = [], unknown }: ParseArgsOptions = {},
): ParsedArgs {
  const texts = string.filter((name) => name !== "_");
  const options = Object.fromEntries([
    ...boolean.map((name) => [name, { type: "boolean" as const }]),
    ...texts.map((name) => [name, { type: "string" as const }]),
  ]);
  const { tokens } = nodeParseArgs({
    args,
    options,
    strict: false,
    allowPositionals: true,
    allowNegative: true,
    tokens: true,
  });
  // `@std/cli` sets every boolean flag, given or not.
  const parsed: ParsedArgs = { _: [], ...Object.fromEntries(boolean.map((name) => [name, false])) };
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (unknown?.(token.value) !== false) parsed._.push(token.value);
    } else if (token.kind === "option") {
      const known = Object.hasOwn(options, token.name);
      if (!known && unknown?.(token.rawName, token.name) === false) continue;
      parsed[token.name] = texts.includes(token.name) ? token.value ?? "" : token.value !== "false";
    }
  }
  return parsed;
}
