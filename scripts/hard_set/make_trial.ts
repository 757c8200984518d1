import type { Dataset } from "../../src/data/dataset.ts";
import { LeNetError } from "../../src/model/error.ts";
import { drawDigit, DRAWINGS } from "./drawing.ts";
import { enlargeWhole } from "./enlarge_whole.ts";
import { greyPng } from "./grey_png.ts";
import { HARD_KINDS, hardPicture } from "./hard_picture.ts";
import { NO_DIGIT_KINDS, noDigitPicture } from "./no_digit.ts";
import { pictureRandom } from "./picture_random.ts";
import { type LabelledDigit, STRING_KINDS, stringPicture } from "./string_picture.ts";
import type { Trial } from "./trial.ts";

/** What pictures are made of. */
export interface Sources {
  /** Digits of 28×28 pixels. */
  readonly digits: Dataset;
  /** Clothing of 28×28 pixels, where it is needed. */
  readonly clothing: Dataset | undefined;
  /** What tells one set of pictures from another. */
  readonly seed: number;
}

/** Columns and rows of an enlarged picture. */
const ENLARGED = 200;

/**
 * Makes one of the pictures of a kind.
 *
 * @param kind Its kind, one of those that are counted.
 * @param number Which picture it is.
 * @param count How many there are: they are spread evenly over the digits.
 * @param sources What it is made of.
 * @returns The picture, and what it shows.
 * @throws {LeNetError} `option/invalid` when there is no such kind, or there is no clothing for it.
 */
export function makeTrial(
  kind: string,
  number: number,
  count: number,
  { digits, clothing, seed }: Sources,
): Trial {
  const index = spread(number, count, digits);
  const random = pictureRandom(kind, index, seed);
  const { pixels, label } = digitAt(digits, index);
  const text = String(label);
  if (kind === "plain") {
    return { image: pixels, picture: enlargeWhole(pixels, ENLARGED, false), text };
  }
  if (kind === "plain-png") {
    const picture = hardPicture(pixels, "enlarged", random);
    return { image: greyPng(picture), picture, text };
  }
  const hard = HARD_KINDS.find((name) => name === kind);
  if (hard !== undefined) return sameForBoth(hardPicture(pixels, hard, random), text);
  const drawing = DRAWINGS.find((name) => name === kind);
  if (drawing !== undefined) {
    return sameForBoth(drawDigit(number % 10, drawing, random), `${number % 10}`);
  }
  const string = STRING_KINDS.find((name) => name === kind);
  if (string !== undefined) {
    const draw = (): LabelledDigit => digitAt(digits, random.integer(digits.count));
    const { picture, text } = stringPicture(string, draw, random);
    return sameForBoth(picture, text);
  }
  const noDigit = NO_DIGIT_KINDS.find((name) => name === kind);
  if (noDigit !== undefined) return sameForBoth(noDigitPicture(noDigit, random), "");
  if (clothing === undefined || !kind.startsWith("fashion")) {
    throw new LeNetError(
      "option/invalid",
      `Cannot make pictures of the kind ${kind}: there are none`,
    );
  }
  const article = digitAt(clothing, spread(number, count, clothing)).pixels;
  const picture = enlargeWhole(article, ENLARGED, random.next() < 0.5);
  return { image: kind === "fashion" ? article : picture, picture, text: "" };
}

function spread(number: number, count: number, dataset: Dataset): number {
  return Math.floor((number + 0.5) * dataset.count / count);
}

function digitAt({ images, labels }: Dataset, index: number): LabelledDigit {
  return { pixels: images.subarray(784 * index, 784 * (index + 1)), label: labels[index] };
}

function sameForBoth(picture: Trial["picture"], text: string): Trial {
  return { image: picture, picture, text };
}
