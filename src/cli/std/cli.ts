/**
 * `@std/cli` as the rest of the project imports it. Where JSR cannot be reached, a thin layer over `node:util` takes its
 * place.
 *
 * @module
 */

/** The flags that are known. */
interface ParseArgsOptions {
  /** Flags that take no value. */
  readonly boolean?: readonly string[];
  /** Flags that take a value; `_` keeps positionals as texts, which they are here in any case. */
  readonly string?: readonly string[];
  /** Called for every argument that is no known flag; `key` is undefined for positionals. */
  readonly unknown?: (arg: string, key?: string) => unknown;
}

/** Positionals in `_`, flags by name. */
interface ParsedArgs {
  _: (string | number)[];
  [flag: string]: unknown;
}

type ParseArgs = (args: string[], options?: ParseArgsOptions) => ParsedArgs;

export const parseArgs: ParseArgs = await import("@std/cli").then(
  (std) => std.parseArgs as unknown as ParseArgs,
  fallback,
);

async function fallback(): Promise<ParseArgs> {
  const { parseArgs: parse } = await import("node:util");
  return (args, options) => parseWith(parse, args, options);
}

function parseWith(
  nodeParseArgs: typeof import("node:util").parseArgs,
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
