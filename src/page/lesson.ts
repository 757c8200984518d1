import { type Dataset, syntheticDigits } from "../train/mod.ts";

/** A picture that was misread, and what it shows. */
export interface Correction {
  /** 28×28 pixels as the network saw them, 0 (background) to 255 (ink). */
  readonly pixels: Uint8Array;
  /** The right digit, 0 to 9. */
  readonly label: number;
}

/** Two of each digit. A lesson of one class alone would teach that there are no others. */
const OTHERS = 20;

/**
 * Puts a lesson together: corrections, and about as many digits that nobody has to correct.
 *
 * @param corrections What to learn, at least one.
 * @returns A dataset for fine-tuning; the same for the same corrections.
 */
export function lesson(corrections: readonly Correction[]): Dataset {
  const others = syntheticDigits({ count: OTHERS, seed: 1 });
  const size = others.images.length / others.count;
  const times = Math.max(1, Math.round(OTHERS / corrections.length));
  const repeated = Array.from({ length: times }, () => corrections).flat();
  const images = new Uint8Array(others.images.length + repeated.length * size);
  images.set(others.images);
  repeated.forEach(({ pixels }, n) => images.set(pixels, (others.count + n) * size));
  return {
    ...others,
    name: "corrections",
    images,
    labels: Uint8Array.from([...others.labels, ...repeated.map(({ label }) => label)]),
    count: others.count + repeated.length,
  };
}
