import { countHoles } from "./count_holes.ts";
import { distances } from "./distances.ts";
import { SAMPLES, type Shape, shapeOf, SIDE } from "./shape.ts";
import { smooth } from "./smooth.ts";

/** The smallest loop that can be seen, in samples. */
const LEAST_HOLE = 0.4 * SAMPLES ** 2;

/** A pen that is thicker by fewer samples is the same pen. */
const LEAST_EXTRA = 0.5;

/** How much of the ink's area a pen may run together in gaps, at most. */
const CLOGGED = 0.05;

/**
 * Writes a digit with a thicker pen: as thick as asked for, or as loops stay open and gaps stay gaps.
 *
 * @param shape The digit.
 * @param extra How much further the ink reaches on every side, in pixels of MNIST.
 * @returns The thick digit.
 */
export function thickShape(shape: Shape, extra: number): Shape {
  const { depth } = shape;
  const outside = smooth(smooth(distances(SIDE, (i) => depth[i] > 0), SIDE), SIDE);
  const holes = countHoles(SIDE, (i) => depth[i] > 0, LEAST_HOLE);
  let reach = extra * SAMPLES;
  const isSpoilt = (): boolean =>
    countHoles(SIDE, (i) => outside[i] < reach, LEAST_HOLE) !== holes || isClogged(outside, reach);
  while (isSpoilt()) {
    reach *= 0.75;
    if (reach < LEAST_EXTRA) return shape;
  }
  return shapeOf(outside.map((away) => (reach - away) / SAMPLES));
}

/** Whether a pen runs together: what it covers, drawn back as far as it went, is much more than the ink was. */
function isClogged(outside: Float32Array, reach: number): boolean {
  const back = distances(SIDE, (i) => outside[i] >= reach);
  let [ink, clogged] = [0, 0];
  for (let i = 0; i < outside.length; i++) {
    if (outside[i] < 0.5) ink++;
    // One more sample: the steps of the edge are none of the gaps.
    else if (outside[i] > 1.5 && back[i] > reach + 1) clogged++;
  }
  return clogged > CLOGGED * ink;
}
