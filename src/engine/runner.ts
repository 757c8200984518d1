/** What computes: plain loops, WebAssembly SIMD on the CPU, or WebGPU. */
export type BackendName = "reference" | "wasm" | "webgpu";

/** A model made ready to run on one backend. Dispose of it when done. */
export interface Runner extends Disposable {
  /** Where it runs. */
  readonly backend: BackendName;
  /**
   * Runs the network forward.
   *
   * @param inputs `count` normalized inputs one after another, each [channels, height, width].
   * @param count How many inputs there are, from 1.
   * @returns `count` × classes logits, a fresh array.
   */
  logits(inputs: Float32Array, count: number): Promise<Float32Array<ArrayBuffer>>;
}
