/** A misread picture and its digit. */
export interface Correction {
  /** 28×28 pixels as the network saw them, 0 (background) to 255 (ink). */
  readonly pixels: Uint8Array;
  /** The right digit, 0 to 9. */
  readonly label: number;
}

/** What the page sends to the worker. */
export interface FineTuningRequest {
  /** The pretrained network, as the bytes of a model file. */
  readonly pretrained: Uint8Array;
  /** At least one. */
  readonly corrections: readonly Correction[];
}

/** What the worker sends to the page: progress, and at last the network, as the bytes of a model file, or a failure. */
export type FineTuningMessage =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "learned"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };
