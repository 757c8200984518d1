import type { Checkpoint } from "../src/train/checkpoint.ts";
import type { EpochRecord, TrainProgress } from "../src/train/history.ts";
import type { TrainResult } from "../src/train/train.ts";
import { percent } from "./percent.ts";
import { duration, ProgressLine } from "./progress_line.ts";
import { progressText } from "./progress_text.ts";

/** What a run says while it goes on, to a person or to a program. */
export class TrainReport {
  readonly #line = new ProgressLine();
  readonly #json: boolean;
  readonly #started = performance.now();

  /** @param json Whether to print lines of JSON instead of text. */
  constructor(json: boolean) {
    this.#json = json;
  }

  /** Draws the progress of an epoch. */
  step(progress: TrainProgress): void {
    this.#line.draw(() => progressText(progress));
  }

  /** Prints the epoch that was just done. */
  epoch({ history, recipe }: Checkpoint): void {
    const record = history[history.length - 1];
    if (record === undefined) return;
    this.clear();
    if (this.#json) return console.log(JSON.stringify(withoutSteps(record)));
    console.log(describe(record, recipe.epochs));
  }

  /** Prints what the run came to. */
  result(out: string, { history, backend }: TrainResult): void {
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    if (this.#json) {
      const last = history[history.length - 1];
      return console.log(JSON.stringify({ out, backend, seconds, ...withoutSteps(last) }));
    }
    console.log(`${out} written, trained on ${backend} in ${duration(seconds)}`);
  }

  /** Takes the progress away, so that something else can be printed. */
  clear(): void {
    this.#line.clear();
  }
}

function withoutSteps({ stepLosses: _, ...record }: EpochRecord): Omit<EpochRecord, "stepLosses"> {
  return record;
}

function describe({ epoch, loss, accuracy, validation }: EpochRecord, epochs: number): string {
  return [
    `epoch ${epoch}/${epochs}`,
    `loss ${loss.toFixed(4)}`,
    `accuracy ${percent(accuracy)}`,
    ...validation === undefined ? [] : [
      `validation loss ${validation.loss.toFixed(4)}`,
      `validation accuracy ${percent(validation.accuracy)}`,
    ],
  ].join("  ");
}
