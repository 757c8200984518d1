import { lazyRunner } from "../engine/backends.ts";
import { argMax, type Runner, softmax } from "../engine/runner.ts";
import type { Box } from "../image/image.ts";
import { networkInputs } from "../image/network_input.ts";
import type { Page } from "../image/page.ts";
import * as math from "../model/math.ts";
import { areDigits, type Model } from "../model/model.ts";
import { modelFromModule } from "../weights/model_file.ts";
import {
  type CutLine,
  cutLines,
  type Lattice,
  latticeOf,
  prepareSegment,
  type Segment,
  segmentWindows,
} from "./lattice.ts";
import { type DeskewedInk, findWritings } from "./writing.ts";

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

/** What is read with less confidence speaks against a writing. */
const MIN_CONFIDENCE = 0.5;

/**
 * Reads lines of digits, on the whole page or on a sheet of paper on it, whichever reads better: takes the ink apart where digits may end, runs the network on every part and on neighbours
 * joined, and takes the way through a line that fits best (LeCun et al., 1998, section VIII).
 *
 * @param model The network.
 * @param runner Runs it.
 * @param page The page.
 * @returns The digits, line by line.
 * @throws {LeNetError} `backend/unavailable` when the network that finds whole digits cannot be started.
 */
export async function readLines(
  model: Model,
  runner: Runner,
  page: Page,
): Promise<ReadDigit[]> {
  const writings = findWritings(page).map(cutLines);
  return await readBest(model, runner, await divideAll(writings), page.whole);
}

/** Digits lower than this, in pixels of the page, show no shape. */
const MIN_HEIGHT = 6;

/** Cuts for each height of a digit at the first look, which tells most pictures of one digit from those of several. */
const FIRST_CUTS = 4;

/** With worse odds at the first look there is no digit, even where a better cut is found. */
const MIN_FIRST_ODDS = -3;

/** A first look at more segments than this tells enough: a second one takes ten times as long. */
const MAX_FIRST_SEGMENTS = 200;

/** Where the first look finds several digits in more segments than this, the second does not count them anew. */
const MAX_COUNTED_SEGMENTS = 100;

/**
 * Reads lines to tell whether there are several digits: first with few cuts, and again with all of them only where that
 * may change the answer.
 *
 * @param model The network.
 * @param runner Runs it.
 * @param page The page.
 * @param confidence The least confidence of a digit that counts.
 * @param isOneDigit Whether the ink is likely one digit: then the second look decides.
 * @returns The digits, line by line; none where there cannot be two that count.
 * @throws {LeNetError} `backend/unavailable` when the network that finds whole digits cannot be started.
 */
export async function readSeveral(
  model: Model,
  runner: Runner,
  page: Page,
  confidence: number,
  isOneDigit: boolean,
): Promise<ReadDigit[]> {
  // A digit is never read with more confidence than these odds give.
  const minOdds = math.log(confidence / (1 - confidence));
  const writings = findWritings(page)
    .filter(({ height, factor }) => height * factor >= MIN_HEIGHT).map(cutLines);
  const first = await divideAll(writings, FIRST_CUTS, MAX_FRUITLESS);
  if (mostDigits(first, MIN_FIRST_ODDS) < 2) return [];
  let digits: ReadDigit[] = [];
  const hasSeveral = (): boolean =>
    digits.filter((digit) => digit.confidence >= confidence).length > 1;
  if (!isOneDigit) {
    if (mostDigits(first, minOdds) > 1) digits = await readBest(model, runner, first, page.whole);
    const segments = first.flat().reduce((sum, { candidates }) => sum + candidates.length, 0);
    if (segments > (hasSeveral() ? MAX_COUNTED_SEGMENTS : MAX_FIRST_SEGMENTS)) return digits;
  }
  const second = await divideAll(writings);
  if (mostDigits(second, minOdds) < 2) return digits;
  const again = await readBest(model, runner, second, page.whole);
  const { length } = again.filter((digit) => digit.confidence >= confidence);
  return length > 1 || !hasSeveral() ? again : digits;
}

/** A line taken apart, and what is thought of its segments. */
interface DividedLine {
  readonly lattice: Lattice;
  readonly candidates: readonly Candidate[];
}

/** Odds from which on a segment surely is a digit. */
const SURE_ODDS = 2;

/** After so many segments at the first look, none of which surely is a digit, further lines are texture. */
const MAX_FRUITLESS = 600;

/** Takes all lines of all writings apart. */
async function divideAll(
  writings: readonly (readonly CutLine[])[],
  density?: number,
  maxFruitless = Infinity,
): Promise<DividedLine[][]> {
  const divided: DividedLine[][] = [];
  for (const lines of writings) {
    const own: DividedLine[] = [];
    let fruitless = 0;
    for (const line of lines) {
      if (fruitless > maxFruitless) break;
      const lattice = latticeOf(line, density);
      const candidates = await findWholeDigits(lattice);
      fruitless = candidates.some(({ odds }) => odds >= SURE_ODDS)
        ? -Infinity
        : fruitless + candidates.length;
      own.push({ lattice, candidates });
    }
    divided.push(own);
  }
  return divided;
}

/** How many segments beside each other have at least some odds, in the writing with the most of them. */
function mostDigits(writings: readonly (readonly DividedLine[])[], minOdds: number): number {
  const counts = writings.map((lines) =>
    lines.reduce((sum, { lattice: { places }, candidates }) => {
      // Segments are listed by their first place.
      const most = new Int32Array(places + 1);
      let place = 0;
      for (const { segment: { first, last }, odds } of candidates) {
        for (; place < first; place++) most[place + 1] = Math.max(most[place + 1], most[place]);
        if (odds >= minOdds) most[last] = Math.max(most[last], most[first] + 1);
      }
      for (; place < places; place++) most[place + 1] = Math.max(most[place + 1], most[place]);
      return sum + most[places];
    }, 0)
  );
  return Math.max(0, ...counts);
}

/** Reads the writing that reads best. */
async function readBest(
  model: Model,
  runner: Runner,
  writings: readonly (readonly DividedLine[])[],
  page: Box,
): Promise<ReadDigit[]> {
  let best: ReadDigit[] = [];
  let most = -Infinity;
  for (const lines of writings) {
    const digits = await readWriting(model, runner, lines, page);
    const worth = digits.reduce((sum, { confidence }) => sum + confidence - MIN_CONFIDENCE, 0);
    if (worth > most) [best, most] = [digits, worth];
  }
  return best;
}

async function readWriting(
  model: Model,
  runner: Runner,
  lines: readonly DividedLine[],
  page: Box,
): Promise<ReadDigit[]> {
  const { architecture: { classes }, metadata: { classNames, temperature } } = model;
  const hasDigits = areDigits(classNames);
  const found: ReadDigit[] = [];
  let line = 0;
  for (const { lattice, candidates: all } of lines) {
    const candidates = likelyDigits(all, lattice.places);
    if (candidates.length === 0) continue;
    const inputs = networkInputs(model, candidates.map(({ segment }) => prepareSegment(segment)));
    const logits = await runner.logits(inputs, candidates.length);
    const steps = candidates.map(({ segment, odds, digits }, n) => {
      const own = logits.subarray(n * classes, (n + 1) * classes).map((logit) =>
        logit / temperature
      );
      const { first, last, leftCost, rightCost } = segment;
      const isCut = leftCost > 0 || rightCost > 0;
      const label = labelDigit(own, isCut, hasDigits ? digits : undefined);
      const score = odds + math.log(label.probability);
      return { first, last, score, segment, odds, ...label };
    });
    const before = found.length;
    for (const { segment, odds, digit, probability } of bestPath(steps, lattice.places)) {
      const confidence = probability / (1 + math.exp(-odds));
      found.push({
        digit,
        className: classNames[digit],
        confidence,
        box: boxInPicture(segment, lattice.ink, page),
        line,
      });
    }
    if (found.length > before) line++;
  }
  return found;
}

/** The box of a segment in the picture; around all of its corners where the lines were turned. */
function boxInPicture(
  { found: { box }, x, y }: Segment,
  { inPicture }: DeskewedInk,
  picture: { readonly width: number; readonly height: number },
): Box {
  const [left, top] = [x + box.x, y + box.y];
  const [right, bottom] = [left + box.width, top + box.height];
  const corners = [
    inPicture(left, top),
    inPicture(right, top),
    inPicture(left, bottom),
    inPicture(right, bottom),
  ];
  const xs = corners.map(([x]) => Math.min(picture.width, Math.max(0, Math.round(x))));
  const ys = corners.map(([, y]) => Math.min(picture.height, Math.max(0, Math.round(y))));
  const [minX, minY] = [Math.min(...xs), Math.min(...ys)];
  return { x: minX, y: minY, width: Math.max(...xs) - minX, height: Math.max(...ys) - minY };
}

/** A segment, and what is thought of it. */
export interface Candidate {
  readonly segment: Segment;
  /** The logarithm of its odds to be one whole digit: 0 is as likely as not. */
  readonly odds: number;
  /** The probability of each digit, if it is one. */
  readonly digits: Float32Array;
}

/** The classes of the network: ten digits, and what is no whole digit. */
const DIGITS = 10;

const CLASSES = DIGITS + 1;

const network = lazyRunner(async () =>
  modelFromModule(await import("@x/lenet-weights/whole-digit"))
);

/**
 * How likely each segment of a line is one whole digit, and which, as a small network says that has seen many lines
 * taken apart in right and in wrong ways. It sees a segment beside its neighbours, and is loaded with the first line.
 *
 * @param lattice The line.
 * @returns The segments in their order.
 * @throws {LeNetError} `backend/unavailable` when the network cannot be started here.
 */
async function findWholeDigits(lattice: Lattice): Promise<Candidate[]> {
  const { segments } = lattice;
  if (segments.length === 0) return [];
  const logits = await (await network()).logits(segmentWindows(lattice), segments.length);
  return segments.map((segment, n) => {
    const own = logits.subarray(n * CLASSES, (n + 1) * CLASSES);
    const digits = own.subarray(0, DIGITS);
    return { segment, odds: logSumExp(digits) - own[DIGITS], digits: softmax(digits) };
  });
}

function logSumExp(values: Float32Array): number {
  const largest = Math.max(...values);
  return largest + math.log(values.reduce((sum, value) => sum + math.exp(value - largest), 0));
}

/** How much of the say the network of single digits has of ink that stands by itself, and of ink that was cut. */
const ALONE = 0.8;

const CUT = 0.45;

/** What a segment is read as. */
interface Label {
  /** The number of the class. */
  readonly digit: number;
  /** How likely it is that class, if it is a digit, 0 to 1. */
  readonly probability: number;
}

/**
 * Which digit a segment is, as two networks together say: a mean of their probabilities. The one of single digits has
 * never seen the bits of neighbours that a cut leaves, and has less of a say there.
 *
 * @param logits The logits of the network of single digits, over its temperature.
 * @param isCut Whether a cut ends the segment.
 * @param digits The probability of each digit, as the network says that finds whole digits; left out where the classes
 * are other ones.
 * @returns The digit.
 */
export function labelDigit(logits: Float32Array, isCut: boolean, digits?: Float32Array): Label {
  const own = softmax(logits);
  const share = isCut ? CUT : ALONE;
  const mixed = digits === undefined
    ? own
    : own.map((value, k) => share * value + (1 - share) * digits[k]);
  const digit = argMax(mixed);
  return { digit, probability: mixed[digit] };
}

/** A way through a line whose odds are e to this times worse than the best's is not looked at. */
const HOPELESS = 8;

/**
 * Leaves out the segments of a line that are on no good way through it, so that the network of digits need not look at
 * them.
 *
 * @param candidates The segments.
 * @param places The number of the last place of the line.
 * @returns Those that are on the best way through the line, or on one nearly as good; none when there is no way.
 */
export function likelyDigits(candidates: readonly Candidate[], places: number): Candidate[] {
  // The best way to each place from the start, and from there to the end.
  const there = new Float64Array(places + 1).fill(-Infinity);
  const onwards = new Float64Array(places + 1).fill(-Infinity);
  there[0] = 0;
  onwards[places] = 0;
  const inOrder = [...candidates].sort((a, b) => a.segment.first - b.segment.first);
  for (const { segment: { first, last }, odds } of inOrder) {
    there[last] = Math.max(there[last], there[first] + odds);
  }
  for (const { segment: { first, last }, odds } of inOrder.reverse()) {
    onwards[first] = Math.max(onwards[first], odds + onwards[last]);
  }
  if (there[places] === -Infinity) return [];
  return candidates.filter(({ segment: { first, last }, odds }) =>
    there[first] + odds + onwards[last] >= there[places] - HOPELESS
  );
}

/** A step of a path: from one place to a later one, and what it is worth. */
export interface Step {
  readonly first: number;
  readonly last: number;
  readonly score: number;
}

/**
 * Finds the steps that lead from the first place to the last and are worth the most together (Viterbi).
 *
 * @param steps All steps.
 * @param places The number of the last place; the first is 0.
 * @returns The steps of the best path, in order; none when no path leads there.
 */
export function bestPath<S extends Step>(steps: readonly S[], places: number): S[] {
  const scores = new Float64Array(places + 1).fill(-Infinity);
  const lastSteps = new Array<S | undefined>(places + 1);
  scores[0] = 0;
  for (const step of [...steps].sort((a, b) => a.first - b.first)) {
    const score = scores[step.first] + step.score;
    if (score > scores[step.last]) [scores[step.last], lastSteps[step.last]] = [score, step];
  }
  const path: S[] = [];
  for (let at = places; at > 0;) {
    const step = lastSteps[at];
    if (step === undefined) return [];
    path.push(step);
    at = step.first;
  }
  return path.reverse();
}
