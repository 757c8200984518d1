import { alignColumns } from "../hard_set/align_columns.ts";
import { intervalText } from "../interval_text.ts";
import { percent } from "../percent.ts";
import type { Score, Scores } from "./measure_corruption.ts";

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
