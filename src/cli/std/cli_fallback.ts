// The part of `@std/cli` that the project uses, over `node:util`.

import { parseArgs as nodeParseArgs } from "node:util";

/** Which flags a script takes: `boolean` ones stand alone, `string` ones take a value. */
export interface ParseArgsOptions {
  readonly boolean?: readonly string[];
  readonly string?: readonly string[];
  /** Called for every argument that is neither known nor positional; `key` is unset for positionals. */
  readonly unknown?: (arg: string, key?: string) => unknown;
}

/** What was given: positionals in `_`, flags by name. */
export interface ParsedArgs {
  _: (string | number)[];
  [flag: string]: unknown;
}

export function parseArgs(
  args: string[],
  { boolean = [], string = [], unknown }: ParseArgsOptions = {},
): ParsedArgs {
  const options = Object.fromEntries([
    ...boolean.map((name) => [name, { type: "boolean" as const }]),
    ...string.map((name) => [name, { type: "string" as const }]),
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
      const known = token.name in options;
      if (!known && unknown?.(token.rawName, token.name) === false) continue;
      parsed[token.name] = string.includes(token.name) ? token.value ?? "" : token.value ?? true;
    }
  }
  return parsed;
}
