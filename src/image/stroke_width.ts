import type { InkMap } from "./ink_map.ts";

/** The sides of pixels overrate the length of a slanted edge; by 4/π over all directions. */
const EDGE_CORRECTION = Math.PI / 4;

/** From how much ink on a pixel is part of a stroke: thin lines have less than half a pixel in each. */
export const STROKE = 0.4;

/**
 * The mean width of the strokes in a picture: twice the area of the ink over the length of its edge, which holds for
 * any line much longer than wide.
 *
 * @param map The ink.
 * @returns The width in pixels; 0 when there is no ink.
 */
export function strokeWidth({ data, width, height }: InkMap): number {
  let area = 0;
  let edge = 0;
  for (let y = 0, i = 0; y < height; y++) {
    let left = 0;
    for (let x = 0; x < width; x++, i++) {
      const here = data[i] >= STROKE ? 1 : 0;
      const above = y > 0 && data[i - width] >= STROKE ? 1 : 0;
      area += here;
      edge += (here ^ left) + (here ^ above);
      if (y === height - 1) edge += here;
      left = here;
    }
    edge += left;
  }
  return edge === 0 ? 0 : 2 * area / (edge * EDGE_CORRECTION);
}
