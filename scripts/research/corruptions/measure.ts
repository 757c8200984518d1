import { padToFit } from "../../../src/cli/sources.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { checkAborted } from "../../../src/errors.ts";
import type { LeNet } from "../../../src/lenet.ts";
import { wilson } from "../../../src/metrics.ts";
import { alignColumns, intervalText, percent } from "../../../src/watch/html.ts";

/** How many pictures are read at once. */
const PART = 100;

/** How many of some pictures were read right. */
interface Score {
  /** How many there were. */
  readonly count: number;
  /** How many were right; of a mean not a whole number. */
  readonly right: number;
  /** The share, 0 to 1. */
  readonly accuracy: number;
  /** Between what it lies with a certainty of 95 %. */
  readonly interval: readonly [low: number, high: number];
}

/** How a network reads pictures in both ways. */
export interface Scores {
  /** Its pixels as they are, as networks are usually measured. */
  readonly direct: Score;
  /** By the library, which may prepare a picture, and refuse it: that is counted as wrong. */
  readonly classify: Score;
  /** How many pictures the library refused; of a mean not a whole number. */
  readonly refused: number;
}

/**
 * Has a network read pictures, as they are and by all of the library.
 *
 * @param net The network.
 * @param dataset The pictures.
 * @param options `onProgress` is told how many pictures are done; `signal` ends it early.
 * @returns How many were right.
 * @throws {LeNetError} `data/mismatch` when the network takes no such pictures; `aborted` when the signal ends it.
 */
export async function measureCorruption(
  net: LeNet,
  dataset: Dataset,
  { onProgress, signal }: { onProgress: (done: number) => void; signal: AbortSignal },
): Promise<Scores> {
  const { images, labels, count } = dataset;
  const size = images.length / count;
  const { accuracy } = await net.evaluate(padToFit(dataset, net.model.architecture.input), {
    signal,
  });
  let [right, refused] = [0, 0];
  for (let start = 0; start < count; start += PART) {
    checkAborted(signal, "measure the pictures");
    const end = Math.min(count, start + PART);
    const pictures = Array.from({ length: end - start }, (_, n) => ({
      data: images.subarray((start + n) * size, (start + n + 1) * size),
      width: dataset.shape[2],
      height: dataset.shape[1],
    }));
    const answers = await net.classifyAll(pictures);
    right += answers.filter(({ digit }, n) => digit === labels[start + n]).length;
    refused += answers.filter(({ digit }) => digit === null).length;
    onProgress(end);
  }
  return {
    direct: scoreOf(Math.round(accuracy * count), count),
    classify: scoreOf(right, count),
    refused,
  };
}

/**
 * The mean of what several corruptions came to, each of the same digits.
 *
 * @param all What each came to; at least one.
 * @returns The mean; its interval is that of one corruption, since the digits are the same: it is no narrower than it
 * should be.
 */
export function meanOf(all: readonly Scores[]): Scores {
  const sum = (valueOf: (scores: Scores) => number): number =>
    all.reduce((total, scores) => total + valueOf(scores), 0);
  const mean = (way: "direct" | "classify"): Score =>
    scoreOf(
      all.reduce((sum, scores) => sum + scores[way].right, 0) / all.length,
      all[0][way].count,
    );
  return {
    direct: mean("direct"),
    classify: mean("classify"),
    refused: sum(({ refused }) => refused) / all.length,
  };
}

function scoreOf(right: number, count: number): Score {
  return { count, right, accuracy: right / count, interval: wilson(right, count) };
}

/** What is told of each network, after its accuracy. */
const COLUMNS = ["95 % interval", "by classify", "95 % interval", "refused"];

/** What one network came to. */
export interface NetworkResult {
  /** Its name, or its file. */
  readonly weights: string;
  /** The digits as they were. */
  readonly clean: Scores;
  /** Each corruption. */
  readonly corruptions: Readonly<Record<string, Scores>>;
  /** The mean of the corruptions. */
  readonly mean: Scores;
}

/**
 * What networks came to, for people.
 *
 * @param results What each came to: one network, or several side by side.
 * @returns A table, a line for each corruption.
 */
export function corruptionTable(results: readonly NetworkResult[]): string {
  const cells = ({ accuracy, interval }: Score): string[] => [
    percent(accuracy),
    intervalText(interval),
  ];
  const line = (name: string, scoresOf: (result: NetworkResult) => Scores): string[] => [
    name,
    ...results.flatMap((result) => {
      const { direct, classify, refused } = scoresOf(result);
      return [...cells(direct), ...cells(classify), percent(refused / classify.count)];
    }),
  ];
  return alignColumns([
    [
      "corruption",
      ...results.flatMap(({ weights }) => [weights, ...COLUMNS]),
    ],
    ...Object.keys(results[0].corruptions).map((name) =>
      line(name, ({ corruptions }) => corruptions[name])
    ),
    line("mean", ({ mean }) => mean),
    line("none", ({ clean }) => clean),
  ]);
}
