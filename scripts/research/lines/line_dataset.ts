import { DIGIT_DISTORTIONS, distort } from "../../../src/data/augment/distort.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { renderSyntheticDigit } from "../../../src/data/synthetic/digits.ts";
import { findComponents } from "../../../src/image/ink/components.ts";
import { Page } from "../../../src/image/page.ts";
import { Random } from "../../../src/model/random.ts";
import { LINE_HEIGHT, lineImages } from "../../../src/reading/line_images.ts";
import { deskew, findWritings } from "../../../src/reading/writing.ts";
import { makeExample, NON_DIGIT_PARTS } from "../hard_set/non_digit_dataset.ts";
import { styledDigit } from "../hard_set/pictures/learning/styles.ts";
import type { RgbaPicture } from "../hard_set/pictures/picture.ts";
import { STRING_KINDS, stringPicture } from "../hard_set/pictures/strings.ts";
import { linePicture } from "./line_picture.ts";
import { drawBar } from "./marks.ts";
import { type DrawDigit, writeLine } from "./written_line.ts";

/** A line image and what stands on it. */
export interface LabelledLine {
  /** 32 rows of so many bytes, ink 255. */
  readonly pixels: Uint8Array;
  readonly width: number;
  /** The digits; empty where there are none. */
  readonly text: string;
}

/** The datasets from which lines are made. */
export interface LineSources {
  /** Digits of MNIST. */
  readonly digits: Dataset;
  /** Photos of CIFAR-10, the texture of objects. */
  readonly photos: Dataset;
}

/** The parts of the pictures of no digits that show nothing that might be one. */
const NOTHING = NON_DIGIT_PARTS.filter(({ name }) =>
  /things|cloth|solids|letters|symbols|scribbles|static|cells|figures|punctuation|text/.test(name)
);

/** The share of the lines that show no digit. */
const NOTHING_SHARE = 0.12;

/** The share of the pictures with digits that are plain strings. */
const STRINGS_SHARE = 0.3;

/** The share of the written pictures that have two lines. */
const TWO_LINES = 0.12;

/**
 * Makes lines to learn from: pictures of numbers and of nothing are made, and cut into lines as pictures that are read
 * are. Pictures in which other lines are found than were written are left out.
 *
 * @param sources The datasets.
 * @param seed The same seed gives the same lines.
 * @returns The lines, without end.
 */
export function* labelledLines(sources: LineSources, seed: number): Generator<LabelledLine, never> {
  const random = new Random(seed);
  const classes = Array.from(
    { length: 10 },
    (_, label) =>
      [...sources.digits.labels.keys()].filter((n) => sources.digits.labels[n] === label),
  );
  for (let number = 0;; number++) {
    if (random.next() < NOTHING_SHARE) {
      const part = NOTHING[random.integer(NOTHING.length)];
      const { picture } = makeExample(part, number, seed, sources);
      for (const line of cutLines(picture)) if (!hasBar(line)) yield { ...line, text: "" };
      continue;
    }
    const { picture, texts } = random.next() < STRINGS_SHARE
      ? plainString(sources.digits, random)
      : writtenLines(sources.digits, classes, random);
    const lines = cutLines(picture);
    if (lines.length !== texts.length) continue;
    for (const [n, line] of lines.entries()) {
      if (random.next() < JOINED_SHARE) joinDigits(line, random);
      yield { ...line, text: texts[n] };
    }
  }
}

/** The share of the lines with digits that stand on a rule, or hang from one, that could not be told from them. */
const JOINED_SHARE = 0.06;

/** Draws a level line along the feet or the heads of the digits of a line, or along a part of them. */
function joinDigits({ pixels, width }: Omit<LabelledLine, "text">, random: Random): void {
  const hasInk = (y: number): boolean =>
    pixels.subarray(y * width, (y + 1) * width).some((ink) => ink >= INK);
  const rows = Array.from({ length: LINE_HEIGHT }, (_, y) => y).filter(hasInk);
  if (rows.length === 0) return;
  const thick = 1 + random.integer(3);
  const isBelow = random.next() < 0.6;
  const edge = isBelow ? rows[rows.length - 1] - thick + 1 : rows[0];
  const from = random.integer(Math.max(1, width >> 1));
  const to = width - random.integer(Math.max(1, (width - from) >> 1));
  const ink = 120 + random.integer(136);
  for (let y = Math.max(0, edge); y < Math.min(LINE_HEIGHT, edge + thick); y++) {
    for (let x = Math.max(MARGIN, from); x < Math.min(width - MARGIN, to); x++) {
      pixels[y * width + x] = Math.max(pixels[y * width + x], ink);
    }
  }
}

/** Columns at both ends of a line image that stay empty. */
const MARGIN = 8;

/** The share of the lines whose 1s are bars. */
const BARS_SHARE = 0.07;

/** A picture of lines, and the digits of each. */
interface Labelled {
  readonly picture: RgbaPicture;
  readonly texts: readonly string[];
}

function plainString({ images, labels, count }: Dataset, random: Random): Labelled {
  const draw = (): { pixels: Uint8Array; label: number } => {
    const n = random.integer(count);
    return { pixels: images.subarray(784 * n, 784 * (n + 1)), label: labels[n] };
  };
  const kind = STRING_KINDS[random.integer(STRING_KINDS.length)];
  const { picture, text } = stringPicture(kind, draw, random);
  return { picture, texts: text.split("\n") };
}

/** Whose digits a line is written with. */
const HANDS = [
  "mnist",
  "mnist",
  "mnist",
  "mnist",
  "styles",
  "styles",
  "mixed",
  "mixed",
  "skeletons",
] as const;

function writtenLines(
  digits: Dataset,
  classes: readonly (readonly number[])[],
  random: Random,
): Labelled {
  const scratch = new Float32Array(784);
  const mnistDigit: DrawDigit = (label) => {
    const own = classes[label];
    const n = own[random.integer(own.length)];
    const pixels = digits.images.subarray(784 * n, 784 * (n + 1));
    if (random.next() < 0.3) return pixels;
    distort(pixels, [1, 28, 28], WRITING, random, scratch);
    return toBytes(scratch);
  };
  const styled: DrawDigit = (label) => styledDigit(label, random).pixels;
  const skeleton: DrawDigit = (label) => toBytes(renderSyntheticDigit(label, random));
  const mixed: DrawDigit = (label) =>
    [mnistDigit, mnistDigit, styled, skeleton][random.integer(4)](label);
  const hands = { mnist: mnistDigit, styles: styled, mixed, skeletons: skeleton };
  const rows = random.next() < TWO_LINES ? 2 : 1;
  const lines = Array.from({ length: rows }, () => {
    const hand = hands[HANDS[random.integer(HANDS.length)]];
    const hasBars = random.next() < BARS_SHARE;
    return writeLine((label) => hasBars && label === 1 ? drawBar(random) : hand(label), random);
  });
  return { picture: linePicture(lines, random), texts: lines.map(({ text }) => text) };
}

/** Digits are moved when the line is written. */
const WRITING = { ...DIGIT_DISTORTIONS, strength: 0.6, shift: 0 };

function toBytes(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => Math.round(255 * value));
}

/** A piece is a bar that is at least so high, and at most so wide, in pixels of a line image. */
const BAR_HEIGHT = 12;

const BAR_WIDTH = 7;

/** What surely is ink, in bytes. */
const INK = 90;

/** Whether something on a line looks like a plain 1: where it is none, nobody could tell. */
export function hasBar({ pixels, width }: Omit<LabelledLine, "text">): boolean {
  const mask = pixels.map((ink) => ink >= INK ? 1 : 0);
  return findComponents(mask, width, LINE_HEIGHT).some(({ left, right, top, bottom }) =>
    bottom - top + 1 >= BAR_HEIGHT && right - left + 1 <= BAR_WIDTH
  );
}

function cutLines({ data, width, height }: RgbaPicture): Omit<LabelledLine, "text">[] {
  const page = new Page({ data, width, height, channels: 4 });
  const [writing] = findWritings(page);
  if (writing === undefined) return [];
  return lineImages(deskew(writing)).map(({ map }) => ({
    pixels: Uint8Array.from(map.data, (ink) => Math.round(255 * Math.min(1, Math.max(0, ink)))),
    width: map.width,
  }));
}
