import type { Bounds } from "./bounds.ts";

/** Samples for each pixel of MNIST, along a line. */
export const SAMPLES = 4;

/** Empty pixels of MNIST around its 28, so that a thick pen has room. */
export const MARGIN = 4;

/** Samples of a shape, along a line. */
export const SIDE: number = SAMPLES * (28 + 2 * MARGIN);

/** The outline of a digit, smooth enough to be drawn at any size. Lengths are in pixels of MNIST. */
export interface Shape {
  /** How deep inside the ink each sample lies, about; below 0 outside. Rows of {@linkcode SIDE} samples. */
  readonly depth: Float32Array;
  /** The rectangle around the ink, measured from the upper left corner of MNIST's picture. */
  readonly bounds: Bounds;
}

/**
 * Completes a shape.
 *
 * @param depth How deep inside the ink each sample lies.
 * @returns The shape.
 */
export function shapeOf(depth: Float32Array): Shape {
  let [left, top, right, bottom] = [SIDE, SIDE, 0, 0];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      if (depth[y * SIDE + x] <= 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  }
  // A picture without ink has a middle, too.
  if (right <= left) [left, top, right, bottom] = [SIDE / 4, SIDE / 4, SIDE * 3 / 4, SIDE * 3 / 4];
  const place = (sample: number): number => sample / SAMPLES - MARGIN;
  return {
    depth,
    bounds: { left: place(left), top: place(top), right: place(right), bottom: place(bottom) },
  };
}
