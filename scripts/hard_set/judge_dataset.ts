import type { Dataset } from "../../src/data/dataset.ts";
import { preparePixels } from "../../src/image/prepare_pixels.ts";
import { Random } from "../../src/model/random.ts";
import { drawDigit, DRAWINGS } from "./drawing.ts";
import { enlargeWhole } from "./enlarge_whole.ts";
import { HARD_KINDS, hardPicture } from "./hard_picture.ts";
import { NO_DIGIT_KINDS, noDigitPicture } from "./no_digit.ts";
import type { RgbaPicture } from "./rgba_picture.ts";
import { solidPicture } from "./solid_picture.ts";

/** The classes of the judge. */
export const JUDGE_CLASSES: readonly string[] = ["digit", "no digit"];

const SIDE = 28;
const ENLARGED = 200;

/**
 * Makes what the judge learns from: pictures with and without a digit, in turn, prepared as pictures are.
 *
 * @param digits MNIST's digits.
 * @param count How many pictures; those in which no ink is found are made again.
 * @param seed Decides all of them.
 * @param onProgress Is told how many are done.
 * @returns 28×28 pictures with the labels 0 (digit) and 1 (no digit).
 */
export async function judgeDataset(
  digits: Dataset,
  count: number,
  seed: number,
  onProgress: (done: number) => void,
): Promise<Dataset> {
  const random = new Random(seed);
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count;) {
    const label = n % 2;
    const picture = label === 0 ? digitPicture(digits, random) : otherPicture(random);
    const channels = picture.data.length === picture.width * picture.height ? 1 : 4;
    const { pixels, hasInk } = preparePixels({ ...picture, channels });
    if (!hasInk) continue;
    for (let i = 0; i < pixels.length; i++) {
      images[n * SIDE * SIDE + i] = Math.round(255 * pixels[i]);
    }
    labels[n] = label;
    if (++n % 100 === 0) {
      onProgress(n);
      // Others have their turn, Ctrl-C among them.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return {
    name: "pictures with and without a digit",
    images,
    labels,
    shape: [1, SIDE, SIDE],
    count,
    classNames: JUDGE_CLASSES,
    ...digits.checksums && { checksums: digits.checksums },
  };
}

function digitPicture(digits: Dataset, random: Random): RgbaPicture {
  const n = random.integer(digits.count);
  const digit = digits.images.subarray(n * SIDE * SIDE, (n + 1) * SIDE * SIDE);
  const chance = random.next();
  if (chance < 0.4) return hardPicture(digit, "mixed", random);
  if (chance < 0.6) {
    return hardPicture(digit, HARD_KINDS[random.integer(HARD_KINDS.length)], random);
  }
  if (chance < 0.8) return enlargeWhole(digit, ENLARGED, random.next() < 0.5);
  return drawDigit(random.integer(10), DRAWINGS[random.integer(DRAWINGS.length)], random);
}

function otherPicture(random: Random): RgbaPicture {
  if (random.next() < 0.5) {
    const solid = solidPicture(random);
    if (random.next() < 0.5) return enlargeWhole(solid, ENLARGED, random.next() < 0.5);
    return { data: new Uint8ClampedArray(solid), width: SIDE, height: SIDE };
  }
  return noDigitPicture(NO_DIGIT_KINDS[random.integer(NO_DIGIT_KINDS.length)], random);
}
