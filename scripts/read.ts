import { readFile } from "../src/data/read_file.ts";
import { BACKENDS } from "../src/engine/select.ts";
import { LeNetError } from "../src/model/error.ts";
import { runScript } from "./cli.ts";
import { loadNet } from "./load_net.ts";

const USAGE = `
Usage: deno task read FILE… [--weights NAME|FILE] [--backend NAME] [--json]

Reads lines of handwritten digits.

  FILE             a PNG, JPEG, WebP, GIF or BMP
  --weights NAME   a pretrained network of digits, or a safetensors file (default digits)
  --backend NAME   ${BACKENDS.join(", ")} (default auto)
  --json           one line of JSON for each file, with the place of each digit

The exit code is 1 if any file could not be read.
`;

await runScript(USAGE, { string: ["weights", "backend"], boolean: ["json"] }, async (args) => {
  if (args.positionals.length === 0) {
    throw new LeNetError("option/invalid", "Cannot read: found no file, expected at least one");
  }
  const json = args.has("json");
  using net = await loadNet(args);
  let failed = 0;
  for (const file of args.positionals) {
    try {
      const reading = await net.read(await readFile(file));
      if (json) console.log(JSON.stringify({ file, ...reading }));
      else for (const line of reading.text.split("\n")) console.log(`${file}: ${line}`);
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
