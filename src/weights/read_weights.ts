import type { Parameter } from "../model/parameters.ts";
import { readSafetensors } from "./read_safetensors.ts";

/**
 * How the names end under which PyTorch counts the batches that each batch normalization has seen. It needs them to
 * load what it saved, and for nothing else unless told to.
 */
export const COUNTER_SUFFIX = ".num_batches_tracked";

/** What a safetensors file of weights holds. */
export interface StoredWeights {
  /** By name, in the order in which they lie in the file. */
  readonly parameters: Map<string, Parameter>;
  /** Text by key. */
  readonly metadata: Map<string, string>;
}

/**
 * Reads the weights of a safetensors file, and passes over PyTorch's counters.
 *
 * @param bytes The whole file; it is not kept.
 * @returns Its weights and its metadata.
 * @throws {LeNetError} `weights/malformed` when the file breaks a rule of its format.
 */
export function readWeights(bytes: Uint8Array): StoredWeights {
  const { tensors, metadata } = readSafetensors(bytes, (name) => name.endsWith(COUNTER_SUFFIX));
  const parameters = new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data }]),
  );
  return { parameters, metadata };
}
