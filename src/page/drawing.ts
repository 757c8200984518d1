import type { Sheet } from "./sheet.ts";
import type { Point, Stroke } from "./stroke.ts";

/** What a pen wrote, shown on any number of sheets. */
export class Drawing {
  readonly #sheets: readonly Sheet[];
  readonly #strokes: Stroke[] = [];

  /**
   * @param sheets Where it is shown.
   */
  constructor(...sheets: readonly Sheet[]) {
    this.#sheets = sheets;
  }

  /** Whether nothing was written. */
  get isEmpty(): boolean {
    return this.#strokes.length === 0;
  }

  /** Puts the pen down. */
  begin(at: Point): void {
    this.#strokes.push([at]);
    for (const sheet of this.#sheets) sheet.line(at, at);
  }

  /** Draws a line from where the pen is; begins one if all was taken back meanwhile. */
  lineTo(to: Point): void {
    const stroke = this.#strokes.at(-1);
    if (stroke === undefined) return this.begin(to);
    const from = stroke[stroke.length - 1];
    stroke.push(to);
    for (const sheet of this.#sheets) sheet.line(from, to);
  }

  /** Takes the last stroke back. */
  undo(): void {
    this.#strokes.pop();
    this.redraw();
  }

  /** Takes everything back. */
  clear(): void {
    this.#strokes.length = 0;
    this.redraw();
  }

  /** Draws everything anew, after a sheet changed its size or colours. */
  redraw(): void {
    for (const sheet of this.#sheets) sheet.draw(this.#strokes);
  }
}
