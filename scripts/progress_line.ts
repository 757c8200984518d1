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
