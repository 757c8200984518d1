import type { Distortions } from "../../../src/data/augment/distort.ts";

/** One channel, described by a function of column and row. */
export function picture(
  height: number,
  width: number,
  value: (x: number, y: number) => number,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: height * width },
    (_, i) => value(i % width, Math.floor(i / width)),
  );
}

/** How much ink a picture has, where its middle is, and how it is spread about that. */
export interface Moments {
  readonly mass: number;
  readonly x: number;
  readonly y: number;
  /** The variances and the covariance of the ink's place. */
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

/** The moments of a picture, the middle of its first pixel at (0, 0). */
export function momentsOf(image: ArrayLike<number>, width: number): Moments {
  const sum = (value: (x: number, y: number) => number): number => {
    let total = 0;
    for (let i = 0; i < image.length; i++) {
      total += image[i] * value(i % width, Math.floor(i / width));
    }
    return total;
  };
  const mass = sum(() => 1);
  const [x, y] = [sum((x) => x) / mass, sum((_, y) => y) / mass];
  return {
    mass,
    x,
    y,
    xx: sum((column) => (column - x) ** 2) / mass,
    yy: sum((_, row) => (row - y) ** 2) / mass,
    xy: sum((column, row) => (column - x) * (row - y)) / mass,
  };
}

/** Distortions that change nothing. */
export const STILL: Distortions = {
  rotation: 0,
  scale: 0,
  shear: 0,
  shift: 0,
  elastic: 0,
  thickness: 0,
  strength: 1,
};
