/**
 * What every module of this package holds.
 *
 * @module
 */

/** What a module says about its network, as plain data. */
export interface PretrainedMetadata {
  /** The network: name, input shape, layers, classes. */
  readonly architecture: {
    readonly name: string;
    readonly input: readonly [number, number, number];
    // deno-lint-ignore no-explicit-any
    readonly layers: readonly any[];
    readonly classes: number;
  };
  /** A name for each class, in the order of the logits. */
  readonly classNames: readonly string[];
  /** Each channel's values in [0, 1] become (value − mean) / deviation. */
  readonly normalization: {
    readonly mean: readonly number[];
    readonly deviation: readonly number[];
  };
  /** Divides the logits before the softmax. */
  readonly temperature: number;
  /** What was measured, and on what. */
  readonly accuracy?: { readonly dataset: string; readonly count: number; readonly value: number };
  /** How it was trained. */
  readonly recipe?: Readonly<Record<string, unknown>>;
  /** SHA-256 of each file it was trained on. */
  readonly dataChecksums?: Readonly<Record<string, string>>;
}

/** A pretrained network: metadata for people and programs, and its weights. */
export interface PretrainedModule {
  readonly metadata: PretrainedMetadata;
  /** The weights as a safetensors file in base64; nothing is decoded until it is asked for. */
  readonly safetensors: string;
}
