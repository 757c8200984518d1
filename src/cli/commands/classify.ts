/**
 * The commands that say what is in pictures.
 *
 * @module
 */

import type { Classification, NoDigitReason } from "../../classification.ts";
import { writeFileAtomically } from "../../data/files.ts";
import { BACKENDS } from "../../engine/backends.ts";
import { LeNetError, reasonOf } from "../../errors.ts";
import { FORMAT_NAMES } from "../../image/decode/formats.ts";
import { readImage } from "../../image/read_image.ts";
import { DEFAULT_REJECT, luhn } from "../../options.ts";
import { DEFAULT_LINE_REJECT, type ReadOptions } from "../../read.ts";
import { lengthIn } from "../../reading/constraints.ts";
import {
  type Explained,
  explainPage,
  NO_TEXT,
  type Read,
  readingPage,
} from "../../watch/answer_pages.ts";
import { duration } from "../../watch/html.ts";
import { classifyMany } from "../bulk/classify_many.ts";
import { findPictures, readEach } from "../pictures.ts";
import { type Command, interruptible, INVOCATION } from "../command.ts";
import { type FlagTable, type FlagValues, omitUndefined } from "../flags.ts";
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
  length: {
    kind: "text",
    value: "N",
    group: "What a line shows",
    help: "the number of digits of each line, or the least and the most, such as 4-6",
  },
  pattern: {
    kind: "text",
    value: "REGEXP",
    group: "What a line shows",
    help: "what the whole text of each line matches, such as '4\\d{15}'",
  },
  luhn: {
    kind: "boolean",
    group: "What a line shows",
    help:
      "the last digit of each line is its check digit by Luhn's formula, as that of a card number",
  },
  reject: {
    kind: "number",
    min: 0,
    max: 1,
    value: "X",
    group: "What is left out",
    defaultText: `${DEFAULT_LINE_REJECT}, where a line shows something known 0`,
    help: "leave out digits with less confidence than X, from 0 to 1",
  },
  "reject-line": {
    kind: "number",
    min: 0,
    max: 1,
    value: "X",
    group: "What is left out",
    defaultText: "0",
    help: "leave out lines with less confidence than X, from 0 to 1",
  },
  explain: {
    kind: "text",
    value: "FILE",
    group: "Output",
    help: "write a page with a box around each digit",
  },
  json: {
    kind: "boolean",
    group: "Output",
    help:
      "print one line of JSON for each file: text, reason, digits with their boxes, lines with confidence and " +
      "alternatives",
  },
} as const satisfies FlagTable;

/** `read`: reads lines of digits. */
export const readCommand: Command<typeof READ_FLAGS> = {
  name: "read",
  summary: "Reads lines of handwritten digits: of each the likeliest text that fits what is known.",
  positionals: [{ name: "FILE", help: `a ${FORMAT_NAMES}`, repeated: true }],
  flags: READ_FLAGS,
  notes:
    "Where there is no text, – is printed, and on standard error why. The exit code is 1 if any file could not be " +
    "read. A picture without digits, or whose lines do not fit, is no failure.",
  async run({ positionals: files, flags }) {
    const { json, explain } = flags;
    const options = readOptionsOf(flags);
    using net = await loadNet(flags);
    const reads: Read[] = [];
    const failed = await readEach(files, json, async (file, bytes) => {
      const reading = await net.read(bytes, options);
      if (explain !== undefined) reads.push({ file, pixels: await readImage(bytes), reading });
      if (json) return console.log(JSON.stringify({ file, ...reading }));
      const { text, reason } = reading;
      for (const line of (text || "–").split("\n")) console.log(`${file}: ${line}`);
      if (reason !== null) console.error(`${file}: ${NO_TEXT[reason]}`);
    });
    if (explain !== undefined) {
      await writeFileAtomically(explain, new TextEncoder().encode(readingPage(reads)));
      console.error(`${explain} written`);
    }
    return failed > 0 ? 1 : 0;
  },
};

/**
 * What the flags ask of the text of a line, and what they leave out.
 *
 * @throws {LeNetError} `option/invalid`.
 */
function readOptionsOf(
  { length, pattern, luhn: isChecked, reject, "reject-line": rejectLine }: FlagValues<
    typeof READ_FLAGS
  >,
): ReadOptions {
  return omitUndefined({
    length: length === undefined ? undefined : lengthIn("take the option --length", length),
    pattern: pattern === undefined ? undefined : patternIn(pattern),
    accept: isChecked ? luhn : undefined,
    reject,
    rejectLine,
  });
}

function patternIn(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the option --pattern: ${reasonOf(cause)}, expected such as 4\\d{15}`,
      { cause },
    );
  }
}
