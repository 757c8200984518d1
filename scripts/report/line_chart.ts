import type { EpochRecord } from "../../src/train/history.ts";
import { thin } from "./thin.ts";

/** One line of a {@linkcode LineChart}. */
export interface Line {
  readonly name: string;
  /** How it is drawn: what one step came to stands behind everything, and test is dashed. */
  readonly style: "step" | "train" | "test";
  /** Its height at every `x`; `null` where there is none. */
  readonly y: readonly (number | null)[];
}

/** Lines over whole numbers, as the page draws them. */
export interface LineChart {
  readonly title: string;
  /** What `x` counts. */
  readonly counts: "step" | "epoch";
  readonly unit: "" | "%";
  readonly x: readonly number[];
  readonly lines: readonly Line[];
}

/** More points than this cannot be told apart on a screen. */
const MOST_POINTS = 2000;

/**
 * The loss of every step, and the mean of each epoch.
 *
 * @param history What each epoch came to.
 * @returns The chart.
 */
export function stepChart(history: readonly EpochRecord[]): LineChart {
  const losses = history.flatMap(({ stepLosses }) => stepLosses);
  const means = history.flatMap(({ loss, stepLosses }) => stepLosses.map(() => loss));
  const kept = thin(losses, MOST_POINTS);
  return {
    title: "Loss of every step",
    counts: "step",
    unit: "",
    x: kept.map((step) => step + 1),
    lines: [
      { name: "loss", style: "step", y: kept.map((step) => rounded(losses[step])) },
      { name: "mean of the epoch", style: "train", y: kept.map((step) => rounded(means[step])) },
    ],
  };
}

/**
 * Loss or accuracy of every epoch, on what was learnt from and on what was set aside.
 *
 * @param history What each epoch came to.
 * @param what Which of the two.
 * @param measuredOn What was set aside.
 * @returns The chart; accuracy in percent.
 */
export function epochChart(
  history: readonly EpochRecord[],
  what: "loss" | "accuracy",
  measuredOn: string,
): LineChart {
  const factor = what === "accuracy" ? 100 : 1;
  const heights = (values: readonly (number | undefined)[]): (number | null)[] =>
    values.map((value) => value === undefined ? null : rounded(value * factor));
  const lines: Line[] = [
    { name: "train", style: "train", y: heights(history.map((record) => record[what])) },
  ];
  if (history.some(({ validation }) => validation !== undefined)) {
    const y = heights(history.map(({ validation }) => validation?.[what]));
    lines.push({ name: measuredOn, style: "test", y });
  }
  return {
    title: what === "loss" ? "Loss" : "Accuracy, %",
    counts: "epoch",
    unit: what === "accuracy" ? "%" : "",
    x: history.map(({ epoch }) => epoch),
    lines,
  };
}

/** As exact as it can be seen; `null` for what cannot be drawn. */
function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}
