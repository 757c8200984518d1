import { writeFileAtomically } from "../data/files.ts";
import { BACKENDS } from "../engine/backends.ts";
import { LeNetError } from "../errors.ts";
import { readImage } from "../image/read_image.ts";
import { type Read, readingPage } from "../watch/reading_page.ts";
import { runScript } from "./command.ts";
import { readEach } from "./samples.ts";
import { loadNet } from "./sources.ts";

const USAGE = `
Usage: deno task read FILE… [--weights NAME|FILE] [--backend NAME] [--explain FILE] [--json]

Reads lines of handwritten digits.

  FILE             a PNG, JPEG, WebP, GIF or BMP
  --weights NAME   a pretrained network of digits, or a safetensors file (default digits)
  --backend NAME   ${BACKENDS.join(", ")} (default auto)
  --explain FILE   write a page with a box around each digit
  --json           one line of JSON for each file, with the place of each digit

The exit code is 1 if any file could not be read.
`;

const TEXTS = ["weights", "backend", "explain"];

await runScript(USAGE, { string: TEXTS, boolean: ["json"] }, async (args) => {
  if (args.positionals.length === 0) {
    throw new LeNetError("option/invalid", "Cannot read: found no file, expected at least one");
  }
  const json = args.has("json");
  using net = await loadNet(args);
  const page = args.text("explain");
  const reads: Read[] = [];
  const failed = await readEach(args.positionals, json, async (file, bytes) => {
    const reading = await net.read(bytes);
    if (page !== undefined) reads.push({ file, pixels: await readImage(bytes), reading });
    if (json) console.log(JSON.stringify({ file, ...reading }));
    else for (const line of reading.text.split("\n")) console.log(`${file}: ${line}`);
  });
  if (page !== undefined) {
    await writeFileAtomically(page, new TextEncoder().encode(readingPage(reads)));
    console.error(`${page} written`);
  }
  return failed > 0 ? 1 : 0;
});
