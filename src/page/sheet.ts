import type { Point, Stroke } from "./stroke.ts";

/** The width of the pen, as a share of the sheet's side. */
const PEN = 0.06;

/** As much of a 2d context as drawing takes. */
type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A square canvas that strokes are drawn on. */
export class Sheet {
  readonly #context: Context;
  readonly #ink: () => string;
  readonly #paper: string | undefined;

  /**
   * @param context The canvas's; its width is taken for its side.
   * @param ink The colour of the pen, asked for at every stroke.
   * @param paper The colour of the ground; left out, the canvas is transparent.
   */
  constructor(context: Context, ink: () => string, paper?: string) {
    this.#context = context;
    this.#ink = ink;
    this.#paper = paper;
    this.draw([]);
  }

  /** Draws a straight line with round ends. */
  line(from: Point, to: Point): void {
    this.#path([from, to]);
  }

  /** Draws all strokes, and nothing else. */
  draw(strokes: readonly Stroke[]): void {
    const { canvas: { width, height } } = this.#context;
    this.#context.clearRect(0, 0, width, height);
    if (this.#paper !== undefined) {
      this.#context.fillStyle = this.#paper;
      this.#context.fillRect(0, 0, width, height);
    }
    for (const stroke of strokes) this.#path(stroke);
  }

  #path([first, ...rest]: readonly Point[]): void {
    const context = this.#context;
    const { width: side } = context.canvas;
    context.strokeStyle = this.#ink();
    context.lineWidth = side * PEN;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.beginPath();
    context.moveTo(first[0] * side, first[1] * side);
    // A line to its own beginning is a dot.
    for (const [x, y] of rest.length === 0 ? [first] : rest) context.lineTo(x * side, y * side);
    context.stroke();
  }
}
