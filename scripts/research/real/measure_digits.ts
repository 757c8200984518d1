import { checkAborted, LeNetError } from "../../../src/errors.ts";
import type { DigitImage } from "../../../src/image/image.ts";
import { wilson } from "../../../src/evaluate.ts";
import type { Sample } from "./sets.ts";

/** What of an answer is counted. */
export interface DigitAnswer {
  readonly digit: number | null;
  /** Why there is no digit; null when there is one. Of a picture that cannot be used, the code of the error. */
  readonly reason: string | null;
}

/** What is measured: a network, as `LeNet` is. */
export interface Reader {
  classify(image: DigitImage, options?: { readonly reject?: number }): Promise<DigitAnswer>;
  read(
    image: DigitImage,
    options?: { readonly length?: number | readonly [number, number] },
  ): Promise<{ readonly text: string | null }>;
}

/** Whether a picture gives the same digit to the reader of one digit and to the reader of lines. */
export interface Agreement {
  /** Pictures in which `classify` read a digit. */
  readonly classified: number;
  /** Those in which `read` read that digit and no other. */
  readonly same: number;
  /** Pictures that `classify` refused and in which `read` read exactly one digit. */
  readonly onlyRead: number;
}

/** The accuracy on a set of pictures of one digit. */
export interface DigitResult {
  readonly set: string;
  readonly count: number;
  /** Right answers with the default threshold. A refusal counts as wrong. */
  readonly right: number;
  /** Wrong digits with the default threshold. */
  readonly misread: number;
  /** The number of refusals with the default threshold, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Right answers with `reject: 0`. */
  readonly rightUnrefused: number;
  /** The accuracy with the default threshold, 0 to 1. */
  readonly share: number;
  /** The Wilson interval of that accuracy at 95 % confidence. */
  readonly interval: readonly [low: number, high: number];
  /** The accuracy with `reject: 0`, 0 to 1. */
  readonly shareUnrefused: number;
  readonly milliseconds: Cost;
  /** Left out where it was not asked for. */
  readonly agreement?: Agreement;
}

/** The time of an answer to a picture, decoding included, in milliseconds. */
export interface Cost {
  readonly mean: number;
  readonly median: number;
}

/** A picture with a wrong answer or none. */
export interface DigitFailure {
  readonly sample: Sample;
  readonly answer: DigitAnswer;
  /** The answer with `reject: 0`. */
  readonly unrefused: DigitAnswer;
}

/** How a set is measured. */
export interface MeasureOptions<Failure> {
  readonly set: string;
  /** The pictures; at least one. */
  readonly samples: readonly Sample[];
  readonly reader: Reader;
  /** Receives the number of pictures done. */
  readonly onProgress: (done: number) => void;
  readonly onFailure: (failure: Failure) => void | Promise<void>;
  readonly signal: AbortSignal;
}

/** Beside how any set is measured. */
interface DigitOptions extends MeasureOptions<DigitFailure> {
  /** Whether each picture is read by `read`, too, which takes several times as long as the rest. */
  readonly agreement?: boolean;
}

/**
 * Measures the accuracy on pictures of one digit, with the default threshold and with nothing refused.
 *
 * @throws {LeNetError} `aborted` when the signal is.
 */
export async function measureDigits(options: DigitOptions): Promise<DigitResult> {
  const { set, samples, reader, agreement: comparesReaders = false, onFailure } = options;
  let [right, misread, rightUnrefused, classified, same, onlyRead] = [0, 0, 0, 0, 0, 0];
  const refused: Record<string, number> = {};
  const times = await timeEach(
    options,
    (image) => answerOf(reader, image),
    async (sample, answer) => {
      const { image, text } = sample;
      const unrefused = await answerOf(reader, image, { reject: 0 });
      if (`${unrefused.digit}` === text) rightUnrefused++;
      const { digit, reason } = answer;
      if (digit === null) refused[`${reason}`] = (refused[`${reason}`] ?? 0) + 1;
      else if (`${digit}` !== text) misread++;
      if (`${digit}` === text) right++;
      else await onFailure({ sample, answer, unrefused });
      if (!comparesReaders) return;
      const line = await textOf(reader, image);
      if (digit === null) onlyRead += /^\d$/.test(line) ? 1 : 0;
      else {
        classified++;
        if (line === `${digit}`) same++;
      }
    },
  );
  const count = samples.length;
  return {
    set,
    count,
    right,
    misread,
    refused,
    rightUnrefused,
    share: right / count,
    interval: wilson(right, count),
    shareUnrefused: rightUnrefused / count,
    milliseconds: costOf(times),
    ...comparesReaders && { agreement: { classified, same, onlyRead } },
  };
}

/** Pictures between two yields to the event loop, without which Ctrl-C is not handled. */
const YIELD_EVERY = 8;

/**
 * Reads each picture, and times that alone. The first picture is read once before, as the first of a format loads its
 * decoder.
 *
 * @param use Receives each answer.
 * @returns The time of each answer in milliseconds.
 * @throws {LeNetError} `aborted` when the signal is.
 */
export async function timeEach<Answer>(
  { samples, onProgress, signal }: Pick<
    MeasureOptions<never>,
    "samples" | "onProgress" | "signal"
  >,
  read: (image: DigitImage, sample: Sample) => Promise<Answer>,
  use: (sample: Sample, answer: Answer) => Promise<void>,
): Promise<number[]> {
  await read(samples[0].image, samples[0]);
  const times: number[] = [];
  for (const sample of samples) {
    checkAborted(signal, "measure the pictures");
    const started = performance.now();
    const answer = await read(sample.image, sample);
    times.push(performance.now() - started);
    await use(sample, answer);
    onProgress(times.length);
    if (times.length % YIELD_EVERY === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  return times;
}

/** The mean and the median of times; at least one. */
export function costOf(times: readonly number[]): Cost {
  const sorted = [...times].sort((a, b) => a - b);
  const half = times.length / 2;
  return {
    mean: times.reduce((sum, time) => sum + time, 0) / times.length,
    median: (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2,
  };
}

/**
 * The text that is read in a picture; empty where there is none, and where the picture cannot be used.
 *
 * @param lengths The numbers of digits that its lines have, where the reader is told.
 */
export async function textOf(
  reader: Reader,
  image: DigitImage,
  lengths?: readonly number[],
): Promise<string> {
  const options = lengths && {
    length: [Math.min(...lengths), Math.max(...lengths)] as const,
  };
  return (await unlessUnusable(reader.read(image, options), () => ({ text: "" }))).text ?? "";
}

async function answerOf(
  reader: Reader,
  image: DigitImage,
  options?: { readonly reject: number },
): Promise<DigitAnswer> {
  return await unlessUnusable(
    reader.classify(image, options),
    (code) => ({ digit: null, reason: code }),
  );
}

/** An answer, or what stands for it where the picture cannot be used, so that the others are measured. */
async function unlessUnusable<Answer>(
  answer: Promise<Answer>,
  otherwise: (code: string) => Answer,
): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof LeNetError && error.code.startsWith("image/")) {
      return otherwise(error.code);
    }
    throw error;
  }
}

/** The mean of sets: each counts once, however many pictures it has. */
export interface DigitMean {
  /** The number of sets. */
  readonly sets: number;
  readonly share: number;
  readonly shareUnrefused: number;
}

/** Averages over sets; at least one. */
export function meanOf(results: readonly DigitResult[]): DigitMean {
  const mean = (of: "share" | "shareUnrefused"): number =>
    results.reduce((sum, result) => sum + result[of], 0) / results.length;
  return { sets: results.length, share: mean("share"), shareUnrefused: mean("shareUnrefused") };
}

/** The right readings that are lost to refusal, in percentage points. */
export function lostPoints(
  { share, shareUnrefused }: Pick<DigitResult, "share" | "shareUnrefused">,
): number {
  return 100 * (shareUnrefused - share);
}

/** Adds up the agreement of all pictures; undefined where a set has none. */
export function totalAgreement(results: readonly DigitResult[]): Agreement | undefined {
  return results.reduce<Agreement | undefined>(
    (sum, { agreement }) =>
      sum && agreement && {
        classified: sum.classified + agreement.classified,
        same: sum.same + agreement.same,
        onlyRead: sum.onlyRead + agreement.onlyRead,
      },
    { classified: 0, same: 0, onlyRead: 0 },
  );
}
