import { writeFileAtomically } from "../../data/files.ts";
import { FORMAT_NAMES } from "../../image/decode/formats.ts";
import { readImage } from "../../image/read_image.ts";
import { type Read, readingPage } from "../../watch/answer_pages.ts";
import type { Command } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { loadNet, NET_FLAGS, readEach } from "../sources.ts";

const FLAGS = {
  ...NET_FLAGS,
  explain: { kind: "text", value: "FILE", help: "write a page with a box around each digit" },
  json: {
    kind: "boolean",
    help: "print one line of JSON for each file, with the box of each digit",
  },
} as const satisfies FlagTable;

/** `read`: reads lines of digits. */
export const command: Command<typeof FLAGS> = {
  name: "read",
  summary: "Reads lines of handwritten digits.",
  positionals: [{ name: "FILE", help: `a ${FORMAT_NAMES}`, repeated: true }],
  flags: FLAGS,
  notes: "The exit code is 1 if any file could not be read.",
  async run({ positionals: files, flags }) {
    const { json, explain } = flags;
    using net = await loadNet(flags);
    const reads: Read[] = [];
    const failed = await readEach(files, json, async (file, bytes) => {
      const reading = await net.read(bytes);
      if (explain !== undefined) reads.push({ file, pixels: await readImage(bytes), reading });
      if (json) console.log(JSON.stringify({ file, ...reading }));
      else for (const line of reading.text.split("\n")) console.log(`${file}: ${line}`);
    });
    if (explain !== undefined) {
      await writeFileAtomically(explain, new TextEncoder().encode(readingPage(reads)));
      console.error(`${explain} written`);
    }
    return failed > 0 ? 1 : 0;
  },
};
