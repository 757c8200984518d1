import type { Activation, ImageShape } from "../../mod.ts";
import { element } from "./elements.ts";

/** Columns of maps and pixels between them. */
interface Grid {
  readonly columns: number;
  readonly gap: number;
}

/** Shows the channels of one stage of a network side by side: ink where a value is high, nothing where it is lowest. */
export class StageView {
  readonly #context: CanvasRenderingContext2D;
  readonly #grid: Grid;
  readonly #ink: () => readonly [red: number, green: number, blue: number];
  #shown: Activation | undefined;

  /**
   * @param id The canvas's id.
   * @param grid How channels are laid out.
   * @param ink The colour of the highest values.
   */
  constructor(
    id: string,
    grid: Grid,
    ink: () => readonly [red: number, green: number, blue: number],
  ) {
    this.#context = element(id, HTMLCanvasElement).getContext("2d") as CanvasRenderingContext2D;
    this.#grid = grid;
    this.#ink = ink;
  }

  /** Shows nothing. */
  clear(): void {
    this.#shown = undefined;
    const { canvas } = this.#context;
    this.#context.clearRect(0, 0, canvas.width, canvas.height);
  }

  /** Shows the same again, in colours that have changed. */
  redraw(): void {
    if (this.#shown) this.show(this.#shown);
  }

  /**
   * @param stage What the stage gave: [channels, height, width].
   */
  show(stage: Activation): void {
    this.#shown = stage;
    const { columns, gap } = this.#grid;
    const [channels, height, width] = stage.shape as ImageShape;
    const rows = Math.ceil(channels / columns);
    const across = columns * (width + gap) - gap;
    const down = rows * (height + gap) - gap;
    const image = this.#context.createImageData(across, down);
    const [red, green, blue] = this.#ink();
    const { lowest, highest } = range(stage.values);
    for (let c = 0, i = 0; c < channels; c++) {
      const left = (c % columns) * (width + gap);
      const top = Math.floor(c / columns) * (height + gap);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          const share = (stage.values[i] - lowest) / (highest - lowest);
          image.data.set(
            [red, green, blue, share * 255],
            4 * ((top + y) * across + left + x),
          );
        }
      }
    }
    this.#context.putImageData(image, 0, 0);
  }
}

function range(values: Float32Array): { lowest: number; highest: number } {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return { lowest, highest: Math.max(highest, lowest + 1e-6) };
}
