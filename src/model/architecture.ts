import { LeNetError } from "../errors.ts";

/** Channels, height and width of an image. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** The shape of what a layer gives: an image, or a row of units. */
export type Shape = ImageShape | readonly [units: number];

/** What a network is, without its weights: plain data that can be stored, compared and changed. */
export interface Architecture {
  /** A name for people, such as `lenet5`. */
  readonly name: string;
  /** The shape of one input. */
  readonly input: ImageShape;
  /** The layers, first to last. The last one gives one logit for each class. */
  readonly layers: readonly Layer[];
  /** The number of classes. */
  readonly classes: number;
}

/**
 * The name of an activation function. `scaled-tanh` is 1.7159·tanh(2x/3), the squashing function of LeCun et al.,
 * 1998, appendix A: f(1) = 1, f(−1) = −1.
 */
export type ActivationName = "relu" | "sigmoid" | "tanh" | "scaled-tanh";

/** The activation functions. */
export const ACTIVATIONS: readonly ActivationName[] = ["relu", "sigmoid", "tanh", "scaled-tanh"];

/** A two-dimensional convolution with a square kernel, stride 1 and a bias. */
export interface ConvLayer {
  /** What kind of layer it is. */
  readonly kind: "conv";
  /** Prefix of its parameters: `<name>.weight` [filters, channels, kernel, kernel], `<name>.bias` [filters]. */
  readonly name: string;
  /** How many there are: channels of the output. */
  readonly filters: number;
  /** Width and height of the kernel, in pixels. */
  readonly kernel: number;
  /** Rows and columns of zeros added on every side. */
  readonly padding: number;
  /**
   * The input channels that each filter sees, in rising order; all of them where it is left out. The weights of the
   * others are there, and 0.
   */
  readonly connections?: readonly (readonly number[])[];
}

/** 2×2 pooling with stride 2; an odd last row or column is dropped. */
export interface PoolLayer {
  /** What kind of layer it is. */
  readonly kind: "pool";
  /** What stands for the four pixels of a block. */
  readonly mode: "max" | "average";
}

/**
 * The pooling of 1998: the sum of a 2×2 block × a trainable coefficient + a trainable bias, one of each for a channel;
 * stride 2, an odd last row or column is dropped.
 */
export interface SubsampleLayer {
  /** What kind of layer it is. */
  readonly kind: "subsample";
  /** Prefix of its parameters: `<name>.weight` [channels], the coefficients, and `<name>.bias` [channels]. */
  readonly name: string;
}

/**
 * Batch normalization (Ioffe and Szegedy, 2015): (x − mean) / √(variance + 1e-5) × weight + bias, for each channel of an
 * image or each unit of a row. In training, mean and variance are those of the batch, and their running values follow
 * them by a tenth; in evaluation, they are the running values.
 */
export interface BatchNormLayer {
  /** What kind of layer it is. */
  readonly kind: "batch-norm";
  /** Prefix of its parameters, each [channels]: `weight`, `bias`, and, not learned, `running_mean`, `running_var`. */
  readonly name: string;
}

/**
 * Dropout (Srivastava et al., 2014): in training each value becomes 0 by chance, and the others grow so that the mean
 * stays; in evaluation nothing happens.
 */
export interface DropoutLayer {
  /** What kind of layer it is. */
  readonly kind: "dropout";
  /** The chance of a value to become 0, from 0 to below 1. */
  readonly rate: number;
}

/** A function applied to every value alone. */
export interface ActivationLayer {
  /** What kind of layer it is. */
  readonly kind: "activation";
  /** Which function. */
  readonly activation: ActivationName;
}

/** Lays the channels out in one row: channel by channel, row by row. */
export interface FlattenLayer {
  /** What kind of layer it is. */
  readonly kind: "flatten";
}

/** A fully connected layer with a bias. */
export interface DenseLayer {
  /** What kind of layer it is. */
  readonly kind: "dense";
  /** Prefix of its parameters: `<name>.weight` [units, inputs], `<name>.bias` [units]. */
  readonly name: string;
  /** How many values it gives. */
  readonly units: number;
}

/**
 * The output of 1998: Euclidean radial basis functions, one for each class, around fixed codes of ±1. It gives minus
 * the squared distance to each code, −Σ (x − code)², so that here, too, the largest is the answer. It is trained on the
 * squared distance to the right code, other networks on softmax cross entropy.
 */
export interface RbfLayer {
  /** What kind of layer it is. */
  readonly kind: "rbf";
  /** One code for each class, one character for each input: `#` is +1, `.` is −1. */
  readonly codes: readonly string[];
}

/** One layer of a network: plain data, told apart by `kind`. */
export type Layer =
  | ConvLayer
  | PoolLayer
  | SubsampleLayer
  | BatchNormLayer
  | DropoutLayer
  | ActivationLayer
  | FlattenLayer
  | DenseLayer
  | RbfLayer;

/**
 * Names for all layers of a network: the names that some have of their own, and for the others their kind with a
 * number, such as `relu1` and `pool2`; radial basis functions are the `output`.
 *
 * @param layers The layers, in order.
 * @returns One name for each layer, no two the same.
 */
export function stageNames(layers: readonly Layer[]): string[] {
  const taken = new Set(layers.flatMap((layer) => "name" in layer ? [layer.name] : []));
  return layers.map((layer) => {
    if ("name" in layer) return layer.name;
    const kind = layer.kind === "activation" ? layer.activation : layer.kind;
    if (kind === "rbf" && !taken.has("output")) {
      taken.add("output");
      return "output";
    }
    let number = 1;
    while (taken.has(`${kind}${number}`)) number++;
    taken.add(`${kind}${number}`);
    return `${kind}${number}`;
  });
}

/** A layer together with the shapes of what goes in and what comes out. */
export interface Stage {
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
}

/**
 * Follows an input through every layer.
 *
 * @param architecture The network.
 * @returns One stage for each layer, in order.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit each other, the input or the classes.
 */
export function inferShapes(architecture: Architecture): Stage[] {
  const { name, input, layers, classes } = architecture;
  const fail = (problem: string): never => {
    throw new LeNetError("architecture/invalid", `Cannot build the network ${name}: ${problem}`);
  };
  if (input.length !== 3) {
    fail(`its input has shape [${input}], expected [channels, height, width]`);
  }
  for (const size of input) if (!isPositive(size)) fail(`its input has shape [${input}]`);

  const names = new Set<string>();
  const stages: Stage[] = [];
  let shape: Shape = input;
  for (const [index, layer] of layers.entries()) {
    const where = `layer ${index + 1} (${layer.kind})`;
    if ("name" in layer) {
      if (names.has(layer.name)) fail(`${where} has the name ${layer.name}, which is taken`);
      names.add(layer.name);
    }
    const output = outputShape(layer, shape, (problem) => fail(`${where} ${problem}`));
    stages.push({ layer, input: shape, output });
    shape = output;
  }
  if (shape.length !== 1 || shape[0] !== classes) {
    fail(`its last layer gives [${shape}], expected [${classes}], one logit for each class`);
  }
  return stages;
}

function outputShape(layer: Layer, input: Shape, fail: (problem: string) => never): Shape {
  switch (layer.kind) {
    case "conv": {
      if (input.length !== 3) return fail(`needs an image, found [${input}]`);
      const { filters, kernel, padding, connections } = layer;
      if (!isPositive(filters)) fail(`has ${filters} filters, expected a whole number from 1`);
      if (!isPositive(kernel)) fail(`has a kernel of ${kernel}, expected a whole number from 1`);
      if (!isPositive(padding + 1)) {
        fail(`has a padding of ${padding}, expected a whole number from 0`);
      }
      const [, height, width] = input;
      const grown = 2 * padding - kernel + 1;
      if (height + grown < 1 || width + grown < 1) {
        fail(`has a ${kernel}×${kernel} kernel with padding ${padding}, too large for [${input}]`);
      }
      if (connections !== undefined) checkConnections(connections, filters, input[0], fail);
      return [filters, height + grown, width + grown];
    }
    case "pool":
    case "subsample": {
      if (input.length !== 3) return fail(`needs an image, found [${input}]`);
      const [channels, height, width] = input;
      if (height < 2 || width < 2) fail(`needs at least 2×2 pixels, found [${input}]`);
      return [channels, Math.floor(height / 2), Math.floor(width / 2)];
    }
    case "batch-norm":
      return input;
    case "dropout":
      if (!(layer.rate >= 0 && layer.rate < 1)) {
        fail(`has a rate of ${layer.rate}, expected a number from 0 to below 1`);
      }
      return input;
    case "activation":
      if (!ACTIVATIONS.includes(layer.activation)) {
        fail(`has the function ${layer.activation}, expected one of ${ACTIVATIONS.join(", ")}`);
      }
      return input;
    case "flatten":
      return [sizeOf(input)];
    case "dense":
      if (input.length !== 1) return fail(`needs a flat input, found [${input}]`);
      if (!isPositive(layer.units)) {
        fail(`has ${layer.units} units, expected a whole number from 1`);
      }
      return [layer.units];
    case "rbf":
      for (const [index, code] of layer.codes.entries()) {
        if (code.length !== input[0] || !/^[#.]*$/.test(code)) {
          fail(`has the code "${code}" for class ${index}, expected ${input[0]} times # or .`);
        }
      }
      return input.length === 3 ? [layer.codes.length, input[1], input[2]] : [layer.codes.length];
    default:
      return fail(`has the kind ${(layer as Layer).kind}, which is unknown`);
  }
}

function checkConnections(
  connections: readonly (readonly number[])[],
  filters: number,
  channels: number,
  fail: (problem: string) => never,
): void {
  if (connections.length !== filters) {
    fail(`has connections for ${connections.length} filters, expected ${filters}`);
  }
  for (const [filter, seen] of connections.entries()) {
    const rising = seen.every((channel, index) =>
      Number.isInteger(channel) && channel < channels && channel > (seen[index - 1] ?? -1)
    );
    if (seen.length === 0 || !rising) {
      fail(
        `connects filter ${filter} to the channels [${seen}], expected at least one of 0 to ${
          channels - 1
        }, rising`,
      );
    }
  }
}

/** The number of values in a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function isPositive(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
