/**
 * What all scripts share: arguments, errors, exit codes.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { LeNetError } from "../errors.ts";

/** The arguments of a script, taken apart. */
export interface Arguments {
  /** What stands alone, in order. */
  readonly positionals: readonly string[];
  /** Whether a flag without a value was given. */
  has(flag: string): boolean;
  /** The value of a flag, if it was given. */
  text(flag: string): string | undefined;
  /** The value of a flag as a number, if it was given. */
  number(flag: string): number | undefined;
  /** The value of a flag that must be one of these, if it was given. */
  choice<T extends string>(flag: string, choices: readonly T[]): T | undefined;
}

/** The exit code of a script that did not understand its arguments. */
const USAGE = 2;

/**
 * Runs a script: answers `--help`, prints errors as one line, and sets the exit code: 0 for success, 1 for a
 * failure, 2 for arguments that make no sense, 130 for a run stopped by Ctrl-C.
 *
 * @param usage The help text; its first line says how to call the script.
 * @param flags Which flags take a value, and which stand alone.
 * @param main The script; may return an exit code.
 */
export async function runScript(
  usage: string,
  flags: { readonly string?: readonly string[]; readonly boolean?: readonly string[] },
  main: (args: Arguments) => Promise<number | void>,
): Promise<void> {
  if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
    console.log(usage.trim());
    return;
  }
  quietGpu();
  try {
    Deno.exitCode = await main(parse(Deno.args, flags)) ?? 0;
  } catch (error) {
    if (!(error instanceof LeNetError)) throw error;
    console.error(`error: ${error.message} [${error.code}]`);
    if (error.code.startsWith("option/")) {
      console.error(usage.trim().split("\n")[0] + "\nMore with --help.");
    }
    Deno.exitCode = error.code.startsWith("option/") ? USAGE : error.code === "aborted" ? 130 : 1;
  }
}

/**
 * Refuses what stands alone, for a script that takes options only.
 *
 * @param args Its arguments.
 * @throws {LeNetError} `option/invalid` when there is any.
 */
export function refusePositionals({ positionals }: Arguments): void {
  if (positionals.length === 0) return;
  throw new LeNetError(
    "option/invalid",
    `Cannot take ${positionals.join(" ")}: expected options only`,
  );
}

function parse(
  args: string[],
  flags: { readonly string?: readonly string[]; readonly boolean?: readonly string[] },
): Arguments {
  const known = [...flags.string ?? [], ...flags.boolean ?? [], "help"];
  const parsed = parseArgs(args, {
    string: flags.string ?? [],
    boolean: flags.boolean ?? [],
    unknown(arg, key) {
      if (key === undefined) return true;
      throw new LeNetError(
        "option/unknown",
        `Cannot take the option ${arg}: expected ${known.map((name) => `--${name}`).join(", ")}`,
      );
    },
  });
  const text = (flag: string): string | undefined => {
    const value = parsed[flag];
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value === "") {
      throw new LeNetError("option/invalid", `Cannot take the option --${flag}: it has no value`);
    }
    return value;
  };
  return {
    positionals: parsed._.map(String),
    has: (flag) => parsed[flag] === true,
    text,
    number(flag) {
      const value = text(flag);
      if (value === undefined) return undefined;
      const number = Number(value);
      if (!Number.isFinite(number)) {
        throw new LeNetError(
          "option/invalid",
          `Cannot take the option --${flag}: found "${value}", expected a number`,
        );
      }
      return number;
    },
    choice(flag, choices) {
      const value = text(flag);
      const found = choices.find((choice) => choice === value);
      if (value !== undefined && found === undefined) {
        throw new LeNetError(
          "option/invalid",
          `Cannot take the option --${flag}: found "${value}", expected one of ${
            choices.join(", ")
          }`,
        );
      }
      return found;
    },
  };
}

/** What ends a script early. Disposing of it gives Ctrl-C back its meaning. */
export interface Interrupt extends Disposable {
  /** What Ctrl-C sets off. */
  readonly signal: AbortSignal;
  /** Does what Ctrl-C does. */
  stop(): void;
}

/**
 * A signal that Ctrl-C sets off. A second Ctrl-C ends the process at once.
 *
 * @returns The signal, and what else sets it off.
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
 * Keeps the Vulkan drivers of Linux from complaining on standard error, where no desktop has set what they look for.
 * Does nothing without permission to set it.
 */
export function quietGpu(): void {
  const variable = "XDG_RUNTIME_DIR";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  if (Deno.build.os === "linux" && state === "granted" && !Deno.env.get(variable)) {
    Deno.env.set(variable, "/tmp");
  }
}
