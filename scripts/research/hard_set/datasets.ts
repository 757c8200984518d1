import { drawDigit, DRAWINGS } from "./pictures/drawing.ts";
import { enlargeWhole, HARD_KINDS, hardPicture, pictureRandom } from "./pictures/hard_picture.ts";
import { noDigitPicture } from "./pictures/no_digit.ts";
import { photoCutout, solidPicture } from "./pictures/objects.ts";
import type { RgbaPicture } from "./pictures/picture.ts";
import {
  type LabelledDigit,
  type StringKind,
  type StringPicture,
  stringPicture,
} from "./pictures/strings.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import type { Runner } from "../../../src/engine/runner.ts";
import { preparePixels } from "../../../src/image/prepare_digit.ts";
import { Random } from "../../../src/model/random.ts";
import { type Lattice, latticesOf, segmentWindows, WINDOW } from "../../../src/reading/lattice.ts";

/** The classes of the judge. */
export const JUDGE_CLASSES: readonly string[] = ["digit", "no digit"];

/** What pictures are made of. */
interface JudgeSources {
  /** Digits of MNIST. */
  readonly digits: Dataset;
  /** Photos of CIFAR-10, of which things are cut. */
  readonly photos: Dataset;
}

/** Pictures of one sort. */
interface JudgePart {
  readonly name: string;
  /** 0 for a digit, 1 for none. */
  readonly label: 0 | 1;
  /** How many of a hundred pictures are such. */
  readonly percent: number;
  readonly make: (sources: JudgeSources, random: Random) => RgbaPicture;
}

const SIDE = 28;

const ENLARGED = 200;

/** What the judge learns from. */
export const JUDGE_PARTS: readonly JudgePart[] = [
  digits("mixed damage", 22, (digit, random) => hardPicture(digit, "mixed", random)),
  digits("one damage", 13, (digit, random) => {
    return hardPicture(digit, HARD_KINDS[random.integer(HARD_KINDS.length)], random);
  }),
  digits("enlarged", 5, (digit, random) => enlarged(shifted(digit, random), random)),
  digits("moved", 2, moved),
  {
    name: "drawn",
    label: 0,
    percent: 8,
    make: (_, random) =>
      drawDigit(random.integer(10), DRAWINGS[random.integer(DRAWINGS.length)], random),
  },
  others("things", 16, ({ photos }, random) => asItIs(photoCutout(photos, random))),
  others(
    "enlarged things",
    12,
    ({ photos }, random) => enlarged(photoCutout(photos, random), random),
  ),
  others("solids", 2, (_, random) => asItIs(solidPicture(random))),
  others("enlarged solids", 3, (_, random) => enlarged(solidPicture(random), random)),
  others("letters", 4, (_, random) => noDigitPicture("letters", random)),
  others("symbols", 2, (_, random) => noDigitPicture("symbols", random)),
  others("scribbles", 4, (_, random) => noDigitPicture("scribbles", random)),
  others("static", 7, (_, random) => noDigitPicture("static", random)),
];

/**
 * Makes what the judge learns from: pictures with and without a digit, half of them each, with their ink found.
 *
 * @param sources What they are made of.
 * @param count How many pictures, about.
 * @param seed Decides all of them.
 * @param onProgress Is told how many are done.
 * @returns 28×28 pictures with the labels 0 (digit) and 1 (no digit).
 */
export async function judgeDataset(
  sources: JudgeSources,
  count: number,
  seed: number,
  onProgress: (done: number) => void,
): Promise<Dataset> {
  const images: Uint8Array[] = [];
  const labels: number[] = [];
  for (const part of JUDGE_PARTS) {
    const wanted = Math.round(count * part.percent / 100);
    for (let n = 0; n < wanted; n++) {
      images.push(judgeImage(part, n, seed, sources));
      labels.push(part.label);
      if (images.length % 100 > 0) continue;
      onProgress(images.length);
      // Others have their turn, Ctrl-C among them.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  const all = new Uint8Array(images.length * SIDE * SIDE);
  images.forEach((image, n) => all.set(image, n * SIDE * SIDE));
  return {
    name: "pictures with and without a digit",
    images: all,
    labels: Uint8Array.from(labels),
    shape: [1, SIDE, SIDE],
    count: images.length,
    classNames: JUDGE_CLASSES,
    checksums: { ...sources.digits.checksums, ...sources.photos.checksums },
  };
}

/**
 * Makes one of the pictures, as the judge sees it. One in which no ink is found, or which needs no preparation, is
 * nothing for a judge: it is made again.
 *
 * @param part Its sort.
 * @param number Which of them.
 * @param seed Tells one set of pictures from another.
 * @param sources What it is made of.
 * @returns 28×28 bytes.
 */
export function judgeImage(
  part: JudgePart,
  number: number,
  seed: number,
  sources: JudgeSources,
): Uint8Array {
  const random = pictureRandom(part.name, number, seed);
  while (true) {
    const picture = part.make(sources, random);
    const channels = picture.data.length === picture.width * picture.height ? 1 : 4;
    const { found } = preparePixels({ ...picture, channels });
    if (found !== undefined) return Uint8Array.from(found, (ink) => Math.round(255 * ink));
  }
}

function digits(
  name: string,
  percent: number,
  make: (digit: Uint8Array, random: Random) => RgbaPicture,
): JudgePart {
  const makeOne = ({ digits }: JudgeSources, random: Random): RgbaPicture => {
    const start = SIDE * SIDE * random.integer(digits.count);
    return make(digits.images.subarray(start, start + SIDE * SIDE), random);
  };
  return { name, label: 0, percent, make: makeOne };
}

function others(name: string, percent: number, make: JudgePart["make"]): JudgePart {
  return { name, label: 1, percent, make };
}

function enlarged(pixels: Uint8Array, random: Random): RgbaPicture {
  return enlargeWhole(pixels, ENLARGED, random.next() < 0.5);
}

function asItIs(pixels: Uint8Array<ArrayBuffer>): RgbaPicture {
  return { data: new Uint8ClampedArray(pixels), width: SIDE, height: SIDE };
}

/** A digit that is not in the middle of its 28×28 pixels, or dark on light. */
function moved(digit: Uint8Array, random: Random): RgbaPicture {
  const data = new Uint8ClampedArray(shifted(digit, random));
  if (random.next() < 0.5) data.forEach((value, i) => data[i] = 255 - value);
  return { data, width: SIDE, height: SIDE };
}

/** A digit moved by up to three pixels across and down: in the middle nobody would judge it. */
function shifted(digit: Uint8Array, random: Random): Uint8Array {
  const [right, down] = [random.integer(7) - 3, random.integer(7) - 3];
  const data = new Uint8Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [u, v] = [x - right, y - down];
      if (u < 0 || v < 0 || u >= SIDE || v >= SIDE) continue;
      data[y * SIDE + x] = digit[v * SIDE + u];
    }
  }
  return data;
}

/** The share of pictures that are damaged in several ways at once; of the others, the share that is drawn anew. */
const MIXED = 0.6;

const DRAWN = 0.25;

/**
 * Makes pictures of digits as people take and draw them, and finds the digits in them as the library does: what a
 * network will meet there.
 *
 * @param digits MNIST's digits.
 * @param count How many; those in which no ink is found are made again.
 * @param seed Decides all of them.
 * @param onProgress Is told how many are done.
 * @returns 28×28 pictures with their digits.
 */
export async function pictureDataset(
  digits: Dataset,
  count: number,
  seed: number,
  onProgress: (done: number) => void,
): Promise<Dataset> {
  const random = new Random(seed);
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count;) {
    const { picture, label } = takeDigit(digits, random);
    const { pixels, hasInk } = preparePixels({ ...picture, channels: 4 });
    if (!hasInk) continue;
    images.set(pixels.map((value) => Math.round(255 * value)), n * SIDE * SIDE);
    labels[n] = label;
    if (++n % 100 === 0) {
      onProgress(n);
      // Others have their turn, Ctrl-C among them.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return { ...digits, name: `pictures of ${digits.name}`, images, labels, count };
}

function takeDigit(
  { images, labels, count }: Dataset,
  random: Random,
): { picture: RgbaPicture; label: number } {
  const n = random.integer(count);
  const digit = images.subarray(n * SIDE * SIDE, (n + 1) * SIDE * SIDE);
  if (random.next() < MIXED) {
    return { picture: hardPicture(digit, "mixed", random), label: labels[n] };
  }
  if (random.next() < DRAWN) {
    const label = random.integer(10);
    return { picture: drawDigit(label, DRAWINGS[random.integer(DRAWINGS.length)], random), label };
  }
  const kind = HARD_KINDS[random.integer(HARD_KINDS.length)];
  return { picture: hardPicture(digit, kind, random), label: labels[n] };
}

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
const MAX_DIGITS = 16;

const MAX_OTHERS = 20;

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
  const nearly = others.filter(({ share }) => share > NEARLY).slice(0, MAX_OTHERS / 2);
  const rest = others.filter((other) => !nearly.includes(other)).slice(0, MAX_OTHERS / 2);
  const digits = examples.filter(({ label }) => label !== NO_DIGIT).slice(0, MAX_DIGITS);
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
function examplesOf(alike: readonly Overlap[], picture: StringPicture): Example[] {
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

/** Ink fainter than this is the edge of a stroke, and is not counted. */
const STRONG = 0.5;

/** The digit of a picture that a segment is most like. */
interface Overlap {
  /** Which digit it is, in reading order. */
  readonly digit: number;
  /** How much of their ink is the same: twice what they share as a part of both together, 0 to 1 (Dice, 1945). */
  readonly share: number;
}

/**
 * Compares each segment of a line with the digits that stand in the picture.
 *
 * @param lattice The line.
 * @param picture The picture, and the truth about it.
 * @returns For each segment the digit that it is most like.
 */
export function diceOverlaps(
  { ink, segments }: Lattice,
  { isInkOf, boxes }: StringPicture,
): Overlap[] {
  const { width, height, data } = ink.map;
  // One bit for each digit that has ink at a pixel.
  const owners = new Uint32Array(data.length);
  const totals = new Array<number>(boxes.length).fill(0);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (data[at] < STRONG) continue;
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
        if (map.data[at] < STRONG) continue;
        const owner = owners[(y + v) * width + x + u];
        own++;
        for (let n = 0, bits = owner; bits !== 0; n++, bits >>>= 1) shared[n] += bits & 1;
      }
    }
    const shares = shared.map((count, n) => 2 * count / (own + totals[n]));
    const share = Math.max(...shares);
    return { digit: shares.indexOf(share), share };
  });
}
