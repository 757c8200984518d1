import type { Dataset } from "../../../src/data/dataset.ts";
import { checkAborted, LeNetError } from "../../../src/errors.ts";
import type { DigitImage } from "../../../src/image/image.ts";
import { type LeNet, readDigits } from "../../../src/lenet.ts";
import { wilson } from "../../../src/evaluate.ts";
import { type ScoredInk, scoredInk, type ScoredReading } from "../shared/scored_answers.ts";
import { spread } from "../shared/spread.ts";
import { READ_KINDS } from "./kinds.ts";
import { NOT_ONE_DIGIT_KINDS, notOneDigitPicture } from "./pictures/page/digit_pieces.ts";
import { drawDigit, DRAWINGS } from "./pictures/drawing.ts";
import { enlargeWhole, HARD_KINDS, hardPicture, pictureRandom } from "./pictures/hard_picture.ts";
import { NO_DIGIT_KINDS, noDigitPicture } from "./pictures/no_digit.ts";
import { PAGE_KINDS, pagePicture } from "./pictures/page/page_picture.ts";
import { greyPng, type RgbaPicture } from "./pictures/picture.ts";
import { type LabelledDigit, STRING_KINDS, stringPicture } from "./pictures/strings.ts";

/** The accuracy on one kind of picture. */
export interface KindResult {
  readonly kind: string;
  readonly count: number;
  /** Pictures with the right answer. */
  readonly right: number;
  /** Pictures in which nothing was read. */
  readonly none: number;
  /** Digits read in all pictures. */
  readonly digits: number;
  /** The accuracy, 0 to 1. */
  readonly share: number;
  /** The Wilson interval of the accuracy at 95 % confidence. */
  readonly interval: readonly [low: number, high: number];
  /** The mean time of an answer in milliseconds. */
  readonly milliseconds: number;
}

export interface KindOptions {
  readonly kind: string;
  readonly count: number;
  /** Makes the picture with a number from 0 to below `count`. */
  readonly make: (number: number) => Trial;
  readonly read: (trial: Trial) => Promise<Answer>;
  /** Receives the number of pictures done. */
  readonly onProgress: (done: number) => void;
  readonly onMistake: (mistake: Mistake) => void;
  /** Receives every answer. */
  readonly onAnswer?: (answer: Answer) => void;
  readonly signal: AbortSignal;
}

/**
 * Measures the accuracy of a reader on one kind of picture.
 *
 * @throws {LeNetError} `aborted` when the signal is.
 */
export async function measureKind(options: KindOptions): Promise<KindResult> {
  const { kind, count, make, read, onProgress, onMistake, onAnswer, signal } = options;
  let [right, none, digits, time] = [0, 0, 0, 0];
  for (let number = 0; number < count; number++) {
    checkAborted(signal, "measure the pictures");
    const trial = make(number);
    const started = performance.now();
    const answer = await read(trial);
    time += performance.now() - started;
    onAnswer?.(answer);
    if (answer.text === "") none++;
    digits += answer.text.replaceAll("\n", "").length;
    if (answer.text === trial.text) right++;
    else onMistake({ trial, answer, number });
    onProgress(number + 1);
  }
  const interval = wilson(right, count);
  return {
    kind,
    count,
    right,
    none,
    digits,
    share: right / count,
    interval,
    milliseconds: time / count,
  };
}

/** The datasets from which pictures are made. */
export interface Sources {
  /** Digits of 28×28 pixels. */
  readonly digits: Dataset;
  /** Clothing of 28×28 pixels, for the kinds of clothing. */
  readonly clothing: Dataset | undefined;
  readonly seed: number;
}

/** What shows nothing that might be a digit. */
const NOTHING_KINDS = ["scribbles", "static", "blank", "cells", "text"] as const;

/** Columns and rows of an enlarged image. */
const ENLARGED = 200;

/**
 * Makes a picture of a kind, which depends on its arguments alone.
 *
 * @param kind One of the kinds that are counted.
 * @param number The number of the picture, from 0.
 * @param count The number of pictures: they are spread evenly over the dataset.
 * @throws {LeNetError} `option/invalid` when the kind is unknown, or needs clothing that the sources lack.
 */
export function makeTrial(
  kind: string,
  number: number,
  count: number,
  { digits, clothing, seed }: Sources,
): Trial {
  const index = spread(number, count, digits.count);
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
  const page = PAGE_KINDS.find((name) => name === kind);
  if (page !== undefined) return sameForBoth(pagePicture({ pixels, label }, page, random), text);
  const draw = (): LabelledDigit => digitAt(digits, random.integer(digits.count));
  if (kind === "nothing-read") {
    const nothing = NOTHING_KINDS[number % NOTHING_KINDS.length];
    return sameForBoth(noDigitPicture(nothing, pictureRandom(nothing, index, seed)), "");
  }
  if (kind === "touching-known") {
    const trial = makeTrial("touching", number, count, { digits, clothing, seed });
    return { ...trial, length: trial.text.length };
  }
  const string = STRING_KINDS.find((name) => name === kind);
  if (string !== undefined) {
    const { picture, text } = stringPicture(string, draw, random);
    return sameForBoth(picture, text);
  }
  const noDigit = NO_DIGIT_KINDS.find((name) => name === kind);
  if (noDigit !== undefined) return sameForBoth(noDigitPicture(noDigit, random), "");
  const notOne = NOT_ONE_DIGIT_KINDS.find((name) => name === kind);
  if (notOne !== undefined) return sameForBoth(notOneDigitPicture(notOne, draw, random), "");
  if (clothing === undefined || !kind.startsWith("fashion")) {
    throw new LeNetError(
      "option/invalid",
      `Cannot make pictures of the kind ${kind}: ` +
        (clothing === undefined ? "found no clothing to make them of" : "found no such kind"),
    );
  }
  const article = digitAt(clothing, spread(number, count, clothing.count)).pixels;
  const picture = enlargeWhole(article, ENLARGED, random.next() < 0.5);
  return { image: kind === "fashion" ? article : picture, picture, text: "" };
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
  if ([...STRING_KINDS, ...READ_KINDS].some((name) => name === kind)) {
    return async ({ image, text, length }) => {
      const read = await readDigits(image, length === undefined ? {} : { length });
      const shown = text.split("\n");
      return {
        text: read.text ?? "",
        confidence: Math.min(1, ...read.lines.map(({ confidence }) => confidence)),
        // Where another number of lines was read, it is not known which is which.
        lines: read.lines.length === shown.length
          ? read.lines.map(({ text, confidence }, n) => ({
            isRight: text === shown[n],
            probability: confidence,
          }))
          : read.lines.map(({ confidence }) => ({ isRight: false, probability: confidence })),
      };
    };
  }
  return async ({ image, text }) => {
    const answer = await net.classify(image);
    const ink = scoredInk(answer, text);
    return { text: answer.className ?? "", confidence: answer.confidence, ...ink && { ink } };
  };
}

/** A picture to read, with the right answer. */
export interface Trial {
  /** The input of the library. */
  readonly image: DigitImage;
  /** The same as a picture, for a report. */
  readonly picture: RgbaPicture;
  /** The digits that it shows; empty where it is to be refused. */
  readonly text: string;
  /** The number of digits, where the reader is told. */
  readonly length?: number;
}

/** The answer of the library. */
export interface Answer {
  /** The digits read; empty where the picture was refused. */
  readonly text: string;
  /** The confidence, 0 to 1; of a string its smallest one. */
  readonly confidence: number;
  /** Where the answer depends on `digitProbability`: what it was for. */
  readonly ink?: ScoredInk;
  /** Of several digits: each line that was read. */
  readonly lines?: readonly ScoredReading[];
}

/** A trial with a wrong answer. */
export interface Mistake {
  readonly trial: Trial;
  readonly answer: Answer;
  /** The number of the trial within its kind. */
  readonly number: number;
}
