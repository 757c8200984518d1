import { writeFileAtomically } from "../src/data/atomic_write.ts";
import { BACKENDS } from "../src/engine/select.ts";
import type { Classification } from "../src/lenet.ts";
import { DEFAULT_REJECT } from "../src/judge/default_reject.ts";
import { LeNetError } from "../src/model/error.ts";
import { runScript } from "./cli.ts";
import { type Explained, explainPage } from "./explain_page.ts";
import { classifyInBulk } from "./classify_in_bulk.ts";
import { loadNet } from "./load_net.ts";
import { readEach } from "./read_each.ts";

const USAGE = `
Usage: deno task classify FILE… [--out FILE] [--weights NAME|FILE] [--reject X] [--json] [options]

Says what each picture shows: which digit, or what else the network knows.

  FILE             a PNG, JPEG, WebP, GIF or BMP; with --out also a folder, a pattern such as "scans/*.png",
                   or an IDX file
  --out FILE       write a line of JSON for each, with all cores; if it was stopped, the same command goes on
  --jobs N         with --out: how many cores (default all)
  --weights NAME   a pretrained network, or a safetensors file (default digits)
  --backend NAME   ${BACKENDS.join(", ")} (default auto)
  --reject X       ink that is a digit with less than this probability is none, 0 to 1 (default ${DEFAULT_REJECT})
  --explain FILE   write a page with every picture on the way to the answers
  --json           one line of JSON for each file

The exit code is 1 if any file could not be read.
`;

await runScript(
  USAGE,
  {
    string: ["weights", "backend", "reject", "explain", "out", "jobs"],
    boolean: ["json"],
  },
  async (args) => {
    if (args.positionals.length === 0) {
      throw new LeNetError(
        "option/invalid",
        "Cannot classify: found no file, expected at least one",
      );
    }
    const out = args.text("out");
    if (out !== undefined) return await classifyInBulk(args, out);
    const json = args.has("json");
    using net = await loadNet(args);
    const page = args.text("explain");
    const reject = args.number("reject");
    const options = { ...reject !== undefined && { reject }, explain: page !== undefined };
    const explained: Explained[] = [];
    const failed = await readEach(args.positionals, json, async (file, bytes) => {
      const whole = await net.classify(bytes, options);
      const { steps: _, ...answer } = whole;
      const text = describe(answer);
      explained.push({ file, answer: whole, text });
      console.log(json ? JSON.stringify({ file, ...answer }) : `${file}: ${text}`);
    });
    if (page !== undefined) {
      await writeFileAtomically(page, new TextEncoder().encode(explainPage(explained)));
      console.error(`${page} written`);
    }
    return failed > 0 ? 1 : 0;
  },
);

function describe({ className, reason, confidence }: Classification): string {
  if (className === null) return reason === "no-ink" ? "no ink" : "not a digit";
  return `${className} (${(confidence * 100).toFixed(1)} %)`;
}
