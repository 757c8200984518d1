/**
 * The commands that say what is in pictures.
 *
 * @module
 */

import type { Classification, NoDigitReason } from "../../classification.ts";
import { writeFileAtomically } from "../../data/files.ts";
import { BACKENDS } from "../../engine/backends.ts";
import { FORMAT_NAMES } from "../../image/decode/formats.ts";
import { readImage } from "../../image/read_image.ts";
import { DEFAULT_REJECT } from "../../options.ts";
import { type Explained, explainPage, type Read, readingPage } from "../../watch/answer_pages.ts";
import { duration } from "../../watch/html.ts";
import { classifyMany } from "../bulk/classify_many.ts";
import { findPictures, readEach } from "../pictures.ts";
import { type Command, interruptible, INVOCATION } from "../command.ts";
import type { FlagTable, FlagValues } from "../flags.ts";
import { bar, ProgressLine } from "../run_output.ts";
import { loadNet, NET_FLAGS } from "../sources.ts";

const FLAGS = {
  out: {
    kind: "text",
    value: "FILE",
    excludes: ["explain"],
    help:
      "write one line of JSON for each picture, computed on all cores; if it was stopped, the same command " +
      "continues",
  },
  jobs: {
    kind: "integer",
    min: 1,
    value: "N",
    needs: "out",
    defaultText: "all",
    help: "the number of cores",
  },
  weights: NET_FLAGS.weights,
  // Workers compute on WASM if nothing else is asked for: one GPU would serve all of them.
  backend: {
    kind: "choice",
    value: "NAME",
    choices: BACKENDS,
    defaultText: "auto, with --out wasm",
    help: "where to compute",
  },
  reject: {
    kind: "number",
    min: 0,
    max: 1,
    value: "X",
    defaultText: String(DEFAULT_REJECT),
    help:
      "answer no digit where the probability that the ink is a digit at all is below X, from 0 to 1; 0 takes all " +
      "ink for one digit",
  },
  explain: {
    kind: "text",
    value: "FILE",
    help:
      "write a page with the picture after each step from the file to the answer, for each way in which ink was found",
  },
  json: { kind: "boolean", help: "print one line of JSON for each file" },
} as const satisfies FlagTable;

type Flags = FlagValues<typeof FLAGS>;

/** `classify`: classifies pictures, one by one or in bulk. */
export const classifyCommand: Command<typeof FLAGS> = {
  name: "classify",
  summary: "Classifies pictures: which digit each shows, or which other class of the network.",
  positionals: [{
    name: "FILE",
    help:
      `a ${FORMAT_NAMES}; with --out also a folder, a pattern such as "scans/*.png", or an IDX file`,
    repeated: true,
  }],
  flags: FLAGS,
  notes:
    "The exit code is 1 if any file could not be read. A picture without a digit is no failure: the answer says why.",
  run: ({ positionals, flags }) =>
    flags.out === undefined
      ? classifyFiles(positionals, flags)
      : classifyInBulk(positionals, flags, flags.out),
};

async function classifyFiles(files: readonly string[], flags: Flags): Promise<number> {
  const { json, explain, reject, weights, backend = "auto" } = flags;
  using net = await loadNet({ weights, backend });
  const options = { ...reject !== undefined && { reject }, explain: explain !== undefined };
  const explained: Explained[] = [];
  const failed = await readEach(files, json, async (file, bytes) => {
    const whole = await net.classify(bytes, options);
    const { steps: _, hypotheses: __, ...answer } = whole;
    const text = describe(answer);
    explained.push({ file, answer: whole, text });
    console.log(json ? JSON.stringify({ file, ...answer }) : `${file}: ${text}`);
  });
  if (explain !== undefined) {
    await writeFileAtomically(explain, new TextEncoder().encode(explainPage(explained)));
    console.error(`${explain} written`);
  }
  return failed > 0 ? 1 : 0;
}

/** What is printed where there is no digit, with what to do about it. */
const REASONS: Readonly<Record<NoDigitReason, string>> = {
  "no-ink": "no ink",
  "too-faint": "too faint, use more light or a darker pen",
  "too-small": "too small, use a picture with more pixels",
  "not-a-digit": "not a digit",
  "several-digits": `several digits, use ${INVOCATION} read`,
};

function describe({ className, reason, count, confidence }: Classification): string {
  if (reason === null) return `${className} (${(confidence * 100).toFixed(1)} %)`;
  return count === undefined ? REASONS[reason] : REASONS[reason].replace("several", `${count}`);
}

/** Classifies with several workers into a file of lines of JSON. */
async function classifyInBulk(
  paths: readonly string[],
  flags: Flags,
  out: string,
): Promise<number> {
  const { weights, backend = "wasm", reject, jobs = navigator.hardwareConcurrency } = flags;
  // Used here first, so that what is wrong with it is reported once and not by every worker.
  using net = await loadNet({ weights, backend });
  await net.classify(new Uint8Array(784));
  using interrupt = interruptible();
  const pictures = await findPictures(paths);
  const line = new ProgressLine();
  const start = performance.now();
  const { done, failed, now } = await classifyMany(pictures, out, {
    weights,
    backend,
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

const READ_FLAGS = {
  ...NET_FLAGS,
  explain: { kind: "text", value: "FILE", help: "write a page with a box around each digit" },
  json: {
    kind: "boolean",
    help: "print one line of JSON for each file, with the box of each digit",
  },
} as const satisfies FlagTable;

/** `read`: reads lines of digits. */
export const readCommand: Command<typeof READ_FLAGS> = {
  name: "read",
  summary: "Reads lines of handwritten digits.",
  positionals: [{ name: "FILE", help: `a ${FORMAT_NAMES}`, repeated: true }],
  flags: READ_FLAGS,
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
