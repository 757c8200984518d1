import type { DownloadOptions } from "../data/download.ts";
import type { TrainProgress } from "../train/checkpoint.ts";

const encoder = new TextEncoder();

/** How often the line is drawn at most, in milliseconds. */
const INTERVAL = 100;

/** One line on the terminal that is drawn over and over; silent where standard error is no terminal. */
export class ProgressLine {
  #drawn = -Infinity;
  #shown = false;

  /**
   * Draws the line, unless it was drawn a moment ago.
   *
   * @param text What it says; cut to the width of the terminal.
   */
  draw(text: () => string): void {
    const now = performance.now();
    if (now - this.#drawn < INTERVAL || !Deno.stderr.isTerminal()) return;
    this.#drawn = now;
    this.#shown = true;
    const { columns } = Deno.consoleSize();
    this.#write(`\r\x1b[K${text().slice(0, columns - 1)}`);
  }

  /** Takes the line away, so that something else can be printed. */
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
 * A bar of blocks.
 *
 * @param share How much of it is full, 0 to 1.
 * @param width Its length in characters.
 * @returns The bar.
 */
export function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

/**
 * @param seconds A time.
 * @returns It for people, such as `1:05` or `2:00:00`.
 */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) =>
    String(part).padStart(2, "0")
  );
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":").replace(/^0/, "");
}

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

/**
 * Shows on the terminal how a download goes.
 *
 * @returns The option to give to whatever downloads.
 */
export function downloadProgress(): Pick<DownloadOptions, "onProgress"> {
  const line = new ProgressLine();
  return {
    onProgress({ file, received, total }) {
      if (received >= total) line.clear();
      else {line.draw(() =>
          `${file}  ${bar(received / total, 20)}  ${Math.floor(received / 1e6)} MB`
        );}
    },
  };
}

/**
 * @param share A share, 0 to 1.
 * @returns It for people, such as `98.73 %`.
 */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/**
 * @param interval The bounds of a share, 0 to 1.
 * @returns Them for people, in percent, such as `98.51 to 98.94`.
 */
export function intervalText(interval: readonly [low: number, high: number]): string {
  return interval.map((bound) => (100 * bound).toFixed(2)).join(" to ");
}
