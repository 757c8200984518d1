/**
 * How tfjs is loaded, and the part of it that is used here, as interfaces. An `import type` from the packages would have
 * every user of this package download them; a test checks that the packages match.
 *
 * @module
 */

import { LeNetError, reasonOf } from "../../errors.ts";
import { importPackage } from "../../packages.ts";

/** The backends of tfjs that are used here. */
export type TfjsBackend = "wasm" | "webgpu";

/** The version that the tests run with; `deno.json` names the same. */
const TFJS_VERSION = "4.22.0";

/**
 * Loads tfjs with one backend, and makes that backend the active one.
 *
 * @param backend The backend.
 * @returns tfjs-core.
 * @throws {LeNetError} `backend/unavailable` when it cannot be loaded or started here.
 */
export async function loadTfjs(backend: TfjsBackend): Promise<Tfjs> {
  const tf = await importTfjs(backend);
  const started = await tf.setBackend(backend).catch((error: unknown) => error);
  if (started === true) return tf;
  throw unavailable(backend, started || "it could not be started");
}

/**
 * Imports the packages of tfjs, and starts nothing.
 *
 * @param backend The backend whose package is imported beside tfjs-core.
 * @returns tfjs-core.
 * @throws {LeNetError} `backend/unavailable` when a package cannot be imported here.
 */
export async function importTfjs(backend: TfjsBackend): Promise<Tfjs> {
  try {
    const tf = await importPackage("@tensorflow/tfjs-core", TFJS_VERSION) as Tfjs;
    // Silences the banner that the backends print when they are imported.
    tf.env().set("PROD", true);
    await importPackage(`@tensorflow/tfjs-backend-${backend}`, TFJS_VERSION);
    return tf;
  } catch (error) {
    const packages = `@tensorflow/tfjs-core and @tensorflow/tfjs-backend-${backend}`;
    throw unavailable(backend, error, `, expected ${packages} to be installed`);
  }
}

function unavailable(backend: TfjsBackend, cause: unknown, expected = ""): LeNetError {
  return new LeNetError(
    "backend/unavailable",
    `Cannot use the tfjs backend ${backend}: ${reasonOf(cause)}${expected}`,
    { cause },
  );
}

/**
 * Runs synchronous work with a backend active, and frees all tensors that it made but does not return.
 *
 * The active backend is global to tfjs: networks on different ones take turns.
 *
 * @param tf tfjs-core, in which {@linkcode loadTfjs} has started the backend.
 * @param backend The backend to compute on.
 * @param compute The work.
 * @returns What it returned.
 */
export function withBackend<T>(tf: Tfjs, backend: TfjsBackend, compute: () => T): T {
  // A backend that has been started is active at once.
  if (tf.getBackend() !== backend) tf.setBackend(backend);
  return tf.tidy(compute) as T;
}

/** A tensor on a backend. */
export interface Tensor {
  readonly shape: number[];
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
