import type { DownloadOptions } from "../data/download.ts";
import type { TrainProgress } from "../train/epoch.ts";
import { duration, percent } from "../watch/format.ts";

const encoder = new TextEncoder();

/** Milliseconds between two drawings of a line: ten a second look continuous and cost nothing. */
const MIN_INTERVAL = 100;

/** A line on standard error that is redrawn in place. Nothing is written where standard error is no terminal. */
export class ProgressLine {
  #drawn = -Infinity;
  #shown = false;

  /**
   * Draws the line, unless it was drawn within the last 100 ms.
   *
   * @param text Gives the text, which is cut to the width of the terminal.
   */
  draw(text: () => string): void {
    const now = performance.now();
    if (now - this.#drawn < MIN_INTERVAL || !Deno.stderr.isTerminal()) return;
    this.#drawn = now;
    this.#shown = true;
    const { columns } = Deno.consoleSize();
    this.#write(`\r\x1b[K${text().slice(0, columns - 1)}`);
  }

  /** Erases the line, so that something else can be printed. */
  clear(): void {
    if (this.#shown) this.#write("\r\x1b[K");
    this.#shown = false;
    this.#drawn = -Infinity;
  }

  #write(text: string): void {
    Deno.stderr.writeSync(encoder.encode(text));
  }
}

/**
 * A progress bar of block characters.
 *
 * @param share The filled share, 0 to 1.
 * @param width Its length in characters.
 * @returns The bar.
 */
export function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

/**
 * The progress of a training as one line.
 *
 * @param progress The progress after a step.
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

/**
 * Shows the progress of downloads on a {@linkcode ProgressLine}.
 *
 * @returns The option for whatever downloads.
 */
export function downloadProgress(): Pick<DownloadOptions, "onProgress"> {
  const line = new ProgressLine();
  return {
    onProgress({ file, received, total }) {
      if (received >= total) return line.clear();
      line.draw(() => `${file}  ${bar(received / total, 20)}  ${Math.floor(received / 1e6)} MB`);
    },
  };
}
