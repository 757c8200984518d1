/**
 * How the training kernels hold parameters and images: where each value of ours is among theirs.
 *
 * @module
 */

import type { ImageShape } from "../../model/architecture.ts";
import { FLOAT } from "./plan.ts";

/** Floats of a vector. */
export const LANES = 4;

/** Filters that the kernels compute together. */
const BLOCK = 8;

/** A parameter in memory. */
export interface Layout {
  /** The number of floats that it takes, in whole vectors. */
  readonly size: number;
  /** For each value in our order its place. */
  readonly places: Uint32Array;
}

/** Rounds a whole number up to a multiple of another. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** The vectors in a row of a filter: its columns with all their channels. */
export function rowVectors(channels: number, kernel: number): number {
  return Math.ceil(channels * kernel / LANES);
}

/**
 * Lays out the weights of a convolution: filter by filter, row by row, each row in whole vectors.
 *
 * @param shape [filters, channels, kernel, kernel].
 */
export function filterLayout([filters, channels, kernel]: readonly number[]): Layout {
  const row = LANES * rowVectors(channels, kernel);
  const places = new Uint32Array(filters * channels * kernel * kernel);
  let index = 0;
  for (let f = 0; f < filters; f++) {
    for (let c = 0; c < channels; c++) {
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          places[index++] = (f * kernel + ky) * row + kx * channels + c;
        }
      }
    }
  }
  return { size: filters * kernel * row, places };
}

/**
 * Lays out the weights of a dense layer, or of a convolution that sees its whole input at once: input by input, those of
 * all units in whole vectors.
 *
 * @param shape [units, inputs], or [filters, channels, kernel, kernel].
 */
export function denseLayout([units, channels, kernel = 1]: readonly number[]): Layout {
  const row = roundUp(units, LANES);
  const pixels = kernel * kernel;
  const places = new Uint32Array(units * channels * pixels);
  let index = 0;
  for (let u = 0; u < units; u++) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) places[index++] = (p * channels + c) * row + u;
    }
  }
  return { size: pixels * channels * row, places };
}

/** Lays out one number for each channel or unit. */
export function vectorLayout(length: number): Layout {
  return {
    size: roundUp(length, LANES),
    places: Uint32Array.from({ length }, (_, index) => index),
  };
}

/**
 * How weights are copied for `training/convolve.as`: for each eight filters, row, column and channel, the eight filters'
 * weights.
 *
 * @param shape [filters, channels, kernel, kernel].
 * @param isTurned Whether it is the gradient of the input that is computed: channels take the place of filters, and the
 * kernel is turned by 180°.
 * @returns For each number its source in a {@linkcode filterLayout}; −1 for a zero.
 */
export function packingOf(
  [filters, channels, kernel]: readonly number[],
  isTurned = false,
): Int32Array {
  const row = LANES * rowVectors(channels, kernel);
  const [outer, inner] = isTurned ? [channels, filters] : [filters, channels];
  const sources = new Int32Array(roundUp(outer, BLOCK) * kernel * kernel * inner).fill(-1);
  for (let o = 0; o < outer; o++) {
    const block = Math.floor(o / BLOCK) * kernel;
    for (let ky = 0; ky < kernel; ky++) {
      for (let kx = 0; kx < kernel; kx++) {
        for (let i = 0; i < inner; i++) {
          const to = (((block + ky) * kernel + kx) * inner + i) * BLOCK + o % BLOCK;
          sources[to] = isTurned
            ? (i * kernel + kernel - 1 - ky) * row + (kernel - 1 - kx) * channels + o
            : (o * kernel + ky) * row + kx * channels + i;
        }
      }
    }
  }
  return sources;
}

/**
 * As {@linkcode packingOf}, for `training/convolve_columns.as`: for each pair of filters, column and row, one filter's
 * weight, then the other's.
 *
 * @param shape [filters, 1, kernel, kernel].
 */
export function columnsPackingOf([filters, , kernel]: readonly number[]): Int32Array {
  const row = LANES * rowVectors(1, kernel);
  const sources = new Int32Array(roundUp(filters, 2) * kernel * kernel).fill(-1);
  for (let f = 0; f < filters; f++) {
    for (let kx = 0; kx < kernel; kx++) {
      for (let ky = 0; ky < kernel; ky++) {
        const pair = (f >> 1) * kernel * kernel;
        sources[2 * (pair + kx * kernel + ky) + f % 2] = (f * kernel + ky) * row + kx;
      }
    }
  }
  return sources;
}

/**
 * Where the values of an image are in one of the kernels: row by row, column by column, channel by channel.
 *
 * @param shape [channels, height, width].
 * @param row The distance from one row to the next, in bytes.
 * @returns For each value, channel by channel, its distance from the first, in bytes.
 */
export function imageTable([channels, height, width]: ImageShape, row: number): Uint32Array {
  const table = new Uint32Array(channels * height * width);
  let index = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) table[index++] = y * row + (x * channels + c) * FLOAT;
    }
  }
  return table;
}
