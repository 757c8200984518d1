import type { Dataset } from "../../src/data/dataset.ts";
import { preparePixels } from "../../src/image/prepare_pixels.ts";
import type { Random } from "../../src/model/random.ts";
import { drawDigit, DRAWINGS } from "./drawing.ts";
import { enlargeWhole } from "./enlarge_whole.ts";
import { HARD_KINDS, hardPicture } from "./hard_picture.ts";
import { noDigitPicture } from "./no_digit.ts";
import { photoThing } from "./photo_thing.ts";
import { pictureRandom } from "./picture_random.ts";
import type { RgbaPicture } from "./rgba_picture.ts";
import { solidPicture } from "./solid_picture.ts";

/** The classes of the judge. */
export const JUDGE_CLASSES: readonly string[] = ["digit", "no digit"];

/** What pictures are made of. */
export interface JudgeSources {
  /** Digits of MNIST. */
  readonly digits: Dataset;
  /** Photos of CIFAR-10, of which things are cut. */
  readonly photos: Dataset;
}

/** Pictures of one sort. */
export interface JudgePart {
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
  others("things", 16, ({ photos }, random) => asItIs(photoThing(photos, random))),
  others(
    "enlarged things",
    12,
    ({ photos }, random) => enlarged(photoThing(photos, random), random),
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
