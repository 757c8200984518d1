import { readFile } from "../src/data/read_file.ts";
import { BACKENDS } from "../src/engine/select.ts";
import type { Classification } from "../src/lenet.ts";
import { LeNetError } from "../src/model/error.ts";
import { runScript } from "./cli.ts";
import { loadNet } from "./load_net.ts";

const USAGE = `
Usage: deno task classify FILE… [--weights NAME|FILE] [--backend NAME] [--json]

Says what each picture shows: which digit, or what else the network knows.

  FILE             a PNG or JPEG
  --weights NAME   a pretrained network, or a safetensors file (default digits)
  --backend NAME   ${BACKENDS.join(", ")} (default auto)
  --json           one line of JSON for each file

The exit code is 1 if any file could not be read.
`;

await runScript(USAGE, { string: ["weights", "backend"], boolean: ["json"] }, async (args) => {
  if (args.positionals.length === 0) {
    throw new LeNetError("option/invalid", "Cannot classify: found no file, expected at least one");
  }
  const json = args.has("json");
  using net = await loadNet(args);
  let failed = 0;
  for (const file of args.positionals) {
    try {
      const answer = await net.classify(await readFile(file));
      console.log(json ? JSON.stringify({ file, ...answer }) : `${file}: ${describe(answer)}`);
    } catch (error) {
      if (!(error instanceof LeNetError)) throw error;
      failed++;
      const { code, message } = error;
      if (json) console.log(JSON.stringify({ file, error: { code, message } }));
      else console.error(`${file}: error: ${message} [${code}]`);
    }
  }
  return failed > 0 ? 1 : 0;
});

function describe({ className, confidence }: Classification): string {
  return className === null ? "no ink" : `${className} (${(confidence * 100).toFixed(1)} %)`;
}
