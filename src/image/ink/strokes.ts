import { DIGIT_BOX, resizeArea, strengthenInk } from "../frame.ts";
import type { Box, FoundInk, InkMap } from "../image.ts";

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

/** The longer side of the digit, in pixels, when its strokes are looked at, at least: four for each of MNIST's. */
const STROKE_SIDE: number = 4 * DIGIT_BOX;

/** Nineteen in twenty of MNIST's digits have strokes of 1.5 to 3.7 pixels, most of them of 2 to 2.8. */
const THINNEST = 1.6;

const THICKEST = 4.4;

const THIN = 2.3;

const THICK = 3.6;

/**
 * Brings strokes that are thinner or thicker than nearly all of MNIST's near to them: lines of a mouse, one pixel
 * thin on a large canvas, and thick markers. Others stay as they are.
 *
 * @param found The ink of a digit.
 * @returns The ink; the same where nothing is to be done.
 */
export function evenStrokes(found: FoundInk): FoundInk {
  const { map, box, stroke = strokeWidth(map, box) } = found;
  const side = Math.max(box.width, box.height);
  // Small digits are looked at enlarged; of larger ones most need no second look.
  const enlarged = side < STROKE_SIDE ? resizeArea(map, box, STROKE_SIDE) : undefined;
  const width = enlarged
    ? strokeWidth(enlarged) * DIGIT_BOX / STROKE_SIDE
    : stroke * DIGIT_BOX / side;
  if (width === 0 || (width >= THINNEST && width <= THICKEST)) return found;
  const wanted = width < THINNEST ? THIN : THICK;
  // The whole grows with its strokes, and is made smaller again by as much.
  const growth = (wanted - width) * STROKE_SIDE / (2 * (DIGIT_BOX - wanted));
  // Made smaller, thin lines have faded: the strongest ink is full ink again.
  const ink = enlarged ?? resizeArea(map, box, STROKE_SIDE);
  const changed = changeWidth({ ...ink, data: strengthenInk(ink.data) }, growth);
  // What grows gets a larger map, what shrinks leaves the edges of its own.
  const inset = Math.max(0, Math.floor(-growth));
  return {
    map: changed,
    box: {
      x: inset,
      y: inset,
      width: Math.max(1, changed.width - 2 * inset),
      height: Math.max(1, changed.height - 2 * inset),
    },
  };
}

/** Steps to a neighbour over an edge and over a corner: within 4 % of the true distance (Borgefors, 1986). */
const STRAIGHT = 0.95509;

const DIAGONAL = 1.36930;

/**
 * Draws strokes anew, wider or narrower by the same amount everywhere, with a soft edge of one pixel.
 *
 * @param map The ink.
 * @param growth How far the edge moves outwards on every side, in pixels; below 0 it moves inwards.
 * @returns The strokes, in a map that is larger by the growth on every side when they grow.
 */
export function changeWidth(map: InkMap, growth: number): InkMap {
  const margin = Math.max(0, Math.ceil(growth));
  const width = map.width + 2 * margin;
  const height = map.height + 2 * margin;
  // One pixel more on every side, which is background and is not looked at again.
  const stride = width + 2;
  const isInk = new Uint8Array(stride * (height + 2));
  for (let y = 0; y < map.height; y++) {
    const to = (y + margin + 1) * stride + margin + 1;
    const from = y * map.width;
    for (let x = 0; x < map.width; x++) if (map.data[from + x] >= STROKE) isInk[to + x] = 1;
  }
  const wanted = growth > 0 ? 1 : 0;
  const distances = distancesTo(isInk, wanted, stride, height + 2);
  const data = new Float32Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0, i = (y + 1) * stride + 1; x < width; x++, i++, at++) {
      // The edge lies half a pixel before the nearest pixel of the other kind.
      const inside = growth > 0 ? growth + 1 - distances[i] : distances[i] + growth;
      if (inside > 0) data[at] = inside < 1 ? inside : 1;
    }
  }
  return { data, width, height };
}

/** How far each pixel is from the nearest of a kind, in two passes over all pixels. */
function distancesTo(
  isInk: Uint8Array,
  kind: number,
  stride: number,
  rows: number,
): Float32Array {
  const distances = new Float32Array(isInk.length);
  for (let i = 0; i < isInk.length; i++) if (isInk[i] !== kind) distances[i] = 1e6;
  for (let y = 1; y < rows; y++) {
    const end = (y + 1) * stride - 1;
    for (let i = y * stride + 1; i < end; i++) {
      if (isInk[i] === kind) continue;
      const above = i - stride;
      let best = distances[i - 1] + STRAIGHT;
      const straight = distances[above] + STRAIGHT;
      if (straight < best) best = straight;
      const left = distances[above - 1] + DIAGONAL;
      if (left < best) best = left;
      const right = distances[above + 1] + DIAGONAL;
      if (right < best) best = right;
      if (best < distances[i]) distances[i] = best;
    }
  }
  for (let y = rows - 2; y >= 0; y--) {
    for (let i = (y + 1) * stride - 2; i > y * stride; i--) {
      if (isInk[i] === kind) continue;
      const below = i + stride;
      let best = distances[i + 1] + STRAIGHT;
      const straight = distances[below] + STRAIGHT;
      if (straight < best) best = straight;
      const right = distances[below + 1] + DIAGONAL;
      if (right < best) best = right;
      const left = distances[below - 1] + DIAGONAL;
      if (left < best) best = left;
      if (best < distances[i]) distances[i] = best;
    }
  }
  return distances;
}
