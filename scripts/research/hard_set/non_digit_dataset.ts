import { distort, type Distortions } from "../../../src/data/augment/distort.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { argMax, type Runner } from "../../../src/engine/runner.ts";
import { furtherHypotheses } from "../../../src/image/further.ts";
import { firstHypothesis, type Hypothesis } from "../../../src/image/hypotheses.ts";
import { networkInputs } from "../../../src/image/network_input.ts";
import { Page } from "../../../src/image/page.ts";
import * as math from "../../../src/model/math.ts";
import type { Model } from "../../../src/model/model.ts";
import type { Random } from "../../../src/model/random.ts";
import { nonDigitInputs, NONE, type ReadInk } from "../../../src/non_digit.ts";
import { bitmapDigit } from "./pictures/learning/bitmap.ts";
import { closeCrop } from "./pictures/learning/close_crop.ts";
import { notOneDigitPicture } from "./pictures/page/digit_pieces.ts";
import { DRAWINGS, drawSkeleton, writeStrokes } from "./pictures/drawing.ts";
import { type Glyph, LETTERS } from "./pictures/glyphs.ts";
import { enlargeWhole, HARD_KINDS, hardPicture, pictureRandom } from "./pictures/hard_picture.ts";
import { noDigitPicture, strokesPicture } from "./pictures/no_digit.ts";
import { clothPicture, photoCutout, solidPicture } from "./pictures/objects.ts";
import { figurePicture } from "./pictures/learning/figures.ts";
import { otherLetter, otherSymbol } from "./pictures/learning/other_glyphs.ts";
import { PAGE_KINDS, pagePicture } from "./pictures/page/page_picture.ts";
import type { RgbaPicture } from "./pictures/picture.ts";
import type { LabelledDigit } from "./pictures/strings.ts";
import { styledDigit, styledSkeleton } from "./pictures/learning/styles.ts";

/** The classes of the network that tells digits from other ink. */
export const NON_DIGIT_CLASSES: readonly string[] = [..."0123456789", "none"];

/** The datasets from which pictures are made. */
export interface NonDigitSources {
  /** Digits of MNIST. */
  readonly digits: Dataset;
  /** Photos of CIFAR-10, the texture of objects. */
  readonly photos: Dataset;
}

/** Ink that was read, and where it was found. */
interface FoundInk extends ReadInk {
  readonly hypothesis: Hypothesis;
}

/** A picture for training. */
export interface Example {
  readonly picture: RgbaPicture;
  /** The digit, or {@linkcode NONE}. */
  readonly label: number;
  /** Whether all ink in the picture is the digit's. */
  readonly isClean: boolean;
  /** Which ink shows what the label says; default all. */
  readonly isAccepted?: (ink: FoundInk) => boolean;
}

/** One component of the training set. */
export interface NonDigitPart {
  readonly name: string;
  /** Share of the pictures in thousandths. */
  readonly share: number;
  readonly make: (sources: NonDigitSources, random: Random) => Example;
}

const SIDE = 28;

/** The side of an enlarged picture, in pixels. */
const MIN_ENLARGED = 112;

const MAX_ENLARGED = 224;

/** Share of the bitmaps that are a 1 at any rate: thick and stretched, a 1 has as many forms as all other digits. */
const ONES_SHARE = 0.25;

/** The width of the narrowest ink of several digits, as a share of its height. */
const SEVERAL_ASPECT = 0.95;

/** The components of the training set. Names seed the pictures. */
export const NON_DIGIT_PARTS: readonly NonDigitPart[] = [
  digits("mixed damage", 55, (digit, random) => hardPicture(digit.pixels, "mixed", random)),
  digits("one damage", 55, (digit, random) => {
    return hardPicture(digit.pixels, HARD_KINDS[random.integer(HARD_KINDS.length)], random);
  }, false),
  digits("enlarged", 20, ({ pixels }, random) => enlarged(shifted(pixels, random), random)),
  digits("moved", 10, ({ pixels }, random) => offCentre(pixels, random)),
  {
    name: "drawn",
    share: 60,
    make: (_, random) => {
      const label = random.integer(10);
      return { picture: drawnPicture(label, random), label, isClean: true };
    },
  },
  {
    name: "close crops",
    share: 170,
    make: (sources, random) => {
      const digit = anyDigit(sources, random);
      return { ...closeCrop(digit, () => anyDigit(sources, random), random), label: digit.label };
    },
  },
  {
    name: "bitmaps",
    share: 130,
    make: (sources, random) => {
      const digit = random.next() < ONES_SHARE ? one(sources, random) : anyDigit(sources, random);
      return { picture: bitmapDigit(digit, random), label: digit.label, isClean: true };
    },
  },
  digits("pages", 60, (digit, random) => {
    return pagePicture(digit, PAGE_KINDS[random.integer(PAGE_KINDS.length)], random);
  }, false),
  others("things", 35, ({ photos }, random) => unscaled(photoCutout(photos, random))),
  others(
    "enlarged things",
    45,
    ({ photos }, random) => enlarged(photoCutout(photos, random), random),
  ),
  others("cloth", 45, (_, random) => unscaled(clothPicture(random))),
  others("enlarged cloth", 55, (_, random) => enlarged(clothPicture(random), random)),
  others("solids", 5, (_, random) => unscaled(solidPicture(random))),
  others("enlarged solids", 5, (_, random) => enlarged(solidPicture(random), random)),
  others("letters", 20, (_, random) => glyph(letter(random), random)),
  others("other letters", 30, (_, random) => glyph(otherLetter(random), random)),
  others("symbols", 15, (_, random) => noDigitPicture("symbols", random)),
  others("other symbols", 25, (_, random) => glyph(otherSymbol(random), random)),
  others("scribbles", 30, (_, random) => noDigitPicture("scribbles", random)),
  others("static", 20, (_, random) => noDigitPicture("static", random)),
  others("cells", 15, (_, random) => noDigitPicture("cells", random)),
  others("figures", 25, (_, random) => figurePicture(random)),
  others("punctuation", 20, (_, random) => noDigitPicture("punctuation", random)),
  others("text", 10, (_, random) => noDigitPicture("text", random)),
  {
    name: "several",
    share: 30,
    make: (sources, random) => ({
      picture: notOneDigitPicture("several", () => anyDigit(sources, random), random),
      label: NONE,
      isClean: true,
      // Of digits far apart one alone may be found: that is a digit.
      isAccepted: ({ hypothesis: { box } }) => box.width > SEVERAL_ASPECT * box.height,
    }),
  },
  others("parts", 10, (sources, random) => {
    return notOneDigitPicture("parts", () => mnistDigit(sources, random), random);
  }),
];

/** Makes one picture of a component, which depends on its arguments alone. */
export function makeExample(
  part: NonDigitPart,
  number: number,
  seed: number,
  sources: NonDigitSources,
): Example {
  return part.make(sources, pictureRandom(part.name, number, seed));
}

/** A hypothesis of the ink of a picture, read and labelled. */
export interface LabelledInk extends FoundInk {
  /** The picture that it is of. */
  readonly picture: number;
  /** The digit that the ink is, or {@linkcode NONE}. */
  readonly label: number;
}

/** The network that reads digits. */
export interface Reader {
  readonly model: Model;
  readonly runner: Runner;
}

/** Hypotheses of one picture that are kept: as many of what is no digit as make it hard. */
const KEPT_OF_DIGITS = 3;

const KEPT_OF_OTHERS = 4;

/**
 * Makes pictures with and without a digit, and finds their ink in all ways in which the library does. What is misread,
 * although the ink of the same picture can be read when found in another way, or is not the digit's alone, is no digit;
 * what is always misread though the ink is the digit's alone is left out.
 *
 * @param sources The digits and the photos.
 * @param reader Reads the ink.
 * @param count The number of pictures; each component is rounded to whole pictures.
 * @param seed The same seed gives the same pictures.
 * @param onProgress Receives the number of pictures made, every hundred.
 * @returns The ink of all pictures, with the hypotheses of a picture beside each other.
 */
export async function makeLabelledInk(
  sources: NonDigitSources,
  reader: Reader,
  count: number,
  seed: number,
  onProgress: (done: number) => void,
): Promise<LabelledInk[]> {
  const inks: LabelledInk[] = [];
  let done = 0;
  for (const part of NON_DIGIT_PARTS) {
    const wanted = Math.round(count * part.share / 1000);
    for (let n = 0; n < wanted; n++) {
      const example = makeExample(part, n, seed, sources);
      const kept = pick(differentInk(example.picture), example.label, n);
      inks.push(...labelled(await readInk(kept, reader), example, done));
      if (++done % 100 > 0) continue;
      onProgress(done);
      // Yields to the event loop, so that Ctrl-C is handled.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return inks;
}

/** All hypotheses of the ink of a picture, none like another. Pictures of MNIST's own form are never asked about. */
function differentInk({ data, width, height }: RgbaPicture): Hypothesis[] {
  const channels = data.length === width * height ? 1 : 4;
  const page = new Page({ data, width, height, channels });
  const first = page.asMnist() === undefined ? firstHypothesis(page) : undefined;
  if (first === undefined) return [];
  const different = [first];
  for (const other of furtherHypotheses(page)) {
    if (!different.some(({ found }) => isLike(found, other.found))) different.push(other);
  }
  return different;
}

/** Ink that differs by less than this in all is the same. */
const SAME_INK = 4;

function isLike(a: Float32Array, b: Float32Array): boolean {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) < SAME_INK;
}

/** Keeps the first hypothesis, and of the others different ones for each picture. */
function pick(hypotheses: readonly Hypothesis[], label: number, number: number): Hypothesis[] {
  const kept = hypotheses.slice();
  while (kept.length > (label === NONE ? KEPT_OF_OTHERS : KEPT_OF_DIGITS)) {
    kept.splice(1 + number % (kept.length - 1), 1);
  }
  return kept;
}

async function readInk(
  hypotheses: readonly Hypothesis[],
  { model, runner }: Reader,
): Promise<FoundInk[]> {
  if (hypotheses.length === 0) return [];
  const inputs = networkInputs(model, hypotheses.map(({ pixels }) => pixels));
  const logits = await runner.logits(inputs, hypotheses.length);
  const { classes } = model.architecture;
  return hypotheses.map((hypothesis, n) => {
    const own = logits.slice(n * classes, (n + 1) * classes);
    return { hypothesis, logits: own, digit: argMax(own) };
  });
}

function labelled(
  inks: readonly FoundInk[],
  { label, isClean, isAccepted }: Example,
  picture: number,
): LabelledInk[] {
  const isReadable = inks.some(({ digit }) => digit === label);
  const kept = isAccepted ? inks.filter(isAccepted) : inks;
  return kept.flatMap((ink) => {
    if (label === NONE || ink.digit === label) return [{ ...ink, picture, label }];
    return isReadable || !isClean ? [{ ...ink, picture, label: NONE }] : [];
  });
}

/** The dataset from which the network of eleven classes learns: two channels of each ink. */
export function nonDigitDataset(
  inks: readonly LabelledInk[],
  checksums: Dataset["checksums"],
): Dataset {
  const size = 2 * SIDE * SIDE;
  const images = new Uint8Array(inks.length * size);
  inks.forEach(({ hypothesis }, n) => {
    images.set(nonDigitInputs([hypothesis]).map((ink) => Math.round(255 * ink)), n * size);
  });
  return {
    name: "ink of digits and of no digits",
    images,
    labels: Uint8Array.from(inks, ({ label }) => label),
    shape: [2, SIDE, SIDE],
    count: inks.length,
    classNames: NON_DIGIT_CLASSES,
    ...checksums && { checksums },
  };
}

function digits(
  name: string,
  share: number,
  make: (digit: LabelledDigit, random: Random) => RgbaPicture,
  isClean = true,
): NonDigitPart {
  return {
    name,
    share,
    make: (sources, random) => {
      const digit = anyDigit(sources, random);
      return { picture: make(digit, random), label: digit.label, isClean };
    },
  };
}

function others(
  name: string,
  share: number,
  make: (sources: NonDigitSources, random: Random) => RgbaPicture,
): NonDigitPart {
  return {
    name,
    share,
    make: (sources, random) => ({ picture: make(sources, random), label: NONE, isClean: true }),
  };
}

/** Share of the digits that are drawn, in styles that MNIST lacks. */
const STYLED_SHARE = 0.45;

function anyDigit(sources: NonDigitSources, random: Random): LabelledDigit {
  if (random.next() < STYLED_SHARE) return styledDigit(random.integer(10), random);
  return mnistDigit(sources, random);
}

/** A 1, drawn or of MNIST. */
function one(sources: NonDigitSources, random: Random): LabelledDigit {
  if (random.next() < 0.5) return styledDigit(1, random);
  for (;;) {
    const digit = mnistDigit(sources, random);
    if (digit.label === 1) return digit;
  }
}

function mnistDigit({ digits }: NonDigitSources, random: Random): LabelledDigit {
  const number = random.integer(digits.count);
  const start = SIDE * SIDE * number;
  const pixels = digits.images.subarray(start, start + SIDE * SIDE);
  const label = digits.labels[number];
  if (random.next() < 0.5) return { pixels, label };
  const distorted = new Float32Array(SIDE * SIDE);
  distort(pixels, [1, SIDE, SIDE], DISTORTIONS, random, distorted);
  return { pixels: Uint8Array.from(distorted, (ink) => Math.round(255 * ink)), label };
}

/** Distortions of half of MNIST's digits. Their place and their stroke width are changed elsewhere. */
const DISTORTIONS: Distortions = {
  rotation: 10,
  scale: 0.1,
  shear: 0.25,
  shift: 0,
  elastic: 0.06,
  thickness: 0,
  strength: 1,
};

/** A drawing on a canvas of any size, from that of MNIST on. */
function drawnPicture(label: number, random: Random): RgbaPicture {
  const drawing = DRAWINGS[random.integer(DRAWINGS.length)];
  const side = drawing === "one-pixel" && random.next() < 0.25
    ? SIDE
    : Math.round(60 * math.pow(6, random.next()));
  const height = Math.round(side * (side === SIDE ? 1 : random.uniform(0.8, 1.25)));
  return drawSkeleton(styledSkeleton(label, random), drawing, { width: side, height }, random);
}

/** Letters that some people's 4 and 6 look like. Many of them would teach that such digits are none. */
const DIGIT_LIKE = ["H", "Y", "h"];

/** Share of these that are kept. */
const DIGIT_LIKE_SHARE = 0.3;

function letter(random: Random): Glyph {
  for (;;) {
    const one = LETTERS[random.integer(LETTERS.length)];
    if (!DIGIT_LIKE.includes(one.name) || random.next() < DIGIT_LIKE_SHARE) return one;
  }
}

function glyph({ strokes, aspect }: Glyph, random: Random): RgbaPicture {
  return strokesPicture(writeStrokes(strokes, aspect, random), random);
}

function enlarged(pixels: Uint8Array, random: Random): RgbaPicture {
  const side = Math.round(random.uniform(MIN_ENLARGED, MAX_ENLARGED));
  return enlargeWhole(pixels, side, random.next() < 0.5);
}

function unscaled(pixels: Uint8Array<ArrayBuffer>): RgbaPicture {
  return { data: new Uint8ClampedArray(pixels), width: SIDE, height: SIDE };
}

/** A digit of 28×28 pixels that is off centre, and dark on light half of the time. */
function offCentre(digit: Uint8Array, random: Random): RgbaPicture {
  const data = new Uint8ClampedArray(shifted(digit, random));
  if (random.next() < 0.5) data.forEach((value, i) => data[i] = 255 - value);
  return { data, width: SIDE, height: SIDE };
}

/** Translates a digit by up to three pixels along each axis. */
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
