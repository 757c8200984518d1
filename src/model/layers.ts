/**
 * The kinds of layers, and everything about a kind but its computation: shapes, parameters, first values, cost, JSON,
 * stride. Each engine computes the kinds in one exhaustive switch; everything else derives from
 * {@linkcode LAYER_KINDS}. Once a new kind is part of {@linkcode Layer}, the compiler reports each place that lacks it.
 *
 * @module
 */

import { excerpt, shownItems } from "../errors.ts";

/** Channels, height and width of an image. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** The shape of a layer's input or output: an image, or a row of units. */
export type Shape = ImageShape | readonly [units: number];

/** The number of values in a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
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
  /** The discriminant of {@linkcode Layer}. */
  readonly kind: "conv";
  /** Prefix of its parameters: `<name>.weight` [filters, channels, kernel, kernel], `<name>.bias` [filters]. */
  readonly name: string;
  /** Number of output channels. */
  readonly filters: number;
  /** Width and height of the kernel, in pixels. */
  readonly kernel: number;
  /** Rows and columns of zeros added on every side. */
  readonly padding: number;
  /**
   * The input channels that each filter is connected to, in ascending order; all of them by default. The weights of
   * missing connections are stored as zeros.
   */
  readonly connections?: readonly (readonly number[])[];
}

/** 2×2 pooling with stride 2; an odd last row or column is dropped. */
export interface PoolLayer {
  /** The discriminant of {@linkcode Layer}. */
  readonly kind: "pool";
  /** Whether a 2×2 block becomes its maximum or its mean. */
  readonly mode: "max" | "average";
}

/**
 * The pooling of LeCun et al., 1998: the sum of a 2×2 block times a trainable coefficient plus a trainable bias, one of
 * each per channel; stride 2, an odd last row or column is dropped.
 */
export interface SubsampleLayer {
  /** The discriminant of {@linkcode Layer}. */
  readonly kind: "subsample";
  /** Prefix of its parameters: `<name>.weight` [channels], the coefficients, and `<name>.bias` [channels]. */
  readonly name: string;
}

/**
 * Batch normalization (Ioffe and Szegedy, 2015): (x − mean) / √(variance + 1e-5) × weight + bias, for each channel of an
 * image or each unit of a row. Training uses the mean and variance of the batch and updates their running values with a
 * momentum of 0.1; evaluation uses the running values.
 */
export interface BatchNormLayer {
  /** The discriminant of {@linkcode Layer}. */
  readonly kind: "batch-norm";
  /** Prefix of its parameters, each [channels]: `weight`, `bias`, and, not trained, `running_mean`, `running_var`. */
  readonly name: string;
}

/**
 * Dropout (Srivastava et al., 2014): training sets each value to 0 with probability `rate` and divides the others by
 * 1 − `rate`; evaluation changes nothing.
 */
export interface DropoutLayer {
  /** The discriminant of {@linkcode Layer}. */
  readonly kind: "dropout";
  /** The probability that a value becomes 0, in [0, 1). */
  readonly rate: number;
}

/** A function applied to each value. */
export interface ActivationLayer {
  /** The discriminant of {@linkcode Layer}. */
  readonly kind: "activation";
  /** The name of the function. */
  readonly activation: ActivationName;
}

/** Reshapes an image into a row of units: channel by channel, row by row. */
export interface FlattenLayer {
  /** The discriminant of {@linkcode Layer}. */
  readonly kind: "flatten";
}

/** A fully connected layer with a bias. */
export interface DenseLayer {
  /** The discriminant of {@linkcode Layer}. */
  readonly kind: "dense";
  /** Prefix of its parameters: `<name>.weight` [units, inputs], `<name>.bias` [units]. */
  readonly name: string;
  /** Number of output values. */
  readonly units: number;
}

/**
 * The output layer of LeCun et al., 1998: Euclidean radial basis functions around fixed codes of ±1, one for each
 * class. Its logits are the negative squared distances −Σ (x − code)². A network with this output is trained on the
 * squared distance to the code of the right class, other networks on softmax cross entropy.
 */
export interface RbfLayer {
  /** The discriminant of {@linkcode Layer}. */
  readonly kind: "rbf";
  /** One code for each class, with one character for each input: `#` is +1, `.` is −1. */
  readonly codes: readonly string[];
}

/** One layer of a network: plain data, discriminated by `kind`. */
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

/** The last parts of parameter names, which are PyTorch's. */
export const PARAMETER_PARTS = {
  weight: { isTrainable: true, isVariance: false },
  bias: { isTrainable: true, isVariance: false },
  running_mean: { isTrainable: false, isVariance: false },
  running_var: { isTrainable: false, isVariance: true },
} as const;

/** One parameter that a layer needs. */
export interface LayerParameter {
  /** The last part of its name. */
  readonly part: keyof typeof PARAMETER_PARTS;
  readonly shape: readonly number[];
  /** Its first value; `random` where the initialization method decides. */
  readonly initial: number | "random";
  /** Of a weight: the inputs that each output is connected to; all of them by default. */
  readonly connections?: readonly (readonly number[])[] | undefined;
}

/** What one input costs in a layer. */
export interface LayerCost {
  /** Multiply-adds, without biases. */
  readonly multiplyAdds: number;
  /** Number of summands in all its sums, with biases, as in LeCun et al., 1998. */
  readonly connections: number;
}

/** The JSON of one field of a layer. */
export type FieldSchema =
  | { readonly type: "text"; readonly optional?: boolean }
  | { readonly type: "number"; readonly optional?: boolean }
  | { readonly type: "whole number"; readonly min: number; readonly optional?: boolean }
  | { readonly type: "one of"; readonly values: readonly string[]; readonly optional?: boolean }
  | { readonly type: "list"; readonly items: FieldSchema; readonly optional?: boolean };

/** The schemas that a field of type T may have. */
type SchemaOf<T> = [T] extends [readonly (infer I)[]]
  ? { readonly type: "list"; readonly items: SchemaOf<I> }
  : [T] extends [number] ? Extract<FieldSchema, { type: "number" | "whole number" }>
  : string extends T ? { readonly type: "text" }
  : { readonly type: "one of"; readonly values: readonly T[] };

/** A schema for each field of a layer but `kind`. */
type FieldSchemas<L extends Layer> = {
  readonly [F in Exclude<keyof L, "kind">]-?:
    & SchemaOf<NonNullable<L[F]>>
    & (Record<never, never> extends Pick<L, F> ? { readonly optional: true } : unknown);
};

/** Reports a layer that cannot be used; the message follows the place of the layer. */
type Fail = (problem: string) => never;

/** Everything about a kind of layer but its computation. */
interface LayerKind<L extends Layer> {
  /** Its fields as JSON, in the order in which they are written. */
  readonly fields: FieldSchemas<L>;
  /** Checks the layer and its input. Returns the shape of the output. */
  shape(layer: L, input: Shape, fail: Fail): Shape;
  /** The parameters for an input of this shape, in PyTorch's order. */
  parameters(layer: L, input: Shape): readonly LayerParameter[];
  /** What one input costs; `parameters` are those for this input. */
  cost(input: Shape, output: Shape, parameters: readonly LayerParameter[]): LayerCost;
  /** The pixels of a map that one output pixel depends on, and their distance to those of the next. */
  window(layer: L): { readonly kernel: number; readonly stride: number };
  /** In the words of a summary; empty where it is not mentioned. */
  describe(layer: L): string;
  /** Whether a summary describes it in the row of the layer before it. */
  readonly isSummarizedBefore: boolean;
  /** The name of a stage whose layer has no name of its own; a number follows. */
  stageName(layer: L): string;
  /** Whether it changes nothing in evaluation. */
  readonly isIdentity: boolean;
  /** Whether a scale and a shift of its outputs can be folded into its weight and bias. */
  readonly canFoldScale: boolean;
  /** The logits of a network that ends with it; none where it does not compute any. */
  readonly logits: "scores" | "distances" | "none";
}

const NO_PARAMETERS = (): readonly LayerParameter[] => [];
const NO_COST = (): LayerCost => ({ multiplyAdds: 0, connections: 0 });
const POINTWISE = () => ({ kernel: 1, stride: 1 });

/** What most kinds have in common. */
const DEFAULTS = {
  isSummarizedBefore: false,
  stageName: ({ kind }: Layer): string => kind,
  isIdentity: false,
  canFoldScale: false,
  logits: "none",
} as const;

/** All kinds of layers, in the order in which messages list them. */
export const LAYER_KINDS: {
  readonly [K in Layer["kind"]]: LayerKind<Extract<Layer, { readonly kind: K }>>;
} = {
  conv: {
    ...DEFAULTS,
    fields: {
      name: { type: "text" },
      filters: { type: "whole number", min: 1 },
      kernel: { type: "whole number", min: 1 },
      padding: { type: "whole number", min: 0 },
      connections: {
        type: "list",
        items: { type: "list", items: { type: "whole number", min: 0 } },
        optional: true,
      },
    },
    shape: convShape,
    parameters: ({ filters, kernel, connections }, [channels]) =>
      weightAndBias([filters, channels, kernel, kernel], connections),
    cost: sumsCost,
    window: ({ kernel }) => ({ kernel, stride: 1 }),
    describe: ({ kernel, padding, connections }) =>
      `${kernel}×${kernel} convolution` +
      (padding > 0 ? `, padding ${padding}` : "") +
      (connections === undefined ? "" : ", partly connected"),
    canFoldScale: true,
  },
  pool: {
    ...DEFAULTS,
    fields: { mode: { type: "one of", values: ["max", "average"] } },
    shape: halvedShape,
    parameters: NO_PARAMETERS,
    cost: (_, output) => ({ multiplyAdds: 0, connections: 4 * sizeOf(output) }),
    window: () => ({ kernel: 2, stride: 2 }),
    describe: ({ mode }) => `${mode} pool 2×2`,
  },
  subsample: {
    ...DEFAULTS,
    fields: { name: { type: "text" } },
    shape: halvedShape,
    // It begins as the mean of a block.
    parameters: (_, [channels]) => [
      { part: "weight", shape: [channels], initial: 0.25 },
      { part: "bias", shape: [channels], initial: 0 },
    ],
    cost: (_, output) => ({ multiplyAdds: sizeOf(output), connections: 5 * sizeOf(output) }),
    window: () => ({ kernel: 2, stride: 2 }),
    describe: () => "sum 2×2 × weight + bias",
  },
  "batch-norm": {
    ...DEFAULTS,
    fields: { name: { type: "text" } },
    shape: (_, input) => input,
    parameters: (_, [channels]) => [
      { part: "weight", shape: [channels], initial: 1 },
      { part: "bias", shape: [channels], initial: 0 },
      { part: "running_mean", shape: [channels], initial: 0 },
      { part: "running_var", shape: [channels], initial: 1 },
    ],
    cost: (_, output) => ({ multiplyAdds: sizeOf(output), connections: 2 * sizeOf(output) }),
    window: POINTWISE,
    describe: () => "batch normalization",
  },
  dropout: {
    ...DEFAULTS,
    fields: { rate: { type: "number" } },
    shape({ rate }, input, fail) {
      if (!(rate >= 0 && rate < 1)) {
        fail(`has a rate of ${rate}, expected a number from 0 to below 1`);
      }
      return input;
    },
    parameters: NO_PARAMETERS,
    cost: NO_COST,
    window: POINTWISE,
    describe: ({ rate }) => `dropout ${rate}`,
    isSummarizedBefore: true,
    isIdentity: true,
  },
  activation: {
    ...DEFAULTS,
    fields: { activation: { type: "one of", values: ACTIVATIONS } },
    shape: (_, input) => input,
    parameters: NO_PARAMETERS,
    cost: NO_COST,
    window: POINTWISE,
    describe: ({ activation }) => activation,
    isSummarizedBefore: true,
    stageName: ({ activation }) => activation,
  },
  flatten: {
    ...DEFAULTS,
    fields: {},
    shape: (_, input) => [sizeOf(input)],
    parameters: NO_PARAMETERS,
    cost: NO_COST,
    window: POINTWISE,
    describe: () => "",
    isSummarizedBefore: true,
  },
  dense: {
    ...DEFAULTS,
    fields: { name: { type: "text" }, units: { type: "whole number", min: 1 } },
    shape({ units }, input, fail) {
      if (input.length !== 1) return fail(`needs a flat input, found [${input}]`);
      if (!isPositive(units)) fail(`has ${units} units, expected a whole number from 1`);
      return [units];
    },
    parameters: ({ units }, [inputs]) => weightAndBias([units, inputs]),
    cost: sumsCost,
    window: POINTWISE,
    describe: ({ kind }) => kind,
    canFoldScale: true,
    logits: "scores",
  },
  rbf: {
    ...DEFAULTS,
    fields: { codes: { type: "list", items: { type: "text" } } },
    shape({ codes }, input, fail) {
      if (codes.length === 0) fail("has 0 codes, expected one for each class");
      for (const [index, code] of codes.entries()) {
        if (code.length !== input[0] || !/^[#.]*$/.test(code)) {
          const found = `the code ${excerpt(code)} for class ${index}`;
          fail(`has ${found}, expected ${input[0]} times # or .`);
        }
      }
      return input.length === 3 ? [codes.length, input[1], input[2]] : [codes.length];
    },
    parameters: NO_PARAMETERS,
    cost([inputs], output) {
      const differences = inputs * sizeOf(output);
      return { multiplyAdds: differences, connections: differences };
    },
    window: POINTWISE,
    describe: () => "radial basis functions",
    logits: "distances",
  },
};

/** Looks up the kind of a layer, so that its functions take this layer. */
export function kindOf(layer: Layer): LayerKind<Layer> {
  return LAYER_KINDS[layer.kind];
}

function convShape(
  { filters, kernel, padding, connections }: ConvLayer,
  input: Shape,
  fail: Fail,
): Shape {
  if (input.length !== 3) return fail(`needs an image, found [${input}]`);
  if (!isPositive(filters)) fail(`has ${filters} filters, expected a whole number from 1`);
  if (!isPositive(kernel)) fail(`has a kernel of ${kernel}, expected a whole number from 1`);
  if (!isPositive(padding + 1)) fail(`has a padding of ${padding}, expected a whole number from 0`);
  const [channels, height, width] = input;
  const growth = 2 * padding - kernel + 1;
  if (height + growth < 1 || width + growth < 1) {
    fail(`has a ${kernel}×${kernel} kernel with padding ${padding}, too large for [${input}]`);
  }
  if (connections !== undefined) checkConnections(connections, filters, channels, fail);
  return [filters, height + growth, width + growth];
}

function checkConnections(
  connections: readonly (readonly number[])[],
  filters: number,
  channels: number,
  fail: Fail,
): void {
  if (connections.length !== filters) {
    fail(`has connections for ${connections.length} filters, expected ${filters}`);
  }
  const last = channels - 1;
  for (const [filter, connected] of connections.entries()) {
    const isRising = connected.every((channel, index) =>
      channel <= last && channel > (connected[index - 1] ?? -1)
    );
    if (connected.length === 0 || !isRising) {
      const found = `filter ${filter} to the channels [${shownItems(connected)}]`;
      fail(`connects ${found}, expected at least one of 0 to ${last}, rising`);
    }
  }
}

function halvedShape(_: Layer, input: Shape, fail: Fail): Shape {
  if (input.length !== 3) return fail(`needs an image, found [${input}]`);
  const [channels, height, width] = input;
  if (height < 2 || width < 2) fail(`needs at least 2×2 pixels, found [${input}]`);
  return [channels, Math.floor(height / 2), Math.floor(width / 2)];
}

function isPositive(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function weightAndBias(
  shape: readonly number[],
  connections?: LayerParameter["connections"],
): LayerParameter[] {
  return [
    { part: "weight", shape, initial: "random", connections },
    { part: "bias", shape: [shape[0]], initial: "random" },
  ];
}

/** The cost of weighted sums with a bias: one for each output channel, at each place of the map. */
function sumsCost(_: Shape, output: Shape, [weight]: readonly LayerParameter[]): LayerCost {
  const weights = connectedSize(weight);
  const places = sizeOf(output) / output[0];
  return { multiplyAdds: weights * places, connections: (weights + output[0]) * places };
}

/** The number of values of a parameter, without the weights of missing connections. */
export function connectedSize({ shape, connections }: LayerParameter): number {
  if (connections === undefined) return sizeOf(shape);
  const pairs = connections.reduce((sum, connected) => sum + connected.length, 0);
  return pairs * sizeOf(shape.slice(2));
}
