import { writeFileAtomically } from "../data/files.ts";
import { BACKENDS } from "../engine/backends.ts";
import { LeNetError } from "../errors.ts";
import type { Classification } from "../classification.ts";
import { DEFAULT_REJECT } from "../options.ts";
import { type Explained, explainPage } from "../watch/explain_page.ts";
import { classifyMany } from "./bulk/classify_many.ts";
import { findPictures } from "./bulk/pictures.ts";
import { type Arguments, interruptible, runScript } from "./command.ts";
import { bar, duration, ProgressLine } from "./progress.ts";
import { readEach } from "./samples.ts";
import { loadNet } from "./sources.ts";

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

function describe({ className, reason, confidence }: Classification): string {
  if (className === null) return reason === "no-ink" ? "no ink" : "not a digit";
  return `${className} (${(confidence * 100).toFixed(1)} %)`;
}

/**
 * What `deno task classify --out FILE` does.
 *
 * @param args The arguments of the script.
 * @param out The file of lines.
 * @returns The exit code: 1 if any picture could not be read.
 */
async function classifyInBulk(args: Arguments, out: string): Promise<number> {
  const given = args.number("jobs");
  const jobs = given ?? navigator.hardwareConcurrency;
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new LeNetError(
      "option/invalid",
      `Cannot classify with ${jobs} jobs: expected a whole number from 1`,
    );
  }
  if (args.text("explain") !== undefined) {
    throw new LeNetError(
      "option/invalid",
      "Cannot take --explain with --out: expected one of them",
    );
  }
  const reject = args.number("reject");
  // Read here first: whatever is wrong with it is said once, not by every worker.
  using net = await loadNet(args);
  await net.classify(new Uint8Array(784), reject === undefined ? {} : { reject });
  using interrupt = interruptible();
  const pictures = await findPictures(args.positionals);
  const line = new ProgressLine();
  const start = performance.now();
  const { done, failed, now } = await classifyMany(pictures, out, {
    weights: args.text("weights") ?? "digits",
    backend: args.choice("backend", BACKENDS) ?? "wasm",
    ...reject !== undefined && { reject },
    jobs,
    signal: interrupt.signal,
    onProgress({ done, total, failed, now }) {
      line.draw(() => {
        const seconds = (performance.now() - start) / 1000;
        return [
          bar(done / total, 20),
          `${done} of ${total} pictures`,
          `${failed} errors`,
          `${Math.round(now / seconds)} a second`,
          `${duration((total - done) * seconds / now)} left`,
        ].join("  ");
      });
    },
  }).finally(() => line.clear());
  const seconds = (performance.now() - start) / 1000;
  console.error(
    now === 0
      ? `${out}: all ${done} pictures are done, ${failed} errors`
      : `${out}: ${done} pictures, ${failed} errors, ${Math.round(now / seconds)} a second`,
  );
  return failed > 0 ? 1 : 0;
}

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
