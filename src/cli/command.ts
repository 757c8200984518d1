import { LeNetError } from "../errors.ts";
import {
  type Arguments,
  type Flag,
  type FlagTable,
  flagText,
  parseArguments,
  positionalText,
  type Signature,
} from "./flags.ts";

/** What the help of a command says. */
export interface Documented<T extends FlagTable = FlagTable> extends Signature<T> {
  /** One sentence, for the list of all commands and the head of the help. */
  readonly summary: string;
  /** Further paragraphs, separated by blank lines. One that is indented is a table, and not wrapped. */
  readonly details?: string;
  /** A last paragraph, such as what the exit code means. */
  readonly notes?: string;
}

/** A command: its table of arguments, its help, and what it does. */
export interface Command<T extends FlagTable = FlagTable> extends Documented<T> {
  /** Runs it; returns the exit code if it is not 0. */
  run(args: Arguments<T>): Promise<number | void>;
}

/** Exit codes other than 0, success. */
const EXIT = { failure: 1, usage: 2, interrupted: 130 };

/** What the exit codes mean, for the help. */
export const EXIT_CODES =
  `Exit codes: 0 success, ${EXIT.failure} failure, ${EXIT.usage} arguments that are not understood, ` +
  `${EXIT.interrupted} stopped by Ctrl-C or SIGTERM.`;

/**
 * Runs a command: answers `--help`, parses the arguments, prints a {@linkcode LeNetError} as one line on standard
 * error, and sets the exit code of the process. Other errors are defects and are thrown on.
 *
 * @param command The command.
 * @param args Its arguments; those of the process by default.
 */
export async function runCommand<const T extends FlagTable>(
  command: Command<T>,
  args: readonly string[] = Deno.args,
): Promise<void> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(helpText(command));
    return;
  }
  quietGpu();
  try {
    Deno.exitCode = await command.run(parseArguments(command, args)) ?? 0;
  } catch (error) {
    Deno.exitCode = reportError(error, usageLine(command));
  }
}

/**
 * Prints an error on standard error.
 *
 * @param error What was thrown.
 * @param usage Printed after an error about the arguments.
 * @returns The exit code.
 * @throws What is no {@linkcode LeNetError}.
 */
export function reportError(error: unknown, usage: string): number {
  if (!(error instanceof LeNetError)) throw error;
  console.error(`error: ${error.message} [${error.code}]`);
  if (error.code.startsWith("option/")) {
    console.error(`${usage}\nMore with --help.`);
    return EXIT.usage;
  }
  return error.code === "aborted" ? EXIT.interrupted : EXIT.failure;
}

/** What asks a process to end: Ctrl-C, and a service manager. Windows has no SIGTERM to listen to. */
export const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM"];

/** The signal of Ctrl-C and SIGTERM. Disposing of it restores their default effect. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  /** Aborts the signal, as Ctrl-C does. */
  stop(): void;
}

/**
 * Turns the first Ctrl-C or SIGTERM into an abort signal. A second one ends the process at once.
 *
 * @returns The signal.
 */
export function interruptible(): Interrupt {
  const controller = new AbortController();
  const restore = (): void => {
    for (const name of STOP_SIGNALS) Deno.removeSignalListener(name, stop);
  };
  const stop = (): void => {
    restore();
    controller.abort();
  };
  for (const name of STOP_SIGNALS) Deno.addSignalListener(name, stop);
  return { signal: controller.signal, stop, [Symbol.dispose]: restore };
}

/**
 * Keeps the Vulkan drivers of Linux from printing warnings on standard error where no desktop session has set the
 * variable that they look for. Does nothing without permission to set it.
 */
export function quietGpu(): void {
  const variable = "XDG_RUNTIME_DIR";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  if (Deno.build.os === "linux" && state === "granted" && !Deno.env.get(variable)) {
    Deno.env.set(variable, "/tmp");
  }
}

/** Columns of the help; a wider terminal changes nothing, so that the help can be quoted. */
const COLUMNS = 100;

/** How commands are run: by the tasks of a checkout, or as a package. */
export const INVOCATION = import.meta.url.startsWith("file:")
  ? "deno task"
  : "deno run jsr:@x/lenet/cli";

/**
 * The line that says how to run a command. It names every flag if there is room for them.
 *
 * @param command The command.
 * @returns The line, which begins with `Usage: `.
 */
export function usageLine({ name, positionals = [], flags }: Signature): string {
  const isRequired = ([, flag]: [string, Flag]): boolean =>
    flag.kind !== "boolean" && flag.required === true;
  const all = Object.entries(flags);
  const head = [
    `Usage: ${INVOCATION} ${name}`,
    ...positionals.map(positionalText),
    ...all.filter(isRequired).map(([name, flag]) => flagText(name, flag)),
  ];
  const optional = all.filter((flag) => !isRequired(flag));
  const full = [...head, ...optional.map(([name, flag]) => `[${flagText(name, flag)}]`)].join(" ");
  return full.length <= COLUMNS ? full : [...head, "[options]"].join(" ");
}

/**
 * The help of a command, from its table of arguments.
 *
 * @param command The command.
 * @returns Lines of at most 100 columns, without a newline at the end.
 */
export function helpText(command: Documented): string {
  const { summary, details, positionals = [], flags, notes } = command;
  const groups = new Map<string, [string, string][]>([[
    "",
    positionals.map(({ name, help }) => [name, help]),
  ]]);
  for (const [name, flag] of Object.entries(flags)) {
    const { group = "" } = flag;
    groups.set(group, [...groups.get(group) ?? [], [flagText(name, flag), flagHelp(flag)]]);
  }
  const width = Math.max(...[...groups.values()].flat().map(([left]) => left.length));
  const tables = [...groups].filter(([, rows]) => rows.length > 0).map(([group, rows]) =>
    [...group === "" ? [] : [group], ...rows.map((row) => twoColumns(row, width))].join("\n")
  );
  return [
    usageLine(command),
    paragraphs([summary, ...details ? [details] : []].join("\n\n")),
    ...tables,
    ...notes ? [paragraphs(notes)] : [],
  ].join("\n\n");
}

/**
 * A row of two columns, the second wrapped.
 *
 * @param row What stands left and right.
 * @param width The width of the left column.
 * @returns The lines, indented by two.
 */
export function twoColumns([left, right]: readonly [string, string], width: number): string {
  const indent = width + 4;
  const lines = wrap(right, COLUMNS - indent);
  return `  ${left.padEnd(width)}  ${lines.join(`\n${" ".repeat(indent)}`)}`.trimEnd();
}

/** The help of a flag with the values that it accepts and its default. */
function flagHelp(flag: Flag): string {
  const parts = [flag.help];
  if ((flag.kind === "choice" || flag.kind === "list") && flag.choices !== undefined) {
    parts.push(flag.choices.join(", "));
  }
  const text = parts.filter((part) => part !== "").join(": ");
  if (flag.kind === "boolean") return text;
  const preset = flag.defaultText ?? flag.default;
  return preset === undefined ? text : `${text} (default ${preset})`;
}

function paragraphs(text: string): string {
  return text.split("\n\n")
    .map((paragraph) =>
      paragraph.startsWith("  ") ? paragraph : wrap(paragraph, COLUMNS).join("\n")
    )
    .join("\n\n");
}

/** Breaks a text between words into lines of at most `width` characters. */
function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
