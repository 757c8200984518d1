import type { Architecture, ImageShape } from "./architecture.ts";
import type { Layer } from "./layer.ts";
import type { Parameter, Parameters } from "./parameters.ts";
import { inferShapes } from "./shapes.ts";

/** A network that gives a map of answers for a larger input. */
export interface SlidNetwork {
  /** The network: its logits are [classes, rows, columns] in one row. */
  readonly architecture: Architecture;
  /** Its weights: those of the network it came from, in other shapes. */
  readonly parameters: Parameters;
  /** Classes, rows and columns of the map. */
  readonly map: ImageShape;
}

/**
 * Reads a network as fully convolutional (LeCun et al., 1998, section VII: the space displacement network). Its first
 * dense layer is a convolution whose kernel covers the whole map that it sees, every later one a convolution of 1×1:
 * on a larger input they slide, and each place of the map they give is what the network says of the input there.
 *
 * That holds only where no convolution pads: padding puts zeros around the whole input, not around each part of it. It
 * cannot be done, either, where the dense layer sees a map that is not square, or something in between knows the
 * places of that map apart.
 *
 * @param architecture The network.
 * @param parameters Its weights.
 * @param size Height and width of the larger input.
 * @returns The network for it, `undefined` when it cannot be read that way.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit each other.
 */
export function slide(
  architecture: Architecture,
  parameters: Parameters,
  [height, width]: readonly [height: number, width: number],
): SlidNetwork | undefined {
  const layers: Layer[] = [];
  const reshaped = new Map(parameters);
  // What a dense layer sees of the map before it; 1 once everything has come down to one place.
  let kernel: number | undefined;
  for (const { layer, input } of inferShapes(architecture)) {
    if (layer.kind === "conv" && layer.padding > 0) return undefined;
    if (layer.kind === "flatten") {
      if (input.length === 3 && input[1] !== input[2]) return undefined;
      kernel ??= input[1] ?? 1;
    } else if (layer.kind === "dense") {
      if (kernel === undefined) return undefined;
      const { name, units } = layer;
      const { shape, data } = parameters.get(`${name}.weight`) as Parameter;
      const channels = shape[1] / kernel ** 2;
      reshaped.set(`${name}.weight`, { shape: [units, channels, kernel, kernel], data });
      layers.push({ kind: "conv", name, filters: units, kernel, padding: 0 });
      kernel = 1;
    } else {
      const isPlaceless = layer.kind === "activation" || layer.kind === "dropout";
      if (kernel !== undefined && kernel > 1 && !isPlaceless) return undefined;
      layers.push(layer);
    }
  }
  if (kernel !== 1) return undefined;

  const { input, classes } = architecture;
  const rows = lengthAfter(layers, height);
  const columns = lengthAfter(layers, width);
  return {
    architecture: {
      ...architecture,
      input: [input[0], height, width],
      layers: [...layers, { kind: "flatten" }],
      classes: classes * rows * columns,
    },
    parameters: reshaped,
    map: [classes, rows, columns],
  };
}

/** How many places are left of a row or column of pixels. */
function lengthAfter(layers: readonly Layer[], length: number): number {
  return layers.reduce((left, layer) => {
    if (layer.kind === "conv") return left - layer.kernel + 1;
    return layer.kind === "pool" || layer.kind === "subsample" ? Math.floor(left / 2) : left;
  }, length);
}
