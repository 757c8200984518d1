import type { Box } from "./box.ts";
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
 * @param box Where the ink is; default everywhere.
 * @returns The width in pixels; 0 when there is no ink.
 */
export function strokeWidth(
  { data, width, height }: InkMap,
  box: Box = { x: 0, y: 0, width, height },
): number {
  const above = new Uint8Array(box.width);
  let area = 0;
  let edge = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    let left = 0;
    for (let x = 0, i = y * width + box.x; x < box.width; x++, i++) {
      const here = data[i] >= STROKE ? 1 : 0;
      area += here;
      edge += (here ^ left) + (here ^ above[x]);
      above[x] = left = here;
    }
    edge += left;
  }
  for (const last of above) edge += last;
  return edge === 0 ? 0 : 2 * area / (edge * EDGE_CORRECTION);
}
