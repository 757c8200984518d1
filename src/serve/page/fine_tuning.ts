import { type Dataset, syntheticDigits } from "../../train/mod.ts";

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

/** Synthetic digits in a dataset, two of each class: fine-tuning on one class alone would unlearn the others. */
const SYNTHETIC = 20;

/**
 * Makes a dataset of corrections, repeated to about as many samples as there are synthetic digits, and of these.
 *
 * @param corrections At least one.
 * @returns The dataset, which depends on the corrections alone.
 */
export function correctionsDataset(corrections: readonly Correction[]): Dataset {
  const synthetic = syntheticDigits({ count: SYNTHETIC, seed: 1 });
  const size = synthetic.images.length / synthetic.count;
  const times = Math.max(1, Math.round(SYNTHETIC / corrections.length));
  const repeated = Array.from({ length: times }, () => corrections).flat();
  const images = new Uint8Array(synthetic.images.length + repeated.length * size);
  images.set(synthetic.images);
  repeated.forEach(({ pixels }, n) => images.set(pixels, (synthetic.count + n) * size));
  return {
    ...synthetic,
    name: "corrections",
    images,
    labels: Uint8Array.from([...synthetic.labels, ...repeated.map(({ label }) => label)]),
    count: synthetic.count + repeated.length,
  };
}
