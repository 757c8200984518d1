import type { TrainProgress } from "../../src/train/history.ts";
import { percent } from "../percent.ts";
import { duration } from "../progress_line.ts";

/**
 * How a run is doing, for people.
 *
 * @param progress What was told after a step.
 * @returns Names and values, in order.
 */
export function progressFacts(progress: TrainProgress): [name: string, value: string][] {
  const { epoch, epochs, step, steps, loss, accuracy } = progress;
  return [
    ["epoch", `${epoch} of ${epochs}`],
    ["step", `${step} of ${steps}`],
    ["loss", loss.toFixed(4)],
    ["accuracy", percent(accuracy)],
    ["learning rate", String(Number(progress.learningRate.toPrecision(3)))],
    ["images/s", Math.round(progress.imagesPerSecond).toLocaleString("en-US")],
    ["time left", duration(progress.secondsLeft)],
  ];
}
