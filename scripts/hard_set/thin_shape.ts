import { distances } from "./distances.ts";
import { SAMPLES, type Shape, shapeOf, SIDE } from "./shape.ts";
import { thinToSkeleton } from "./skeleton.ts";
import { smooth } from "./smooth.ts";

/** How far around the middle of a stroke the depth is worked out, beyond the line there, in samples. */
const BEYOND = 4;

/** The finest line, as a share of the thinned pen. */
const FINEST = 0.6;

/**
 * Writes a digit with a finer pen: all strokes lose as much on either side, and where nothing would be left, a line
 * along their middle is.
 *
 * @param shape The digit.
 * @param share What is left of the width of its usual stroke, above 0 and at most 1.
 * @returns The thin digit.
 */
export function thinShape({ depth }: Shape, share: number): Shape {
  const skeleton = new Uint8Array(depth.length);
  for (let i = 0; i < depth.length; i++) if (depth[i] > 0) skeleton[i] = 1;
  thinToSkeleton(skeleton, SIDE);
  const middle: number[] = [];
  for (let i = 0; i < skeleton.length; i++) if (skeleton[i] === 1) middle.push(i);
  const inside = distances(SIDE, (i) => depth[i] <= 0);
  const outside = distances(SIDE, (i) => depth[i] > 0);
  const usual = median(middle.map((i) => inside[i]));
  const lost = (1 - share) * usual;
  const radius = Math.max(0.5, FINEST * share * usual);

  const thin = inside.map((value, i) => value - outside[i] - lost);
  const reach = Math.ceil(radius + BEYOND);
  for (const i of middle) {
    const x = i % SIDE;
    const y = Math.floor(i / SIDE);
    for (let py = Math.max(0, y - reach); py <= Math.min(SIDE - 1, y + reach); py++) {
      for (let px = Math.max(0, x - reach); px <= Math.min(SIDE - 1, x + reach); px++) {
        const at = py * SIDE + px;
        const here = radius - Math.sqrt((px - x) ** 2 + (py - y) ** 2);
        if (here > thin[at]) thin[at] = here;
      }
    }
  }
  return shapeOf(smooth(thin, SIDE).map((samples) => samples / SAMPLES));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 1;
}
