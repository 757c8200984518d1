/**
 * The command line: `deno run src/cli/mod.ts COMMAND …`. Only the module of the command that is run is loaded.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };
import { LeNetError } from "../errors.ts";
import {
  type Command,
  EXIT_CODES,
  INVOCATION,
  reportError,
  runCommand,
  twoColumns,
} from "./command.ts";

/** What loads each command. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  classify: async () => (await import("./commands/classify.ts")).classifyCommand,
  read: async () => (await import("./commands/classify.ts")).readCommand,
  serve: async () => (await import("./commands/serve.ts")).command,
  train: async () => (await import("./commands/train.ts")).command,
  finetune: async () => (await import("./commands/finetune.ts")).command,
  evaluate: async () => (await import("./commands/evaluate.ts")).evaluateCommand,
  summary: async () => (await import("./commands/evaluate.ts")).summaryCommand,
};

const USAGE = import.meta.url.startsWith("file:")
  ? "Usage: deno run src/cli/mod.ts COMMAND …, or deno task COMMAND …"
  : `Usage: ${INVOCATION} COMMAND …`;

/**
 * Runs the command line and sets the exit code of the process.
 *
 * @param args The arguments: the name of a command and its own, or `--help` or `--version`.
 */
export async function main([name, ...args]: readonly string[]): Promise<void> {
  if (name === "--help" || name === "-h") return console.log(await overview());
  if (name === "--version") return console.log(`${manifest.name} ${manifest.version}`);
  if (name !== undefined && Object.hasOwn(COMMANDS, name)) {
    return await runCommand(await COMMANDS[name](), args);
  }
  const found = name === undefined ? "no command" : `"${name}"`;
  const error = new LeNetError(
    "option/unknown",
    `Cannot run a command: found ${found}, expected one of ${Object.keys(COMMANDS).join(", ")}`,
  );
  Deno.exitCode = reportError(error, USAGE);
}

/** The help of the whole: every command with its summary. */
async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  return [
    USAGE,
    "Reads handwritten digits, and trains, measures and serves the networks that do.",
    commands.map(({ name, summary }) => twoColumns([name, summary], width)).join("\n"),
    "COMMAND --help lists the arguments of a command; --version prints the version of the library.",
    EXIT_CODES,
  ].join("\n\n");
}

if (import.meta.main) await main(Deno.args);
