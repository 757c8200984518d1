import { answerTo, type Classification, classificationOf } from "./classification.ts";
import type { Dispatcher } from "./engine/backends.ts";
import type { BackendName } from "./engine/runner.ts";
import { checkAborted } from "./errors.ts";
import type { Box, DigitImage } from "./image/image.ts";
import { checkInput, networkInputs } from "./image/network_input.ts";
import { Page } from "./image/page.ts";
import { readImage } from "./image/read_image.ts";
import * as math from "./model/math.ts";
import { areDigits, type Model } from "./model/model.ts";
import {
  checkNumber,
  checkOptionNames,
  DEFAULT_REJECT,
  type ImageLimits,
  invalidOption,
  PROBABILITY,
} from "./options.ts";
import {
  type Constraints,
  LINE_CONSTRAINTS,
  type LineConstraints,
  resolveConstraints,
} from "./reading/constraints.ts";
import {
  FARTHEST,
  MAX_ALTERNATIVES,
  NO_LINES,
  type ReadDigit,
  type ReadLine,
  type ReadLines,
  readLines,
} from "./reading/read.ts";
import { recognizeLines } from "./recognition.ts";

/** Why there is no text. */
export type NoTextReason = "no-digits" | "no-fit" | "rejected";

/** What stands in a picture. */
export interface Reading<Text extends string | null = string> {
  /** The digits in order, and nothing else; lines are apart by `\n`. Null where no line fits what was asked for. */
  readonly text: Text;
  /**
   * Why there is no text; null where there is. `no-digits`: none was found. `no-fit`: no likely reading of any line fits
   * `length`, `pattern` and `accept`. `rejected`: what was found has less confidence than `reject` and `rejectLine` ask for.
   */
  readonly reason: NoTextReason | null;
  /** The digits one by one. */
  readonly digits: readonly ReadDigit[];
  /** The lines from the top, each with its confidence and the next best readings. */
  readonly lines: readonly ReadLine[];
  /** Where it was computed. */
  readonly backend: BackendName;
}

/** How pictures of digits are read. */
export interface ReadOptions extends ImageLimits, LineConstraints {
  /**
   * A digit with less confidence than this is left out: 0 to 1, default 0.05. Where the text has to fit something, its whole
   * line is, and the default is 0.
   */
  readonly reject?: number;
  /** A line with less confidence than this is left out: 0 to 1, default 0. */
  readonly rejectLine?: number;
  /** Stops the reading. */
  readonly signal?: AbortSignal;
}

/** Options without anything that a text has to fit. */
export type FreeReadOptions = ReadOptions & { readonly [K in keyof LineConstraints]?: undefined };

const READ_OPTIONS: readonly (keyof ReadOptions)[] = [
  "reject",
  "rejectLine",
  ...LINE_CONSTRAINTS,
  "signal",
  "maxBytes",
  "maxPixels",
];

/** The default of `reject` for lines: punctuation and dirt are below, right digits hardly ever. */
export const DEFAULT_LINE_REJECT = 0.05;

/**
 * Reads the digits of a picture: one by itself as `classify` does, several line by line.
 *
 * @param model The network.
 * @param image The picture, in any form that is accepted.
 * @param dispatcher What runs the network.
 * @param options What the text has to fit, what is no digit, how large a picture may be.
 * @returns The digits, line by line.
 * @throws {LeNetError} `image/…` when the picture cannot be read; `option/unknown` or `option/invalid`;
 * `weights/mismatch` when the network takes no such pictures; `backend/unavailable`; `aborted`.
 */
export async function read(
  model: Model,
  image: DigitImage,
  dispatcher: Dispatcher,
  options: ReadOptions = {},
): Promise<Reading<string | null>> {
  checkInput(model);
  checkOptionNames("read", options, READ_OPTIONS);
  const { rejectLine = 0, length, pattern, accept, signal, ...others } = options;
  const given = {
    ...length !== undefined && { length },
    ...pattern !== undefined && { pattern },
    ...accept !== undefined && { accept },
  };
  const constraints = resolveConstraints(given);
  const { reject = constraints === undefined ? DEFAULT_LINE_REJECT : 0, ...limits } = others;
  checkNumber("read", "reject", reject, PROBABILITY);
  checkNumber("read", "rejectLine", rejectLine, PROBABILITY);
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.aborted !== "boolean") {
    throw invalidOption("read", "signal", signal, "an AbortSignal");
  }
  checkAborted(signal, "read");
  const page = new Page(await readImage(image, limits, "brightness"));
  const runner = await dispatcher.runnerFor(1);
  const found = await findLines(model, runner, page, { constraints, signal });
  return readingOf(found, { reject, rejectLine, constraints }, runner.backend);
}

async function findLines(
  model: Model,
  runner: Awaited<ReturnType<Dispatcher["runnerFor"]>>,
  page: Page,
  options: {
    readonly constraints: Constraints | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<ReadLines> {
  const { constraints } = options;
  const fits = (text: string): boolean => constraints?.fits(text, 1) ?? true;
  const known = page.asMnist();
  if (known !== undefined) {
    const logits = await runner.logits(networkInputs(model, [known]), 1);
    return oneDigit(model, classificationOf(model, logits, runner.backend), page.whole, fits);
  }
  if (!areDigits(model.metadata.classNames)) return await readLines(model, runner, page, options);
  const recognition = await recognizeLines(model, runner, page, {
    reject: DEFAULT_REJECT,
    lines: options,
  });
  const { hypotheses, reason, read = NO_LINES } = recognition;
  if (reason === null) {
    const { box } = hypotheses[0].hypothesis;
    const one = oneDigit(model, answerTo(model, recognition, runner.backend), box, fits);
    if (one.digits.length > 0 || read.digits.length < 2) return one;
  }
  // What is no digit by itself is none on a line by itself. A line that nothing fits has digits, though.
  return read.digits.length > 1 || read.unfit > 0 ? read : NO_LINES;
}

/** A picture of one digit as a line. */
function oneDigit(
  { metadata: { classNames } }: Model,
  { probabilities }: Classification,
  box: Box,
  fits: (text: string) => boolean,
): ReadLines {
  const readings = probabilities
    .map((confidence, digit) => ({ digit, text: classNames[digit], confidence }))
    .filter(({ text }) => fits(text))
    .sort((a, b) => b.confidence - a.confidence);
  if (readings.length === 0) return { ...NO_LINES, unfit: 1 };
  const [{ digit, text, confidence }, ...others] = readings;
  const alternatives = others.slice(0, MAX_ALTERNATIVES)
    .map(({ text, confidence }) => ({ text, confidence }));
  return {
    lines: [{ text, confidence, cost: costOf(probabilities, confidence), box, alternatives }],
    digits: [{ digit, className: text, confidence, box, line: 0 }],
    unfit: 0,
  };
}

/** How much likelier the likeliest class is, as a natural logarithm. */
function costOf(probabilities: readonly number[], confidence: number): number {
  const likeliest = Math.max(...probabilities);
  return confidence === likeliest ? 0 : Math.min(FARTHEST, math.log(likeliest / confidence));
}

function readingOf(
  { lines, digits, unfit }: ReadLines,
  { reject, rejectLine, constraints }: {
    readonly reject: number;
    readonly rejectLine: number;
    readonly constraints: Constraints | undefined;
  },
  backend: BackendName,
): Reading<string | null> {
  const kept = lines.flatMap((line, n) => {
    const all = digits.filter((digit) => digit.line === n);
    const own = all.filter(({ confidence }) => confidence >= reject);
    // Without one of its digits, a text would be another one than was asked for.
    const isWhole = own.length === all.length || constraints === undefined;
    if (line.confidence < rejectLine || own.length === 0 || !isWhole) return [];
    return [{ line, own, text: own.map(({ className }) => className).join("") }];
  });
  const isUnfit = constraints !== undefined && kept.length === 0;
  return {
    text: isUnfit ? null : kept.map(({ text }) => text).join("\n"),
    reason: kept.length > 0
      ? null
      : digits.length > 0
      ? "rejected"
      : unfit > 0
      ? "no-fit"
      : "no-digits",
    digits: kept.flatMap(({ own }, line) => own.map((digit) => ({ ...digit, line }))),
    lines: kept.map(({ line, text }) => ({
      ...line,
      text,
      // Without a digit that was left out, it may read as another one did.
      alternatives: line.alternatives.filter((other) => other.text !== text),
    })),
    backend,
  };
}
