import type { TrainProgress } from "../src/train/history.ts";
import { percent } from "./percent.ts";
import { bar, duration } from "./progress_line.ts";

/**
 * How a training is doing, in one line for a person.
 *
 * @param progress What the training tells after a step.
 * @returns The line.
 */
export function progressText(progress: TrainProgress): string {
  const { epoch, epochs, step, steps, loss, accuracy, imagesPerSecond, secondsLeft } = progress;
  return [
    `epoch ${epoch}/${epochs}`,
    bar(step / steps, 20),
    `loss ${loss.toFixed(4)}`,
    `accuracy ${percent(accuracy)}`,
    `${Math.round(imagesPerSecond)} images/s`,
    `${duration(secondsLeft)} left`,
  ].join("  ");
}
