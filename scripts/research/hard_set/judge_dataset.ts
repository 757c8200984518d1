import type { Dataset } from "../../../src/data/dataset.ts";
import { likelyHypothesis } from "../../../src/image/further.ts";
import { Page } from "../../../src/image/page.ts";
import type { Random } from "../../../src/model/random.ts";
import { drawDigit, DRAWINGS } from "./pictures/drawing.ts";
import { enlargeWhole, HARD_KINDS, hardPicture, pictureRandom } from "./pictures/hard_picture.ts";
import { noDigitPicture } from "./pictures/no_digit.ts";
import { photoCutout, solidPicture } from "./pictures/objects.ts";
import type { RgbaPicture } from "./pictures/picture.ts";

/** The classes of the judge, the network that scores whether ink is a digit at all. */
export const JUDGE_CLASSES: readonly string[] = ["digit", "no digit"];

/** The datasets from which pictures are made. */
interface JudgeSources {
  /** Digits of MNIST. */
  readonly digits: Dataset;
  /** Photos of CIFAR-10, the texture of objects. */
  readonly photos: Dataset;
}

/** One component of the training set. */
interface JudgePart {
  readonly name: string;
  /** Index into {@linkcode JUDGE_CLASSES}. */
  readonly label: 0 | 1;
  /** Share of the training set in percent. */
  readonly percent: number;
  readonly make: (sources: JudgeSources, random: Random) => RgbaPicture;
}

const SIDE = 28;

const ENLARGED = 200;

/** The components of the training set, half of them digits. Names seed the pictures. */
export const JUDGE_PARTS: readonly JudgePart[] = [
  positives("mixed damage", 22, (digit, random) => hardPicture(digit, "mixed", random)),
  positives("one damage", 13, (digit, random) => {
    return hardPicture(digit, HARD_KINDS[random.integer(HARD_KINDS.length)], random);
  }),
  positives("enlarged", 5, (digit, random) => enlarged(shifted(digit, random), random)),
  positives("moved", 2, offCentre),
  {
    name: "drawn",
    label: 0,
    percent: 8,
    make: (_, random) =>
      drawDigit(random.integer(10), DRAWINGS[random.integer(DRAWINGS.length)], random),
  },
  negatives("things", 16, ({ photos }, random) => unscaled(photoCutout(photos, random))),
  negatives(
    "enlarged things",
    12,
    ({ photos }, random) => enlarged(photoCutout(photos, random), random),
  ),
  negatives("solids", 2, (_, random) => unscaled(solidPicture(random))),
  negatives("enlarged solids", 3, (_, random) => enlarged(solidPicture(random), random)),
  negatives("letters", 4, (_, random) => noDigitPicture("letters", random)),
  negatives("symbols", 2, (_, random) => noDigitPicture("symbols", random)),
  negatives("scribbles", 4, (_, random) => noDigitPicture("scribbles", random)),
  negatives("static", 7, (_, random) => noDigitPicture("static", random)),
];

/**
 * Makes the training set of the judge: degraded and clean digits, and objects, symbols and noise, each prepared as the
 * library prepares it.
 *
 * @param count The number of pictures; each component is rounded to whole pictures.
 * @param onProgress Receives the number of pictures made, every hundred.
 * @returns 28×28 images with labels of {@linkcode JUDGE_CLASSES}.
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
      // Yields to the event loop, so that Ctrl-C is handled.
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
 * Makes one picture as the judge sees it. The library never asks the judge about pictures without ink or of MNIST's own
 * form, so these are drawn again.
 *
 * @param number The index of the picture in its component.
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
    const page = new Page({ ...picture, channels });
    if (page.asMnist() !== undefined) continue;
    const hypothesis = likelyHypothesis(page);
    if (hypothesis === undefined || hypothesis.isFramed) continue;
    return Uint8Array.from(hypothesis.found, (ink) => Math.round(255 * ink));
  }
}

function positives(
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

function negatives(name: string, percent: number, make: JudgePart["make"]): JudgePart {
  return { name, label: 1, percent, make };
}

function enlarged(pixels: Uint8Array, random: Random): RgbaPicture {
  return enlargeWhole(pixels, ENLARGED, random.next() < 0.5);
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

/** Translates a digit by up to three pixels along each axis: centred ones are not passed to the judge. */
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
