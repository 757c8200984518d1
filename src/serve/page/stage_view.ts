import type { Activation } from "../../../mod.ts";
import { element } from "./elements.ts";
import type { Rgb } from "./views.ts";

/** What a stage gives, and how it is laid out. */
interface Grid {
  /** How many maps there are. */
  readonly channels: number;
  /** Columns and rows of each. */
  readonly side: number;
  /** How many of them stand side by side. */
  readonly columns: number;
}

/** Pixels between maps. */
const GAP = 2;

/** Shows the maps of one stage of a network side by side, each from its lowest value to the highest of all. */
export class StageView {
  readonly #context: CanvasRenderingContext2D;
  readonly #grid: Grid;
  readonly #colours: () => { readonly low: Rgb; readonly high: Rgb };
  #values: Float32Array;

  /**
   * @param id The canvas's id.
   * @param grid What is shown, and how.
   * @param colours Those of the lowest and of the highest value.
   */
  constructor(id: string, grid: Grid, colours: () => { readonly low: Rgb; readonly high: Rgb }) {
    const canvas = element(id, HTMLCanvasElement);
    const { channels, side, columns } = grid;
    canvas.width = columns * (side + GAP) - GAP;
    canvas.height = Math.ceil(channels / columns) * (side + GAP) - GAP;
    this.#context = canvas.getContext("2d") as CanvasRenderingContext2D;
    this.#grid = grid;
    this.#colours = colours;
    this.#values = new Float32Array(channels * side * side);
    this.redraw();
  }

  /**
   * @param stage What the stage gave.
   */
  show({ values }: Activation): void {
    this.#values = values;
    this.redraw();
  }

  /** Shows nothing but where the maps will be. */
  clear(): void {
    this.#values = new Float32Array(this.#values.length);
    this.redraw();
  }

  /** Shows the same again, in colours that may have changed. */
  redraw(): void {
    const { channels, side, columns } = this.#grid;
    const { canvas: { width, height } } = this.#context;
    const image = this.#context.createImageData(width, height);
    const { low, high } = this.#colours();
    const [lowest, highest] = range(this.#values);
    const size = side * side;
    for (let i = 0; i < channels * size; i++) {
      const channel = Math.floor(i / size);
      const x = channel % columns * (side + GAP) + i % side;
      const y = Math.floor(channel / columns) * (side + GAP) + Math.floor(i % size / side);
      const share = (this.#values[i] - lowest) / (highest - lowest);
      const at = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) image.data[at + c] = low[c] + share * (high[c] - low[c]);
      image.data[at + 3] = 255;
    }
    this.#context.putImageData(image, 0, 0);
  }
}

function range(values: Float32Array): [lowest: number, highest: number] {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  // Where all are the same, they are low.
  return [lowest, highest > lowest ? highest : lowest + 1];
}
