import type { ImageShape } from "../../model/architecture.ts";
import type { Step } from "./steps.ts";

/** Bytes of a float. */
export const FLOAT = 4;

/** The largest convolution kernel that `kernels/convolve_columns.as` takes. */
const LARGEST_IN_COLUMNS = 5;

/** The only one that `kernels/convolve_winograd.as` takes. */
const WINOGRAD = 5;

/** How an image lies in memory: channel after channel, row after row, perhaps with a border of zeros. */
export interface Layout {
  /** Rows above and below and columns on both sides that stay zero. */
  readonly border: number;
  /** From one row to the next, in bytes. */
  readonly row: number;
  /** From one channel to the next, in bytes. */
  readonly plane: number;
}

/**
 * The layout in which a step wants its input.
 *
 * @param step The step.
 * @returns For a convolution one with its padding around, else one without gaps.
 */
export function inputLayout(step: Step): Layout {
  if (step.kind !== "conv") return tightLayout(step.input);
  const { padding, input: [, height, width] } = step;
  const row = (width + 2 * padding) * FLOAT;
  return { border: padding, row, plane: row * (height + 2 * padding) };
}

/**
 * A layout without gaps.
 *
 * @param shape The image's shape.
 * @returns The layout.
 */
export function tightLayout([, height, width]: ImageShape): Layout {
  return { border: 0, row: width * FLOAT, plane: height * width * FLOAT };
}

/**
 * How much of its map a step computes: as much as comes out, or what the pooling looks at.
 *
 * @param step The step.
 * @returns Rows and columns.
 */
export function computedSize(step: Step): { height: number; width: number } {
  const scale = step.pool === "none" ? 1 : 2;
  return { height: scale * step.output[1], width: scale * step.output[2] };
}

/** The kernels for convolutions, see the files of these names in `kernels`. */
export type ConvolutionKernel = "columns" | "filters" | "winograd";

/**
 * Chooses the kernel for a convolution: the one that is likely to be done first.
 *
 * With columns in the lanes a map is computed in blocks of 4×4 positions and two filters, otherwise in blocks of 2×2
 * positions and eight filters; what lies beyond the map is in vain. Winograd's way was measured to take 0.7 of the time
 * of the direct one, and half of it for what it does only once for all channels.
 *
 * Winograd's way mixes neighbouring rows, so that beside a value of 1e30 a small one drowns, as it would in any later
 * sum with both. Where a curve cuts large values down before they meet, that would show, so there it is not taken.
 *
 * @param step The convolution.
 * @returns The kernel.
 */
export function convolutionKernel(step: Step): ConvolutionKernel {
  const { kernel, straight, input: [channels], output: [filters] } = step;
  const { height, width } = computedSize(step);
  const inFilters = roundUp(height, 2) * roundUp(width, 2) * roundUp(filters, 8);
  const times: Readonly<Record<ConvolutionKernel, number>> = {
    columns: kernel <= LARGEST_IN_COLUMNS && height >= 4 && width >= 4
      ? roundUp(height, 4) * roundUp(width, 4) * roundUp(filters, 2)
      : Infinity,
    filters: inFilters,
    winograd: kernel === WINOGRAD && straight ? (0.7 + 0.5 / channels) * inFilters : Infinity,
  };
  const least = Math.min(...Object.values(times));
  if (times.columns === least) return "columns";
  return times.winograd === least ? "winograd" : "filters";
}

/**
 * Rounds up to a multiple.
 *
 * @param value A whole number.
 * @param unit Another.
 * @returns The first multiple of the unit from the value on.
 */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
