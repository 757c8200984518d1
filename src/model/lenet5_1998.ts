import type { Architecture } from "./architecture.ts";
import { DIGIT_BITMAPS } from "./digit_bitmaps.ts";
import type { Layer } from "./layer.ts";
import type { Normalization } from "./model.ts";

/** Which maps of S2 each map of C3 sees: table I of the paper. */
const C3_CONNECTIONS: readonly (readonly number[])[] = [
  ...[0, 1, 2, 3, 4, 5].map((first) => contiguous(first, 3)),
  ...[0, 1, 2, 3, 4, 5].map((first) => contiguous(first, 4)),
  [0, 1, 3, 4],
  [1, 2, 4, 5],
  [0, 2, 3, 5],
  [0, 1, 2, 3, 4, 5],
];

/** What the paper makes of pixels: background −0.1, ink 1.175, so that their mean is about 0 and variance about 1. */
export const NORMALIZATION_1998: Normalization = { mean: [0.1 / 1.275], deviation: [1 / 1.275] };

/**
 * LeNet-5 as published in 1998 (LeCun et al., "Gradient-Based Learning Applied to Document Recognition", II.B): trainable
 * subsampling, partly connected C3, the squashing function 1.7159·tanh(2x/3) after every layer up to F6, and an output
 * of radial basis functions around fixed bitmaps, here of our own drawing. 60,000 parameters, 340,908 connections.
 *
 * @returns The architecture: 32×32×1 in, ten classes. Digits of 28×28 pixels go in the middle.
 */
export function lenet51998(): Architecture {
  const squash: Layer = { kind: "activation", activation: "scaled-tanh" };
  const conv = { kind: "conv", kernel: 5, padding: 0 } as const;
  return {
    name: "lenet5-1998",
    input: [1, 32, 32],
    layers: [
      { ...conv, name: "C1", filters: 6 },
      squash,
      { kind: "subsample", name: "S2" },
      squash,
      { ...conv, name: "C3", filters: 16, connections: C3_CONNECTIONS },
      squash,
      { kind: "subsample", name: "S4" },
      squash,
      { ...conv, name: "C5", filters: 120 },
      squash,
      { kind: "flatten" },
      { kind: "dense", name: "F6", units: 84 },
      squash,
      { kind: "rbf", codes: DIGIT_BITMAPS },
    ],
    classes: 10,
  };
}

/** So many maps of six from the first on, beginning again after the last; in rising order. */
function contiguous(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (first + index) % 6).sort();
}
