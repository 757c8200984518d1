import * as math from "../model/math.ts";

/** The engine that computes: plain loops, WebAssembly SIMD, or WebGPU. */
export type BackendName = "reference" | "wasm" | "webgpu";

/** A network ready to run on one backend. Dispose of it when done. */
export interface Runner extends Disposable {
  /** The backend it runs on. */
  readonly backend: BackendName;
  /**
   * Runs the network forward.
   *
   * @param inputs `count` normalized inputs one after another, each [channels, height, width].
   * @param count The number of inputs, from 1.
   * @returns `count` × classes logits, in a new array.
   */
  logits(inputs: Float32Array, count: number): Promise<Float32Array<ArrayBuffer>>;
}

/**
 * Turns logits into probabilities: e^(z/T), scaled to a sum of 1.
 *
 * @param logits One logit for each class.
 * @param temperature T, above 0: a larger one makes the probabilities more equal.
 * @returns One probability for each class.
 */
export function softmax(logits: Float32Array, temperature = 1): Float32Array<ArrayBuffer> {
  const maximum = logits[argMax(logits)];
  // Shifted by the maximum, so that no exponential overflows.
  const exponentials = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    sum += exponentials[i] = math.exp((logits[i] - maximum) / temperature);
  }
  const probabilities = new Float32Array(logits.length);
  for (let i = 0; i < logits.length; i++) probabilities[i] = exponentials[i] / sum;
  return probabilities;
}

/** The index of the largest of at least one number; the first such index where there are several. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
