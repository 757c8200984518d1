/**
 * The part of tfjs that is used here, as interfaces. An `import type` from the packages would have every user of this
 * package download them; a test checks that the packages match.
 *
 * @module
 */

/** A tensor's memory on the backend. */
export interface TensorInfo {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: string;
}

/** A tensor on a backend. */
export interface Tensor extends TensorInfo {
  /** The number of axes. */
  readonly rank: number;
  /** The number of values. */
  readonly size: number;
  /** Reads the values back. */
  data(): Promise<TensorValues>;
  /** Frees the memory. */
  dispose(): void;
}

/** The values of a tensor. */
export type TensorValues = Float32Array | Int32Array | Uint8Array;

// The rank is documentation: the compiler does not check it.

/** A tensor with one value. */
export type Scalar = Tensor;

/** A tensor of shape [length]. */
export type Tensor1D = Tensor;

/** A tensor of shape [rows, columns]. */
export type Tensor2D = Tensor;

/** A tensor of shape [count, height, width, channels], or a filter [height, width, channels, filters]. */
export type Tensor4D = Tensor;

/**
 * tfjs-core.
 *
 * @typeParam T A tensor of any rank; `T1`, `T2` and `T4` are those of ranks 1, 2 and 4. Only the test that compares
 * these interfaces with the packages gives the classes of tfjs for them.
 */
export interface Tfjs<T = Tensor, T1 = T, T2 = T, T4 = T> {
  // Backends and memory.
  env(): { set(flag: string, value: boolean): void };
  setBackend(name: string): Promise<boolean>;
  getBackend(): string;
  backend(): object;
  engine(): { makeTensorFromTensorInfo(info: TensorInfo): T };
  memory(): { readonly numTensors: number; readonly numBytes: number };
  tidy(compute: () => void): unknown;
  keep(tensor: T): T;
  /** Takes a tensor or an array of them. */
  dispose(tensors: unknown): void;

  // Tensors from values.
  tensor(values: Float32Array, shape: number[]): T;
  tensor1d(
    values: Float32Array | Int32Array | boolean[],
    dtype?: "float32" | "int32" | "bool",
  ): T1;
  tensor2d(values: Float32Array | number[], shape: [number, number]): T2;
  tensor4d(values: Float32Array, shape: [number, number, number, number]): T4;
  zeros(shape: number[]): T;
  ones(shape: number[]): T;
  oneHot(indices: T1, depth: number): T;

  // Shapes.
  reshape(x: T, shape: number[]): T;
  slice(x: T, begin: number | number[], size?: number | number[]): T;
  concat(tensors: T[], axis?: number): T;
  stack(tensors: T[]): T;
  unstack(x: T): T[];
  pad(x: T, paddings: [number, number][]): T;
  transpose(x: T, axes?: number[]): T;
  reverse(x: T, axes: number[]): T;
  cast(x: T, dtype: "float32"): T;

  // Element by element.
  add(a: T | number, b: T | number): T;
  sub(a: T | number, b: T | number): T;
  mul(a: T | number, b: T | Float32Array | number): T;
  div(a: T | number, b: T | number): T;
  equal(a: T, b: T): T;
  where(condition: T, a: T, b: T): T;
  neg(x: T): T;
  square(x: T): T;
  sqrt(x: T): T;
  rsqrt(x: T): T;
  exp(x: T): T;
  log(x: T): T;
  step(x: T): T;
  relu(x: T): T;
  sigmoid(x: T): T;
  tanh(x: T): T;

  // Reductions.
  sum(x: T, axis?: number, keepDims?: boolean): T;
  mean(x: T): T;
  max(x: T, axis: number, keepDims: boolean): T;
  argMax(x: T, axis: number): T;

  // Layers.
  matMul(a: T2, b: T2): T2;
  conv2d(
    x: T4,
    filter: T4,
    strides: number,
    pad: number | [[0, 0], [number, number], [number, number], [0, 0]],
  ): T4;
  maxPool(x: T4, filterSize: number, strides: number, pad: "valid"): T4;
  avgPool(x: T4, filterSize: number, strides: number, pad: "valid"): T4;
  readonly fused: {
    conv2d(options: {
      x: T4;
      filter: T4;
      strides: number;
      pad: number;
      bias: T1;
      activation: "relu" | "linear";
    }): T4;
    matMul(options: {
      a: T2;
      b: T2;
      bias: T1;
      activation: "relu" | "linear";
    }): T;
  };
}

/** The backend of tfjs-backend-wasm, whose memory can be read and written in place. */
export interface BackendWasm {
  makeOutput(shape: number[], dtype: "float32"): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): TensorValues;
}
