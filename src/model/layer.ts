/** The name of an activation function. */
export type ActivationName = "relu" | "sigmoid" | "tanh";

/** A two-dimensional convolution over all input channels, with a square kernel, stride 1 and a bias. */
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
}

/** 2×2 pooling with stride 2; an odd last row or column is dropped. */
export interface PoolLayer {
  /** What kind of layer it is. */
  readonly kind: "pool";
  /** What stands for the four pixels of a block. */
  readonly mode: "max" | "average";
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

/** One layer of a network: plain data, told apart by `kind`. */
export type Layer = ConvLayer | PoolLayer | ActivationLayer | FlattenLayer | DenseLayer;
