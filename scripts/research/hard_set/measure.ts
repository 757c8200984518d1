import { drawDigit, DRAWINGS } from "./pictures/drawing.ts";
import { enlargeWhole, HARD_KINDS, hardPicture, pictureRandom } from "./pictures/hard_picture.ts";
import { NO_DIGIT_KINDS, noDigitPicture } from "./pictures/no_digit.ts";
import { greyPng, type RgbaPicture } from "./pictures/picture.ts";
import { type LabelledDigit, STRING_KINDS, stringPicture } from "./pictures/strings.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { checkAborted, LeNetError } from "../../../src/errors.ts";
import type { DigitImage } from "../../../src/image/image.ts";
import { readDigits } from "../../../src/classify.ts";
import type { LeNet } from "../../../src/lenet.ts";
import { wilson } from "../../../src/metrics.ts";

/** What one kind of picture came to. */
export interface KindResult {
  readonly kind: string;
  /** How many pictures there were. */
  readonly count: number;
  /** How many were answered as they should be. */
  readonly right: number;
  /** In how many nothing was read. */
  readonly none: number;
  /** The share that is right. */
  readonly share: number;
  /** Between what it lies with a certainty of 95 %. */
  readonly interval: readonly [low: number, high: number];
  /** How long one answer took on average, in milliseconds. */
  readonly milliseconds: number;
}

/** What {@linkcode measureKind} is given. */
export interface KindOptions {
  readonly kind: string;
  readonly count: number;
  /** Makes one picture after another. */
  readonly make: (number: number) => Trial;
  /** Reads a picture. */
  readonly read: (trial: Trial) => Promise<Answer>;
  /** Told how many are done. */
  readonly onProgress: (done: number) => void;
  /** Told of every wrong answer. */
  readonly onMistake: (mistake: Mistake) => void;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/**
 * Has pictures of one kind read, and counts what was right.
 *
 * @param options The pictures, and who reads them.
 * @returns What it came to.
 * @throws {LeNetError} `aborted` when the signal ends it.
 */
export async function measureKind(options: KindOptions): Promise<KindResult> {
  const { kind, count, make, read, onProgress, onMistake, signal } = options;
  let [right, none, time] = [0, 0, 0];
  for (let number = 0; number < count; number++) {
    checkAborted(signal, "measure the pictures");
    const trial = make(number);
    const started = performance.now();
    const answer = await read(trial);
    time += performance.now() - started;
    if (answer.text === "") none++;
    if (answer.text === trial.text) right++;
    else onMistake({ trial, answer, number });
    onProgress(number + 1);
  }
  const interval = wilson(right, count);
  return { kind, count, right, none, share: right / count, interval, milliseconds: time / count };
}

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

/**
 * Selects the reader of a kind: `classify` for one digit, `readDigits` for strings of digits.
 *
 * @param kind The kind.
 * @param net The network that classifies single digits.
 * @returns The reader.
 */
export function readerOf(kind: string, net: LeNet): (trial: Trial) => Promise<Answer> {
  if (STRING_KINDS.some((name) => name === kind)) {
    return async ({ image }) => {
      const { text, digits } = await readDigits(image);
      return { text, confidence: Math.min(1, ...digits.map(({ confidence }) => confidence)) };
    };
  }
  return async ({ image }) => {
    const { digit, confidence } = await net.classify(image);
    return { text: digit === null ? "" : String(digit), confidence };
  };
}

/** A picture to be read, and what it shows. */
export interface Trial {
  /** What the library is given. */
  readonly image: DigitImage;
  /** The same for people to look at. */
  readonly picture: RgbaPicture;
  /** The digits in it; empty when there are none. */
  readonly text: string;
}

/** What the library said of a trial. */
interface Answer {
  /** The digits that it read; empty when it read none. */
  readonly text: string;
  /** How sure it was, 0 to 1. */
  readonly confidence: number;
}

/** A trial whose answer was not what it should be. */
export interface Mistake {
  readonly trial: Trial;
  readonly answer: Answer;
  /** Its number among the trials of its kind. */
  readonly number: number;
}
