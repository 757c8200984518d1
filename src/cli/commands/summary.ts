import { formatSummary, summarize } from "../../model/summary.ts";
import { ARCHITECTURE_NAMES, architectureByName } from "../../model/zoo.ts";
import type { Command } from "../command.ts";
import type { FlagTable } from "../flags.ts";

const FLAGS = {
  json: { kind: "boolean", help: "print one line of JSON" },
} as const satisfies FlagTable;

/** `summary`: prints the layers of a network. */
export const command: Command<typeof FLAGS> = {
  name: "summary",
  summary: "Prints a network layer by layer: output shape, parameters, multiply-adds.",
  positionals: [{
    name: "NAME",
    help: `the network: ${ARCHITECTURE_NAMES.join(", ")} (default lenet5)`,
    optional: true,
  }],
  flags: FLAGS,
  run({ positionals: [name = "lenet5"], flags }) {
    const summary = summarize(architectureByName(name));
    console.log(flags.json ? JSON.stringify(summary) : formatSummary(summary));
    return Promise.resolve();
  },
};
