import type { ImageShape } from "../../model/architecture.ts";
import type { Step } from "./steps.ts";

/** Bytes of a float. */
export const FLOAT = 4;

/** The largest convolution kernel that `kernels/convolve_columns.as` takes. */
const LARGEST_IN_COLUMNS = 5;

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

/**
 * Chooses what lies in the lanes of a convolution: four columns, or four filters.
 *
 * Both kernels do multiply-adds at the same rate, but the one computes a map in blocks of 4×4 positions and two
 * filters, the other in blocks of 2×2 positions and eight filters. The one that computes less beyond the map is taken.
 *
 * @param step The convolution.
 * @returns `columns` or `filters`.
 */
export function convolutionOrder(step: Step): "columns" | "filters" {
  const [filters] = step.output;
  const { height, width } = computedSize(step);
  const possible = step.kernel <= LARGEST_IN_COLUMNS && height >= 4 && width >= 4;
  const inColumns = roundUp(height, 4) * roundUp(width, 4) * roundUp(filters, 2);
  const inFilters = roundUp(height, 2) * roundUp(width, 2) * roundUp(filters, 8);
  return possible && inColumns < inFilters ? "columns" : "filters";
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
