import type { Dataset } from "../../src/data/dataset.ts";
import type { Runner } from "../../src/engine/runner.ts";
import { Random } from "../../src/model/random.ts";
import { latticesOf } from "../../src/read/lattice.ts";
import { segmentWindows, WINDOW } from "../../src/read/segment_window.ts";
import { type Likeness, likenesses } from "./segment_truth.ts";
import {
  type LabelledDigit,
  type StringKind,
  type StringPicture,
  stringPicture,
} from "./string_picture.ts";

/** What the network that looks for whole digits may answer. */
export const SEGMENT_CLASSES: readonly string[] = [..."0123456789", "no whole digit"];

const NO_DIGIT = 10;

/** A segment is a digit from this likeness on, and is none below that; what is between teaches nothing. */
const DIGIT = 0.9;
const NONE = 0.8;

/** Where strokes run into each other nothing better may be found: then the most alike is the digit, from here on. */
const BEST = 0.75;

/** From here on a segment is nearly a digit. */
const NEARLY = 0.6;

/** At most so many segments of each kind are taken from a line, so that there are many lines. */
const MOST_DIGITS = 16;
const MOST_OTHERS = 20;

/** With a scout: so many of those that it is most wrong about, and so many others. */
const HARDEST_DIGITS = 10;
const HARDEST_OTHERS = 16;
const ANY_MORE = 6;

/** How the segments come about. */
interface SegmentOptions {
  readonly seed: number;
  readonly scout?: Runner;
  readonly onProgress: (done: number) => void;
}

const SIZE = WINDOW[0] * WINDOW[1] * WINDOW[2];

/**
 * Makes what the network learns from that tells whole digits from parts of them and from several: segments of lines of
 * digits, most of which touch.
 *
 * @param digits MNIST's digits.
 * @param count How many segments.
 * @param options `seed` decides all of them; `scout` is a network that has learned from others already: segments are
 * preferred that it is wrong about; `onProgress` is told how many are done.
 * @returns Windows on the lines with the labels 0 to 9, and 10 for no whole digit.
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
    for (const lattice of latticesOf({ ...picture.picture, channels: 4 })) {
      const windows = segmentWindows(lattice);
      const examples = random.shuffle(examplesOf(likenesses(lattice, picture), picture));
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
    // Others have their turn, Ctrl-C among them.
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

/** A segment, and what it should be taken for. */
interface Example {
  /** Its number in its line. */
  readonly segment: number;
  readonly label: number;
  /** How like a digit it is. */
  readonly share: number;
}

/** Digits, what is nearly one (which teaches the most), and what is none. */
function varied(examples: readonly Example[]): Example[] {
  const others = examples.filter(({ label }) => label === NO_DIGIT);
  const nearly = others.filter(({ share }) => share > NEARLY).slice(0, MOST_OTHERS / 2);
  const rest = others.filter((other) => !nearly.includes(other)).slice(0, MOST_OTHERS / 2);
  const digits = examples.filter(({ label }) => label !== NO_DIGIT).slice(0, MOST_DIGITS);
  return [...digits, ...nearly, ...rest];
}

/** What a scout is the most wrong about, and some more. */
function hardest(examples: readonly Example[], logits: Float32Array): Example[] {
  const classes = SEGMENT_CLASSES.length;
  /** By how much the right answer is ahead of all others. */
  const lead = ({ segment, label }: Example): number => {
    const own = logits.subarray(segment * classes, (segment + 1) * classes);
    return own[label] - Math.max(...own.filter((_, k) => k !== label));
  };
  const pick = (some: Example[], hard: number): Example[] => {
    const leads = new Map(some.map((example) => [example, lead(example)]));
    const sorted = [...some].sort((a, b) => leads.get(a)! - leads.get(b)!).slice(0, hard);
    return [...sorted, ...some.filter((example) => !sorted.includes(example)).slice(0, ANY_MORE)];
  };
  return [
    ...pick(examples.filter(({ label }) => label !== NO_DIGIT), HARDEST_DIGITS),
    ...pick(examples.filter(({ label }) => label === NO_DIGIT), HARDEST_OTHERS),
  ];
}

/** What each segment should be taken for; what is in between is left out. */
function examplesOf(alike: readonly Likeness[], picture: StringPicture): Example[] {
  const text = picture.text.replaceAll("\n", "");
  const best = new Array<number>(text.length).fill(0);
  for (const { digit, share } of alike) best[digit] = Math.max(best[digit], share);
  return alike.flatMap(({ digit, share }, segment) => {
    const isDigit = share >= DIGIT || (share >= BEST && share === best[digit]);
    if (!isDigit && share >= NONE) return [];
    return [{ segment, share, label: isDigit ? Number(text[digit]) : NO_DIGIT }];
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
