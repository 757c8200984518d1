import { LeNetError } from "../errors.ts";
import { formatSummary, summarize } from "../model/summary.ts";
import { ARCHITECTURE_NAMES, architectureByName } from "../model/zoo.ts";
import { runScript } from "./command.ts";

const USAGE = `
Usage: deno task summary [NAME] [--json]

Prints a network layer by layer: output shape, parameters, multiply-adds.

  NAME     ${ARCHITECTURE_NAMES.join(", ")} (default lenet5)
  --json   the same as one line of JSON
`;

await runScript(USAGE, { boolean: ["json"] }, (args) => {
  const [name = "lenet5", ...rest] = args.positionals;
  if (rest.length > 0) {
    throw new LeNetError("option/invalid", `Cannot take ${rest.join(" ")}: expected one name`);
  }
  const summary = summarize(architectureByName(name));
  console.log(args.has("json") ? JSON.stringify(summary) : formatSummary(summary));
  return Promise.resolve();
});
