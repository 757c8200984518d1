import { LeNetError } from "../errors.ts";
import { type Arguments, type FlagTable, parseArguments } from "./flags.ts";
import { type Documented, helpText, usageLine } from "./help.ts";

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
  `${EXIT.interrupted} stopped by Ctrl-C.`;

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

/** The signal of Ctrl-C. Disposing of it restores the default effect of Ctrl-C. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  /** Aborts the signal, as Ctrl-C does. */
  stop(): void;
}

/**
 * Turns the first Ctrl-C into an abort signal. A second one ends the process at once.
 *
 * @returns The signal.
 */
export function interruptible(): Interrupt {
  const controller = new AbortController();
  const stop = (): void => {
    Deno.removeSignalListener("SIGINT", stop);
    controller.abort();
  };
  Deno.addSignalListener("SIGINT", stop);
  return {
    signal: controller.signal,
    stop,
    [Symbol.dispose]() {
      if (!controller.signal.aborted) Deno.removeSignalListener("SIGINT", stop);
    },
  };
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
