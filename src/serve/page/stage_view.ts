import type { Activation } from "../../../mod.ts";
import { type ColourName, element, type Rgb, rgb } from "./elements.ts";

/** Shows the activations of three stages of the network: its input and the feature maps of both convolutions. */
export class StagesView {
  /** By the names of the activations. */
  readonly #views: ReadonlyMap<string, StageView> = new Map([
    ["input", new StageView("stage-input", { channels: 1, side: 28, columns: 1 }, "--ink")],
    ["relu1", new StageView("stage-first", { channels: 6, side: 28, columns: 3 }, "--accent")],
    ["relu2", new StageView("stage-second", { channels: 16, side: 10, columns: 4 }, "--accent")],
  ]);

  /** @param stages All activations of the network. */
  show(stages: readonly Activation[]): void {
    for (const { name, values } of stages) this.#views.get(name)?.show(values);
  }

  /** Shows empty maps. */
  clear(): void {
    for (const view of this.#views.values()) view.clear();
  }

  /** Redraws the maps after a change of the colours. */
  redraw(): void {
    for (const view of this.#views.values()) view.redraw();
  }
}

/** Layout of the maps of a stage. */
interface Grid {
  readonly channels: number;
  /** Width and height of each map. */
  readonly side: number;
  /** Maps in a row. */
  readonly columns: number;
}

/** Pixels between maps. */
const GAP = 2;

/** Shows the maps of one stage in a grid. All share one scale, from the lowest to the highest value. */
class StageView {
  readonly #context: CanvasRenderingContext2D;
  readonly #grid: Grid;
  /** The colour of the highest value. */
  readonly #high: ColourName;
  #values: Float32Array;

  constructor(id: string, grid: Grid, high: ColourName) {
    const canvas = element(id, HTMLCanvasElement);
    const { channels, side, columns } = grid;
    canvas.width = columns * (side + GAP) - GAP;
    canvas.height = Math.ceil(channels / columns) * (side + GAP) - GAP;
    this.#context = canvas.getContext("2d") as CanvasRenderingContext2D;
    this.#grid = grid;
    this.#high = high;
    this.#values = new Float32Array(channels * side * side);
    this.redraw();
  }

  show(values: Float32Array): void {
    this.#values = values;
    this.redraw();
  }

  clear(): void {
    this.show(new Float32Array(this.#values.length));
  }

  redraw(): void {
    const { channels, side, columns } = this.#grid;
    const { canvas: { width, height } } = this.#context;
    const image = this.#context.createImageData(width, height);
    const [low, high]: Rgb[] = [rgb("--quiet"), rgb(this.#high)];
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

/** The lowest and the highest value, made unequal if all values are the same: these get the low colour. */
function range(values: Float32Array): [lowest: number, highest: number] {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return [lowest, highest > lowest ? highest : lowest + 1];
}
