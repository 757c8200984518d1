/**
 * The table of arguments of a command: its types, and the parser that checks a command line against it.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { LeNetError } from "../errors.ts";

/** One row of a table of flags. */
export type Flag = BooleanFlag | TextFlag | NumberFlag | ChoiceFlag | ListFlag;

/** What every kind of flag has. */
interface FlagBase {
  /** The help, without the default. */
  readonly help: string;
  /** The heading in the help under which the flag stands; flags without one come first. */
  readonly group?: string;
  /** A flag that must be given as well. */
  readonly needs?: string;
  /** Flags that cannot be given as well. */
  readonly excludes?: readonly string[];
}

/** What every flag that takes a value has. */
interface ValueFlag<T> extends FlagBase {
  /** The placeholder of the value in the help, such as `FILE`. */
  readonly value: string;
  readonly required?: true;
  /** The value of a flag that is not given. */
  readonly default?: T;
  /** The default as the help states it, where it is no fixed value: the flag is undefined if not given. */
  readonly defaultText?: string;
}

interface BooleanFlag extends FlagBase {
  readonly kind: "boolean";
}

interface TextFlag extends ValueFlag<string> {
  readonly kind: "text";
}

interface NumberFlag extends ValueFlag<number> {
  readonly kind: "integer" | "number";
  /** The smallest value that is accepted. */
  readonly min?: number;
  /** The largest value that is accepted. */
  readonly max?: number;
  /** The number that values must exceed. */
  readonly above?: number;
  /** The number that values must not reach. */
  readonly below?: number;
}

interface ChoiceFlag extends ValueFlag<string> {
  readonly kind: "choice";
  readonly choices: readonly string[];
}

/** Texts separated by commas. */
interface ListFlag extends ValueFlag<readonly string[]> {
  readonly kind: "list";
  /** The texts that are accepted; any if left out. */
  readonly choices?: readonly string[];
}

/** The flags of a command by name, in the order of the help. */
export type FlagTable = Readonly<Record<string, Flag>>;

type ValueOf<F extends Flag> = F extends BooleanFlag ? boolean
  : F extends { kind: "choice"; choices: readonly (infer C)[] } ? C
  : F extends ListFlag ? readonly string[]
  : F extends TextFlag ? string
  : number;

/** The value of each flag. Only a flag that is required, boolean or has a default is never undefined. */
export type FlagValues<T extends FlagTable> = {
  readonly [N in keyof T]: T[N] extends BooleanFlag | { default: unknown } | { required: true }
    ? ValueOf<T[N]>
    : ValueOf<T[N]> | undefined;
};

/** An argument without a flag. */
export interface Positional {
  /** The placeholder in the help, such as `FILE`. */
  readonly name: string;
  readonly help: string;
  readonly optional?: true;
  /** Whether it may be repeated; only the last one can be. */
  readonly repeated?: true;
}

/** The arguments that a command takes. */
export interface Signature<T extends FlagTable = FlagTable> {
  /** The name of the command. */
  readonly name: string;
  readonly positionals?: readonly Positional[];
  readonly flags: T;
}

/** The arguments that a command was given. */
export interface Arguments<T extends FlagTable = FlagTable> {
  readonly positionals: readonly string[];
  readonly flags: FlagValues<T>;
}

/**
 * Parses a command line and checks it against a table.
 *
 * @param signature The table.
 * @param args The arguments after the name of the command.
 * @returns The arguments, defaults filled in.
 * @throws {LeNetError} `option/unknown` for a flag that is not in the table; `option/invalid` for a value that its flag
 * does not accept, for flags that are missing or contradict each other, and for positionals too few or too many.
 */
export function parseArguments<T extends FlagTable>(
  { name, positionals = [], flags }: Signature<T>,
  args: readonly string[],
): Arguments<T> {
  const names = Object.keys(flags);
  const [boolean, text] = [true, false].map((isBoolean) =>
    names.filter((flag) => (flags[flag].kind === "boolean") === isBoolean)
  );
  const parsed = parseArgs([...args], {
    boolean,
    // "_" keeps positionals that look like numbers as they are written.
    string: [...text, "_"],
    unknown(arg, key) {
      if (key === undefined) return true;
      const known = [...names, "help"].map((flag) => `--${flag}`).join(", ");
      throw new LeNetError(
        "option/unknown",
        `Cannot take the option ${arg}: expected ${known || "none"}`,
      );
    },
  });
  const isGiven = (flag: string): boolean => parsed[flag] !== undefined && parsed[flag] !== false;
  const values = Object.entries(flags).map(([flag, row]) => {
    if (row.kind === "boolean") return [flag, isGiven(flag)];
    return [flag, isGiven(flag) ? valueOf(flag, row, parsed[flag]) : row.default];
  });
  for (const [flag, row] of Object.entries(flags)) checkTogether(name, flag, row, isGiven);
  const given = parsed._.map(String);
  checkPositionals(name, positionals, given);
  return { positionals: given, flags: Object.fromEntries(values) };
}

/**
 * A flag as it stands in a usage line.
 *
 * @param name The name of the flag.
 * @param flag The flag.
 * @returns Such as `--out FILE`.
 */
export function flagText(name: string, flag: Flag): string {
  return flag.kind === "boolean" ? `--${name}` : `--${name} ${flag.value}`;
}

/**
 * A positional as it stands in a usage line.
 *
 * @param positional The positional.
 * @returns Such as `FILE…` or `[NAME]`.
 */
export function positionalText({ name, optional, repeated }: Positional): string {
  const text = repeated ? `${name}…` : name;
  return optional ? `[${text}]` : text;
}

function valueOf(
  name: string,
  flag: Exclude<Flag, BooleanFlag>,
  text: unknown,
): string | number | readonly string[] {
  const refuse = (found: string): never => {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the option --${name}: found ${found}, expected ${acceptedText(flag)}`,
    );
  };
  if (typeof text !== "string" || text === "") return refuse("no value");
  switch (flag.kind) {
    case "text":
      return text;
    case "choice":
      return flag.choices.includes(text) ? text : refuse(`"${text}"`);
    case "list": {
      const items = text.split(",");
      const { choices } = flag;
      const wrong = items.find((item) => choices ? !choices.includes(item) : item === "");
      return wrong === undefined ? items : refuse(`"${wrong}"`);
    }
    default: {
      const value = text.trim() === "" ? NaN : Number(text);
      const { kind, min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = flag;
      const isKind = kind === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value);
      const fits = value >= min && value <= max && value > above && value < below;
      return isKind && fits ? value : refuse(`"${text}"`);
    }
  }
}

function acceptedText(flag: Exclude<Flag, BooleanFlag>): string {
  switch (flag.kind) {
    case "text":
      return flag.value;
    case "choice":
      return `one of ${flag.choices.join(", ")}`;
    case "list":
      return flag.choices
        ? `some of ${flag.choices.join(",")}`
        : `${flag.value}, separated by commas`;
    default: {
      const { kind, min, max, above, below } = flag;
      return [
        kind === "integer" ? "a whole number" : "a number",
        ...min === undefined ? [] : [`from ${min}`],
        ...above === undefined ? [] : [`above ${above}`],
        ...max === undefined ? [] : [`to ${max}`],
        ...below === undefined ? [] : [`${min === undefined ? "and" : "to"} below ${below}`],
      ].join(" ");
    }
  }
}

/** Checks that a flag is there if it must be, and that it stands beside no flag that contradicts it. */
function checkTogether(
  command: string,
  name: string,
  flag: Flag,
  isGiven: (flag: string) => boolean,
): void {
  if (!isGiven(name)) {
    if (flag.kind === "boolean" || !flag.required) return;
    throw new LeNetError(
      "option/invalid",
      `Cannot run ${command}: found no --${name}, expected ${flagText(name, flag)}`,
    );
  }
  if (flag.needs !== undefined && !isGiven(flag.needs)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the option --${name} alone: expected --${flag.needs} beside it`,
    );
  }
  const other = flag.excludes?.find(isGiven);
  if (other !== undefined) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the options --${name} and --${other} together: expected one of them`,
    );
  }
}

function checkPositionals(
  command: string,
  positionals: readonly Positional[],
  given: readonly string[],
): void {
  const expected = positionals.length === 0
    ? "options only"
    : `${positionals.map(positionalText).join(" ")} and options`;
  const missing = positionals[given.length];
  if (missing !== undefined && !missing.optional) {
    throw new LeNetError(
      "option/invalid",
      `Cannot run ${command}: found no ${missing.name}, expected ${expected}`,
    );
  }
  if (given.length > positionals.length && !positionals.at(-1)?.repeated) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the argument ${given[positionals.length]}: expected ${expected}`,
    );
  }
}

/**
 * Leaves out what is undefined, so that options that were not given take their defaults.
 *
 * @param options The options.
 * @returns Those that are defined.
 */
export function omitUndefined<T extends object>(
  options: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
