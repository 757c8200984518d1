import { argMax, type Runner } from "./engine/runner.ts";
import { firstHypothesis, type Hypothesis } from "./image/hypotheses.ts";
import type { Box, DigitImage } from "./image/image.ts";
import { networkInputs, prepareInput } from "./image/network_input.ts";
import type { Page, PreparationSettings } from "./image/page.ts";
import { areDigits, type Model } from "./model/model.ts";
import { digitProbabilities } from "./non_digit.ts";
import type { ReadDigit, ReadLines, ReadLinesOptions } from "./reading/read.ts";

/** Why there is no digit. */
export type NoDigitReason =
  | "no-ink"
  | "too-faint"
  | "too-small"
  | "not-a-digit"
  | "several-digits";

/** A hypothesis of the ink, and what the networks say of it. */
export interface ScoredHypothesis {
  readonly hypothesis: Hypothesis;
  /** The logits of the network that reads digits. */
  readonly logits: Float32Array;
  /** The class with the largest logit. */
  readonly digit: number;
  /**
   * The probability that the ink is this digit rather than no digit, 0 to 1; null where the picture is laid out as MNIST's
   * are, and where the classes of the network are not the ten digits.
   */
  readonly digitProbability: number | null;
}

/** What was recognised on a page. */
export interface Recognition {
  /** The hypotheses, the most likely one first; none where there is no ink. */
  readonly hypotheses: readonly ScoredHypothesis[];
  /** Why there is no single digit; null when there is one: that of the first hypothesis. */
  readonly reason: NoDigitReason | null;
  /** With the reason `several-digits`: how many. */
  readonly count?: number;
  /** All lines, where they were read. */
  readonly read?: ReadLines;
}

/** How pages are recognised. */
export interface RecognitionOptions extends PreparationSettings {
  /** The threshold of `digitProbability`, 0 to 1; 0 accepts all ink. */
  readonly reject: number;
  /** How lines are read where they are wanted: then ink is read as a line, too, however likely it is one digit. */
  readonly lines?: ReadLinesOptions;
}

/** Ink whose longer side has fewer pixels than this shows no shape. */
const MIN_DIGIT_SIDE = 6;

/** What a line reads with less confidence than this does not count as one of several digits. */
const MIN_SEVERAL_CONFIDENCE = 0.5;

/** Nor does, beside ink that may be one digit and with no other sign of several, what is read with less than this. */
const MIN_DOUBTFUL_CONFIDENCE = 0.9;

/** Nor what is lower or higher than that digit by these factors: marks are, and the sides of frames. */
const HEIGHT_BESIDE = [0.5, 1.8] as const;

/**
 * Recognises what is on each page: one digit, several, or none.
 *
 * @param model The network that reads digits.
 * @param runner Runs it.
 * @param pages The pages.
 * @param options The threshold, what to leave out, and whether to explain.
 * @returns What was recognised on each.
 * @throws {LeNetError} `backend/unavailable` when a network that is needed cannot be started.
 */
export async function recognizePages(
  model: Model,
  runner: Runner,
  pages: readonly Page[],
  options: RecognitionOptions,
): Promise<Recognition[]> {
  const scored = await scoreHypotheses(model, runner, pages, options);
  const recognitions: Recognition[] = [];
  for (const [n, page] of pages.entries()) {
    recognitions.push(await decide(model, runner, page, scored[n], options));
  }
  return recognitions;
}

/**
 * Recognises what is on a page on which several digits are likely: most lines need no other hypothesis than the first.
 *
 * @param model The network that reads digits.
 * @param runner Runs it.
 * @param page The page.
 * @param options The threshold, what to leave out, and how lines are read.
 * @returns What was recognised; the lines are always read where there is ink.
 * @throws {LeNetError} As `recognizePages` does; `aborted`.
 */
export async function recognizeLines(
  model: Model,
  runner: Runner,
  page: Page,
  options: RecognitionOptions & { readonly lines: ReadLinesOptions },
): Promise<Recognition> {
  const first = await scoreFirst(model, runner, [page], options);
  const [[one]] = first;
  if (one === undefined || isSure(one)) {
    const [hypotheses] = await scoreFurther(model, runner, [page], first, options);
    return await decide(model, runner, page, hypotheses, options);
  }
  const { readLines } = await import("./reading/read.ts");
  const read = await readLines(model, runner, page, options.lines);
  const certain = read.digits.filter(({ confidence }) => confidence >= MIN_DOUBTFUL_CONFIDENCE);
  const { length: count } = partsOrNeighbours(certain, one.hypothesis.box);
  if (count > 1) return { hypotheses: first[0], reason: "several-digits", count, read };
  const [hypotheses] = await scoreFurther(model, runner, [page], first, options);
  return await decide(model, runner, page, hypotheses, options, read);
}

async function decide(
  model: Model,
  runner: Runner,
  page: Page,
  hypotheses: readonly ScoredHypothesis[],
  { reject, lines }: RecognitionOptions,
  known?: ReadLines,
): Promise<Recognition> {
  if (hypotheses.length === 0) {
    const read = isStrip(page.whole) && areDigits(model.metadata.classNames)
      ? await (await import("./reading/read.ts")).readLines(model, runner, page, lines)
      : undefined;
    const count = read?.digits.filter(({ confidence }) =>
      confidence >= MIN_SEVERAL_CONFIDENCE
    ).length ?? 0;
    if (read !== undefined && count > 1) {
      return { hypotheses, reason: "several-digits", count, read };
    }
    const reason = page.isFaint() ? "too-faint" : "no-ink";
    return { hypotheses, reason, ...read !== undefined && { read } };
  }
  const [{ hypothesis: { box }, digitProbability }] = hypotheses;
  if (reject === 0 || !areDigits(model.metadata.classNames)) return { hypotheses, reason: null };
  const isSmall = ({ hypothesis: { box } }: ScoredHypothesis): boolean =>
    Math.max(box.width, box.height) < MIN_DIGIT_SIDE;
  if (hypotheses.every(isSmall)) return { hypotheses, reason: "too-small" };
  const isDigit = !isSmall(hypotheses[0]) &&
    (digitProbability === null || digitProbability >= reject);
  // Where lines were erased or a sheet was entered, other digits may be gone as well: any hypothesis tells of them.
  const hasNeighbours = hypotheses.some(({ hypothesis }) => hypothesis.hasNeighbours);
  const isDoubtful = lines !== undefined || hypotheses.length > 1 || !isSure(hypotheses[0]);
  if (isDigit && !hasNeighbours && !isDoubtful) return { hypotheses, reason: null };
  // Loaded when first needed: one digit by itself does not wait for what reads several.
  const { readLines } = await import("./reading/read.ts");
  const read = known ?? await readLines(model, runner, page, lines);
  const least = isDigit && !hasNeighbours ? MIN_DOUBTFUL_CONFIDENCE : MIN_SEVERAL_CONFIDENCE;
  const certain = read.digits.filter(({ confidence }) => confidence >= least);
  const sure = isDigit ? partsOrNeighbours(certain, box) : certain;
  if (sure.length > 1) return { hypotheses, reason: "several-digits", count: sure.length, read };
  const reason = isDigit ? null : isSmall(hypotheses[0]) ? "too-small" : "not-a-digit";
  return { hypotheses, reason, read };
}

/** Where one digit is looked for, a picture so many times as long as high comes out too low for digits side by side to be apart. */
const STRIP = 24;

function isStrip({ width, height }: Box): boolean {
  return Math.max(width, height) >= STRIP * Math.min(width, height);
}

/** The digits of which some ink is made; where it is one or none, those beside it. */
function partsOrNeighbours(digits: readonly ReadDigit[], box: Box): readonly ReadDigit[] {
  const parts = digits.filter((digit) => isWithin(digit.box, box));
  return parts.length > 1 ? parts : besideEachOther(digits, box);
}

/** Whether the middle of a box is within another one. */
function isWithin(inner: Box, { x, y, width, height }: Box): boolean {
  const [across, down] = [inner.x + inner.width / 2 - x, inner.y + inner.height / 2 - y];
  return across >= 0 && across < width && down >= 0 && down < height;
}

/** Of the digits that are about as high as some ink, those of the line with the most. */
function besideEachOther(digits: readonly ReadDigit[], { height }: Box): ReadDigit[] {
  const [low, high] = HEIGHT_BESIDE;
  const alike = digits.filter(({ box }) =>
    box.height >= low * height && box.height <= high * height
  );
  const onLine = alike.map(({ line }) => alike.filter((digit) => digit.line === line));
  return onLine.reduce((most, some) => some.length > most.length ? some : most, []);
}

/** A hypothesis that is so likely a digit is taken without a look at others: a digit half in shadow may be misread with less. */
const SURE = 0.99;

/** Where no hypothesis is so likely a digit, the colours of the picture are looked at as well. */
const LIKELY = 0.5;

/**
 * Prepares the ink of each page as one threshold shows it, and where the networks are not sure of that, as several other
 * hypotheses; the networks score them.
 *
 * @param model The network that reads digits.
 * @param runner Runs it.
 * @param pages The pages.
 * @param settings What to leave out, and whether to keep the pictures of each preparation.
 * @returns The hypotheses of each page, the most likely one first; none where there is no ink.
 * @throws {LeNetError} `backend/unavailable` when the network that tells digits from other ink cannot be started.
 */
export async function scoreHypotheses(
  model: Model,
  runner: Runner,
  pages: readonly Page[],
  settings: PreparationSettings = {},
): Promise<ScoredHypothesis[][]> {
  const first = await scoreFirst(model, runner, pages, settings);
  return await scoreFurther(model, runner, pages, first, settings);
}

/** Scores the ink that one threshold shows, which for most pictures is all there is to ask. */
async function scoreFirst(
  model: Model,
  runner: Runner,
  pages: readonly Page[],
  settings: PreparationSettings,
): Promise<ScoredHypothesis[][]> {
  if (areDigits(model.metadata.classNames)) {
    const first = pages.map((page) => listOf(firstHypothesis(page, settings)));
    return await scoreAll(model, runner, first);
  }
  const { likelyHypothesis } = await import("./image/further.ts");
  const likely = pages.map((page) => listOf(likelyHypothesis(page, settings)));
  return await scoreAll(model, runner, likely);
}

/** Adds other hypotheses to the first of each page, where that leaves doubt. */
async function scoreFurther(
  model: Model,
  runner: Runner,
  pages: readonly Page[],
  scored: readonly ScoredHypothesis[][],
  settings: PreparationSettings,
): Promise<ScoredHypothesis[][]> {
  const hasDoubt = areDigits(model.metadata.classNames) && !scored.every(([one]) => isSure(one));
  if (!hasDoubt) return [...scored];
  // Loaded when first needed: most pictures leave no doubt.
  const { colourHypotheses, furtherHypotheses } = await import("./image/further.ts");
  const further = pages.map((page, n) =>
    isSure(scored[n][0]) ? [] : furtherHypotheses(page, settings)
  );
  const others = await scoreAll(model, runner, further);
  const all = scored.map((some, n) => byProbability([...some, ...others[n]]));
  for (const [n, page] of pages.entries()) {
    if (isLikely(all[n][0])) continue;
    const [coloured] = await scoreAll(model, runner, [await colourHypotheses(page, settings)]);
    all[n] = byProbability([...all[n], ...coloured]);
  }
  return all;
}

function byProbability(scored: ScoredHypothesis[]): ScoredHypothesis[] {
  return scored.sort((a, b) => (b.digitProbability ?? 1) - (a.digitProbability ?? 1));
}

function listOf<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

function isSure(scored: ScoredHypothesis | undefined): boolean {
  return scored !== undefined && (scored.digitProbability ?? 1) >= SURE;
}

function isLikely(scored: ScoredHypothesis | undefined): boolean {
  return scored !== undefined && (scored.digitProbability ?? 1) >= LIKELY;
}

/** Runs the networks on all hypotheses of all pages at once. */
async function scoreAll(
  model: Model,
  runner: Runner,
  hypotheses: readonly (readonly Hypothesis[])[],
): Promise<ScoredHypothesis[][]> {
  const all = hypotheses.flat();
  if (all.length === 0) return hypotheses.map(() => []);
  const { architecture: { classes }, metadata: { classNames, temperature } } = model;
  const inputs = networkInputs(model, all.map(({ pixels }) => pixels));
  const logits = await runner.logits(inputs, all.length);
  const read = all.map((hypothesis, n) => {
    const own = logits.slice(n * classes, (n + 1) * classes);
    return { hypothesis, logits: own, digit: argMax(own) };
  });
  const probabilities = areDigits(classNames) ? await digitProbabilities(read, temperature) : [];
  let at = 0;
  return hypotheses.map((some) =>
    some.map(() => ({ ...read[at], digitProbability: probabilities[at++] ?? null }))
  );
}

/**
 * Prepares a picture for a network as classifying it would: with the hypothesis that is most likely a digit.
 *
 * @param model The network.
 * @param runner Runs it.
 * @param image The picture, in any form that is accepted.
 * @returns The values that the network takes, or 28×28; `undefined` where there is no ink.
 * @throws {LeNetError} As `prepareInput` does; `backend/unavailable`.
 */
export async function preparePictureFor(
  model: Model,
  runner: Runner,
  image: DigitImage,
): Promise<Float32Array<ArrayBuffer> | undefined> {
  const { input, page } = await prepareInput(model, image);
  if (page === undefined) return input;
  const [[best]] = await scoreHypotheses(model, runner, [page]);
  return best?.hypothesis.pixels;
}
