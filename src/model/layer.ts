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
