import {
  align,
  type AlignedDigit,
  type Candidate,
  type LineLogits,
  logSoftmaxes,
  textLogProbability,
} from "../engine/ctc.ts";
import { argMax, type Runner, softmax } from "../engine/runner.ts";
import { checkAborted } from "../errors.ts";
import { centreInk, DIGIT_BOX, resizeArea, strengthenInk } from "../image/frame.ts";
import type { Box, FoundInk } from "../image/image.ts";
import { evenStrokes } from "../image/ink/strokes.ts";
import { networkInputs } from "../image/network_input.ts";
import type { Page } from "../image/page.ts";
import * as math from "../model/math.ts";
import { areDigits, type Model } from "../model/model.ts";
import { digitProbabilities } from "../non_digit.ts";
import { DEFAULT_REJECT } from "../options.ts";
import { type Constraints, fittingTexts } from "./constraints.ts";
import { type DigitInk, digitInks, type LineImage, lineImages } from "./line_images.ts";
import { lineLogits } from "./line_network.ts";
import { deskew, type DeskewedInk, findWritings } from "./writing.ts";

/** One digit of a line. */
export interface ReadDigit {
  /** The number of the class, which for a network of digits is the digit. */
  readonly digit: number;
  /** Its name, such as `7`. */
  readonly className: string;
  /** How sure it is that this is one whole digit, and this one, 0 to 1. */
  readonly confidence: number;
  /** Where in the picture it is, in pixels. */
  readonly box: Box;
  /** On which line it stands, from 0 at the top. */
  readonly line: number;
}

/** A text that a line may show. */
export interface LineReading {
  /** The digits. */
  readonly text: string;
  /** How likely it is that the line shows them and no others, 0 to 1. */
  readonly confidence: number;
}

/** One line of a picture. */
export interface ReadLine {
  /** The digits, and nothing else: what stands between them is left out. */
  readonly text: string;
  /** How likely the text is, 0 to 1. */
  readonly confidence: number;
  /** Around all of its digits, in pixels of the picture. */
  readonly box: Box;
  /**
   * What it cost to fit: how much likelier the likeliest text of the line is, as a natural logarithm from 0 to 16. 0 where
   * the text is that, and where nothing was asked for.
   */
  readonly cost: number;
  /** The next best readings, the likeliest first. */
  readonly alternatives: readonly LineReading[];
}

/** The lines of a picture, and their digits one by one. */
export interface ReadLines {
  readonly lines: readonly ReadLine[];
  readonly digits: readonly ReadDigit[];
  /** The number of lines with digits of which no likely reading fits. */
  readonly unfit: number;
}

/** Nothing that may be a line. */
export const NO_LINES: ReadLines = { lines: [], digits: [], unfit: 0 };

/** What is known before lines are read. */
export interface ReadLinesOptions {
  readonly constraints?: Constraints | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is read with less confidence speaks against a writing. */
const MIN_CONFIDENCE = 0.5;

/** Digits lower than this, in pixels of the page, show no shape. */
const MIN_HEIGHT = 6;

/** More pieces than these are a texture: a page of handwriting has 2,000 digits at most, and they may be broken in two. */
const MAX_PIECES = 4000;

/**
 * Reads lines of digits, on the whole page or on a sheet of paper on it, whichever reads better: the line network looks
 * along each line, and the network of single digits has a say in which digit each is.
 *
 * @param model The network of single digits.
 * @param runner Runs it.
 * @param page The page.
 * @param options What is known of the lines.
 * @returns The lines with digits, from the top.
 * @throws {LeNetError} `backend/unavailable` when the line network cannot be started; `aborted`; what the constraints
 * throw.
 */
export async function readLines(
  model: Model,
  runner: Runner,
  page: Page,
  { constraints, signal }: ReadLinesOptions = {},
): Promise<ReadLines> {
  // The line network sees digits where the other one knows other classes: of them, only the number is known.
  const ofDigits = constraints === undefined || areDigits(model.metadata.classNames)
    ? constraints
    : ofLength(constraints);
  let best = NO_LINES;
  let most = -Infinity;
  for (const writing of findWritings(page)) {
    const { height, factor, pieces } = writing;
    if (height * factor < MIN_HEIGHT || pieces.length > MAX_PIECES) continue;
    const ink = deskew(writing);
    let likely = 0;
    const readAs = async (lines: readonly LineImage[]): Promise<ReadLines> => {
      const logits = await lineLogits(lines.map(({ map }) => map), signal);
      const seen = lines.flatMap((image, n) => {
        const found = lookAt(ink, image, logits[n], ofDigits);
        checkAborted(signal, "read");
        return found;
      });
      likely = seen.reduce((sum, line) => sum + line.worth, 0);
      return await label(model, runner, seen, page.whole, constraints);
    };
    let read = await readAs(lineImages(ink));
    // A number in groups looks like several of a table: it is one if only that fits.
    if (read.lines.length === 0 && read.unfit > 1) read = await readAs(lineImages(ink, false));
    // What fits tells little of what is a writing: a part of a line may fit, where the whole does not.
    const worth = constraints !== undefined
      ? likely
      : read.digits.reduce((sum, { confidence }) => sum + confidence - MIN_CONFIDENCE, 0);
    if (worth > most) [best, most] = [read, worth];
  }
  return best;
}

/** What is known of the length of a line alone. */
function ofLength({ least, most }: Constraints): Constraints {
  return { least, most, fits: ({ length }) => length >= least && length <= most };
}

/** A line as the line network sees it. */
interface SeenLine {
  readonly ink: DeskewedInk;
  /** The logarithms of the probabilities of each step. */
  readonly logs: LineLogits;
  /** The texts that it may show, and fit; none where there is none that fits. */
  readonly candidates: readonly Candidate[];
  /** How surely there are digits, whether they fit or not: above 0 for those that speak for a writing, for each digit. */
  readonly worth: number;
  /** How far the first of them is behind the likeliest text of all, as a logarithm. */
  readonly cost: number;
  /** The digits of the first of them. */
  readonly digits: readonly SeenDigit[];
}

/** A digit as the line network sees it. */
interface SeenDigit extends DigitInk {
  /** The probability of each digit, if it is one. */
  readonly probabilities: Float64Array;
  /** The probability that there is a digit. */
  readonly presence: number;
}

/** A text that fits and is further than this behind the likeliest one, as a logarithm, was never meant: 1 in 9 million. */
export const FARTHEST = 16;

/** Reads a line by itself; gives nothing where it shows no digit. */
function lookAt(
  ink: DeskewedInk,
  image: LineImage,
  logits: LineLogits,
  constraints: Constraints | undefined,
): SeenLine[] {
  const logs = { ...logits, values: logSoftmaxes(logits) };
  const all = fittingTexts(logs);
  const [likeliest] = all;
  if (likeliest.text.length === 0) return [];
  const candidates = constraints === undefined
    ? all.filter(({ text }) => text.length > 0)
    : fittingTexts(logs, constraints).filter(({ logProbability }) =>
      logProbability >= likeliest.logProbability - FARTHEST
    );
  const { length } = likeliest.text;
  const worth = length * (math.exp(likeliest.logProbability / length) - MIN_CONFIDENCE);
  if (candidates.length === 0) return [{ ink, logs, candidates, worth, cost: 0, digits: [] }];
  const [{ text, logProbability }] = candidates;
  const cost = Math.max(0, likeliest.logProbability - logProbability);
  const aligned = align(logs, text);
  const inks = digitInks(ink, image, aligned);
  const digits = inks.map((found, i) => ({ ...found, ...atStep(logs, aligned[i], text[i]) }));
  return [{ ink, logs, candidates, worth, cost, digits }];
}

/** What the line network says at the step where it is surest of a digit. */
function atStep(
  { values: logs, classes, steps }: LineLogits,
  { first, end }: AlignedDigit,
  digit: number,
): Pick<SeenDigit, "probabilities" | "presence"> {
  let best = first;
  for (let step = first; step < end; step++) {
    if (logs[digit * steps + step] > logs[digit * steps + best]) best = step;
  }
  const own = Float64Array.from(
    { length: classes - 1 },
    (_, k) => math.exp(logs[k * steps + best]),
  );
  const presence = own.reduce((sum, value) => sum + value, 0);
  return { probabilities: own.map((value) => value / presence), presence: Math.min(1, presence) };
}

/** Lets the network of single digits look at each digit, and decides. */
async function label(
  model: Model,
  runner: Runner,
  lines: readonly SeenLine[],
  picture: Box,
  constraints: Constraints | undefined,
): Promise<ReadLines> {
  const { metadata: { classNames, temperature } } = model;
  const inks = await askSingle(model, runner, lines);
  const hasDigits = areDigits(classNames);
  const none: ReadonlySet<SeenLine> = hasDigits && constraints === undefined
    ? await notDigits(lines, inks, temperature)
    : new Set();
  const read: ReadLine[] = [];
  const found: ReadDigit[] = [];
  let unfit = 0;
  for (const line of lines) {
    if (none.has(line)) continue;
    const { ink, candidates, cost, digits } = line;
    const mixed = digits.map((digit) => {
      const { probabilities, isCut } = digit;
      const single = inks.get(digit);
      if (single === undefined) return probabilities;
      const own = softmax(single.logits, temperature);
      if (!hasDigits) return Float64Array.from(own);
      // It has never seen the bits of neighbours that a cut leaves.
      return isCut ? probabilities : geometricMean(own, probabilities);
    });
    const asText = ({ text }: Candidate): string => text.map((k) => classNames[k]).join("");
    const readings = hasDigits
      ? rank(line, mixed, constraints)
      : candidates.slice(0, 1).map((candidate) => bestLabels(candidate, mixed))
        .filter((one) => constraints?.fits(asText(one), one.text.length) ?? true);
    if (readings.length === 0) {
      unfit++;
      continue;
    }
    const [first, ...others] = readings.map((one) => ({
      text: asText(one),
      confidence: math.exp(Math.min(0, one.logProbability)),
    }));
    const own = digits.map(({ box, presence }, i) => {
      const digit = readings[0].text[i];
      return {
        digit,
        className: classNames[digit],
        confidence: presence * mixed[i][digit],
        box: boxInPicture(box, ink, picture),
        line: read.length,
      };
    });
    found.push(...own);
    const box = boxOf(own.map(({ box }) => box));
    read.push({ ...first, cost, box, alternatives: others.slice(0, MAX_ALTERNATIVES) });
  }
  return { lines: read, digits: found, unfit };
}

/** The box around boxes. */
function boxOf(boxes: readonly Box[]): Box {
  const [x, y] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))];
  const right = Math.max(...boxes.map(({ x, width }) => x + width));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  return { x, y, width: right - x, height: bottom - y };
}

/** The ink of a digit as the network of single digits sees it, and its logits. */
interface SingleInk {
  readonly found: FoundInk;
  /** With even strokes. */
  readonly pixels: Float32Array<ArrayBuffer>;
  readonly logits: Float32Array;
}

/** Runs the network of single digits on all ink that a digit has for itself. */
async function askSingle(
  model: Model,
  runner: Runner,
  lines: readonly SeenLine[],
): Promise<Map<SeenDigit, SingleInk>> {
  const inks = lines.flatMap(({ digits }) =>
    digits.flatMap((digit) =>
      digit.found === undefined
        ? []
        : [{ digit, found: digit.found, pixels: frame(evenStrokes(digit.found)) }]
    )
  );
  if (inks.length === 0) return new Map();
  const { classes } = model.architecture;
  const inputs = networkInputs(model, inks.map(({ pixels }) => pixels));
  const logits = await runner.logits(inputs, inks.length);
  return new Map(inks.map(({ digit, ...ink }, n) => [
    digit,
    { ...ink, logits: logits.subarray(n * classes, (n + 1) * classes) },
  ]));
}

/** The lines of one digit that is none: what is no digit by itself is none on a line by itself. */
async function notDigits(
  lines: readonly SeenLine[],
  inks: ReadonlyMap<SeenDigit, SingleInk>,
  temperature: number,
): Promise<ReadonlySet<SeenLine>> {
  const alone = lines.flatMap((line) => {
    const [digit] = line.digits;
    const ink = line.digits.length === 1 ? inks.get(digit) : undefined;
    return ink === undefined ? [] : [{ line, ink }];
  });
  const probabilities = await digitProbabilities(
    alone.map(({ ink: { found, pixels, logits } }) => ({
      hypothesis: { found: frame(found), pixels, name: "own", isFramed: false },
      logits,
      digit: argMax(logits),
    })),
    temperature,
  );
  return new Set(
    alone.filter((_, n) => probabilities[n] < DEFAULT_REJECT).map(({ line }) => line),
  );
}

/** The geometric mean of two distributions, scaled to a sum of 1. */
function geometricMean(a: Float32Array, b: Float64Array): Float64Array {
  const joined = b.map((value, k) => Math.sqrt(value * a[k]));
  const sum = joined.reduce((sum, value) => sum + value, 0);
  return joined.map((value) => value / Math.max(sum, TINY));
}

function frame({ map, box }: FoundInk): Float32Array<ArrayBuffer> {
  return strengthenInk(centreInk(resizeArea(map, box, DIGIT_BOX)));
}

/** The most readings beside the best that are told. */
export const MAX_ALTERNATIVES = 4;

/** The first text with the digits that both networks together find likeliest. */
function bestLabels(
  candidate: Candidate,
  mixed: readonly Float64Array[],
): Candidate {
  return { ...candidate, text: mixed.map((own) => argMax(own)) };
}

/**
 * Orders texts by what both networks say. Those with as many digits as the first one differ from it in which digits they
 * are, and both networks have seen them all: one of them stays the first.
 */
function rank(
  { candidates, digits, logs }: SeenLine,
  mixed: readonly Float64Array[],
  constraints: Constraints | undefined,
): Candidate[] {
  if (candidates.length === 0) return [];
  const [first] = candidates;
  const sum = (text: readonly number[], of: readonly Float64Array[]): number =>
    text.reduce((sum, digit, i) => sum + math.log(Math.max(of[i][digit], TINY)), 0);
  /** How likely there are so many digits, if they are these: the probability of a text without those of its digits. */
  const countLog = ({ text, logProbability }: Candidate): number =>
    logProbability - sum(text, digits.map((own) => own.probabilities));
  const most = countLog(first);
  const likeliest = bestLabels(first, mixed);
  const isNew = candidates.every(({ text }) => text.join("") !== likeliest.text.join(""));
  const isFit = constraints === undefined || constraints.fits(likeliest.text.join(""));
  const byProbability = (some: readonly Candidate[]): Candidate[] =>
    [...some].sort((a, b) => b.logProbability - a.logProbability);
  const isAlike = ({ text }: Candidate): boolean => text.length === first.text.length;
  const alike = candidates.filter(isAlike);
  if (isNew && isFit) {
    alike.push({ ...likeliest, logProbability: textLogProbability(logs, likeliest.text) });
  }
  const [best, ...others] = byProbability(alike.map((one) => ({
    text: one.text,
    logProbability: Math.min(most, countLog(one)) + sum(one.text, mixed),
  })));
  return [best, ...byProbability([...others, ...candidates.filter((one) => !isAlike(one))])];
}

/** The least probability whose logarithm is taken. */
const TINY = 1e-9;

/** A box of a writing in the picture; around all of its corners where the lines were turned. */
function boxInPicture({ x, y, width, height }: Box, { inPicture }: DeskewedInk, picture: Box): Box {
  const corners = [
    inPicture(x, y),
    inPicture(x + width, y),
    inPicture(x, y + height),
    inPicture(x + width, y + height),
  ];
  const xs = corners.map(([x]) => Math.min(picture.width, Math.max(0, Math.round(x))));
  const ys = corners.map(([, y]) => Math.min(picture.height, Math.max(0, Math.round(y))));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}
