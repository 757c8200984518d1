import type { Dataset } from "../../../src/data/dataset.ts";
import type { Runner } from "../../../src/engine/runner.ts";
import { Page } from "../../../src/image/page.ts";
import { Random } from "../../../src/model/random.ts";
import { type Lattice, latticesOf, segmentWindows, WINDOW } from "../../../src/reading/lattice.ts";
import { findWritings } from "../../../src/reading/writing.ts";
import {
  type LabelledDigit,
  type StringKind,
  type StringPicture,
  stringPicture,
} from "./pictures/strings.ts";

/** The classes of the segment classifier, which tells whole digits from parts and from several digits. */
export const SEGMENT_CLASSES: readonly string[] = [..."0123456789", "no whole digit"];

const NO_DIGIT = 10;

/**
 * A segment is a digit from this Dice coefficient on, and no digit below the other. Segments between are ambiguous, and
 * left out.
 */
const MIN_DIGIT = 0.9;

const MAX_NO_DIGIT = 0.8;

/** Where strokes merge no segment may reach that: then the best one is the digit, from this coefficient on. */
const MIN_BEST = 0.75;

/** No digits from this coefficient on are hard negatives. */
const MIN_HARD_NEGATIVE = 0.6;

/** Most segments of one line, so that the dataset has many lines. */
const MAX_DIGITS = 16;

const MAX_NO_DIGITS = 20;

/** With a scout: segments with the smallest margin, and others of each class. */
const HARDEST_DIGITS = 10;

const HARDEST_NO_DIGITS = 16;

const OTHERS = 6;

interface SegmentOptions {
  readonly seed: number;
  /** A network trained on other segments: those with its smallest margins are preferred. */
  readonly scout?: Runner;
  /** Receives the number of segments made, after every picture. */
  readonly onProgress: (done: number) => void;
}

const SIZE = WINDOW[0] * WINDOW[1] * WINDOW[2];

/**
 * Makes the training set of the segment classifier: segments of lines of digits, most of which touch.
 *
 * @returns Windows around segments with labels of {@linkcode SEGMENT_CLASSES}.
 */
export async function segmentDataset(
  digits: Dataset,
  count: number,
  { seed, scout, onProgress }: SegmentOptions,
): Promise<Dataset> {
  const random = new Random(seed);
  const images = new Uint8Array(count * SIZE);
  const labels = new Uint8Array(count);
  let done = 0;
  while (done < count) {
    const picture = stringPicture(kindOf(random), () => digitOf(digits, random), random);
    const [writing] = findWritings(new Page({ ...picture.picture, channels: 4 }));
    for (const lattice of latticesOf(writing)) {
      const windows = segmentWindows(lattice);
      const examples = random.shuffle(examplesOf(diceOverlaps(lattice, picture), picture));
      const taken = scout
        ? hardest(examples, await scout.logits(windows, lattice.segments.length))
        : varied(examples);
      for (const { segment, label } of taken.slice(0, count - done)) {
        const window = windows.subarray(segment * SIZE, (segment + 1) * SIZE);
        for (let i = 0; i < SIZE; i++) images[done * SIZE + i] = Math.round(255 * window[i]);
        labels[done++] = label;
      }
    }
    onProgress(done);
    // Yields to the event loop, so that Ctrl-C is handled.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return {
    name: "segments of lines of digits",
    images,
    labels,
    shape: WINDOW,
    count,
    classNames: SEGMENT_CLASSES,
    ...digits.checksums && { checksums: digits.checksums },
  };
}

/** A labelled segment. */
interface Example {
  /** The index of the segment in its lattice. */
  readonly segment: number;
  readonly label: number;
  /** The Dice coefficient of the segment and the digit that it overlaps most. */
  readonly dice: number;
}

/** Selects digits, hard negatives and other negatives. */
function varied(examples: readonly Example[]): Example[] {
  const others = examples.filter(({ label }) => label === NO_DIGIT);
  const nearly = others.filter(({ dice }) => dice > MIN_HARD_NEGATIVE).slice(0, MAX_NO_DIGITS / 2);
  const rest = others.filter((other) => !nearly.includes(other)).slice(0, MAX_NO_DIGITS / 2);
  const digits = examples.filter(({ label }) => label !== NO_DIGIT).slice(0, MAX_DIGITS);
  return [...digits, ...nearly, ...rest];
}

/** Selects the segments with the smallest margin of the scout, and some others. */
function hardest(examples: readonly Example[], logits: Float32Array): Example[] {
  const classes = SEGMENT_CLASSES.length;
  /** The logit of the true class less the largest other one. */
  const margin = ({ segment, label }: Example): number => {
    const own = logits.subarray(segment * classes, (segment + 1) * classes);
    return own[label] - Math.max(...own.filter((_, k) => k !== label));
  };
  const pick = (some: Example[], hard: number): Example[] => {
    const margins = new Map(some.map((example) => [example, margin(example)]));
    const sorted = [...some].sort((a, b) => margins.get(a)! - margins.get(b)!).slice(0, hard);
    return [...sorted, ...some.filter((example) => !sorted.includes(example)).slice(0, OTHERS)];
  };
  return [
    ...pick(examples.filter(({ label }) => label !== NO_DIGIT), HARDEST_DIGITS),
    ...pick(examples.filter(({ label }) => label === NO_DIGIT), HARDEST_NO_DIGITS),
  ];
}

/** Labels segments by their overlap with the true digits; ambiguous ones are left out. */
function examplesOf(overlaps: readonly Overlap[], picture: StringPicture): Example[] {
  const text = picture.text.replaceAll("\n", "");
  const best = new Array<number>(text.length).fill(0);
  for (const { digit, dice } of overlaps) best[digit] = Math.max(best[digit], dice);
  return overlaps.flatMap(({ digit, dice }, segment) => {
    const isDigit = dice >= MIN_DIGIT || (dice >= MIN_BEST && dice === best[digit]);
    if (!isDigit && dice >= MAX_NO_DIGIT) return [];
    return [{ segment, dice, label: isDigit ? Number(text[digit]) : NO_DIGIT }];
  });
}

function kindOf(random: Random): StringKind {
  const chance = random.next();
  return chance < 0.8 ? "touching" : chance < 0.9 ? "separated" : "lines";
}

function digitOf({ images, labels, count }: Dataset, random: Random): LabelledDigit {
  const n = random.integer(count);
  return { pixels: images.subarray(784 * n, 784 * (n + 1)), label: labels[n] };
}

/** The least ink that counts: fainter ink is the edge of a stroke. */
const MIN_INK = 0.5;

/** The true digit that a segment overlaps most. */
interface Overlap {
  /** The index of the digit in reading order. */
  readonly digit: number;
  /** The Dice coefficient of their ink, 0 to 1: twice the intersection over the sum of both areas (L. Dice, 1945). */
  readonly dice: number;
}

/**
 * Compares each segment of a line with the true digits of the picture.
 *
 * @returns For each segment the digit that it overlaps most.
 */
export function diceOverlaps(
  { ink, segments }: Lattice,
  { isInkOf, boxes }: StringPicture,
): Overlap[] {
  const { width, height, data } = ink.map;
  // A bit for each digit that has ink at the pixel.
  const owners = new Uint32Array(data.length);
  const totals = new Array<number>(boxes.length).fill(0);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (data[at] < MIN_INK) continue;
      const [u, v] = ink.inPicture(x + 0.5, y + 0.5);
      for (const [n, { left, top, right, bottom }] of boxes.entries()) {
        if (u < left || u > right || v < top || v > bottom || !isInkOf(n, u, v)) continue;
        owners[at] |= 1 << n;
        totals[n]++;
      }
    }
  }
  const shared = new Array<number>(boxes.length);
  return segments.map(({ found: { map }, x, y }) => {
    shared.fill(0);
    let own = 0;
    for (let v = 0, at = 0; v < map.height; v++) {
      for (let u = 0; u < map.width; u++, at++) {
        if (map.data[at] < MIN_INK) continue;
        const owner = owners[(y + v) * width + x + u];
        own++;
        for (let n = 0, bits = owner; bits !== 0; n++, bits >>>= 1) shared[n] += bits & 1;
      }
    }
    const coefficients = shared.map((count, n) => 2 * count / (own + totals[n]));
    const dice = Math.max(...coefficients);
    return { digit: coefficients.indexOf(dice), dice };
  });
}
