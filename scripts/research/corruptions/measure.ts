import { padToFit } from "../../../src/cli/sources.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { checkAborted } from "../../../src/errors.ts";
import type { LeNet } from "../../../src/lenet.ts";
import { wilson } from "../../../src/evaluate.ts";
import { alignColumns, intervalText, percent } from "../../../src/watch/html.ts";

/** Pictures that are classified at once. */
const BATCH = 100;

/** The accuracy on a set of pictures. */
interface Score {
  readonly count: number;
  /** The number of right answers; of a mean it may be fractional. */
  readonly right: number;
  readonly accuracy: number;
  /** The Wilson interval of the accuracy at 95 % confidence. */
  readonly interval: readonly [low: number, high: number];
}

/** The accuracy of a network alone and of the whole library. */
export interface Scores {
  /** The network on the plain pixels, as published accuracies are measured. */
  readonly direct: Score;
  /** `classify`, which may prepare a picture or refuse it. A refusal counts as wrong. */
  readonly classify: Score;
  /** The number of refusals; of a mean it may be fractional. */
  readonly refused: number;
}

/**
 * Measures a network on a dataset, alone and with the whole library.
 *
 * @param options `onProgress` receives the number of pictures done.
 * @throws {LeNetError} `data/mismatch` when the images do not fit the network; `aborted` when the signal is.
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
  for (let start = 0; start < count; start += BATCH) {
    checkAborted(signal, "measure the pictures");
    const end = Math.min(count, start + BATCH);
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
 * The mean over corruptions of the same digits. Its interval is that of one corruption: the errors are correlated, and a
 * narrower one would claim too much.
 *
 * @param all The scores of each corruption; at least one.
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

/** The columns of a network after its accuracy. */
const COLUMNS = ["95 % interval", "by classify", "95 % interval", "refused"];

/** The accuracy of one network on all corruptions. */
export interface NetworkResult {
  /** The name of the network, or its file. */
  readonly weights: string;
  /** The digits without corruption. */
  readonly clean: Scores;
  readonly corruptions: Readonly<Record<string, Scores>>;
  /** The mean over the corruptions. */
  readonly mean: Scores;
}

/** Formats the accuracy as a table: a row for each corruption, the networks side by side. */
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
