import { mapBounds } from "./bounds.ts";
import { invert, type Projection } from "./projection.ts";
import { MARGIN, SAMPLES, type Shape, SIDE } from "./shape.ts";

/** How much of each pixel is covered by something, 0 to 1, row by row. */
export interface Coverage {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** How many pixels around the ink are looked at. */
const AROUND = 2;

/**
 * Draws a shape over what is there; where both are, the darker one shows.
 *
 * @param shape The shape.
 * @param place Where MNIST's pixels come to lie in the picture.
 * @param coverage Receives the ink.
 * @param softness Over how many pixels the ink fades out at the edge.
 */
export function drawShape(
  { depth, bounds }: Shape,
  place: Projection,
  coverage: Coverage,
  softness = 1,
): void {
  const { data, width, height } = coverage;
  const area = mapBounds(place, bounds);
  const left = Math.max(0, Math.floor(area.left - AROUND));
  const right = Math.min(width, Math.ceil(area.right + AROUND));
  const top = Math.max(0, Math.floor(area.top - AROUND));
  const bottom = Math.min(height, Math.ceil(area.bottom + AROUND));
  const size = Math.sqrt(
    (area.right - area.left) * (area.bottom - area.top) /
      ((bounds.right - bounds.left) * (bounds.bottom - bounds.top)),
  );
  // Small pictures are sampled several times a pixel, or strokes thinner than one would be lost.
  const parts = size < 1 ? 4 : size < 3 ? 2 : 1;
  const gain = size * parts / softness;
  const [a, b, c, d, e, f, g, h, i] = invert(place);
  const limit = SIDE - 1.001;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      let sum = 0;
      for (let part = 0; part < parts * parts; part++) {
        const px = x + (part % parts + 0.5) / parts;
        const py = y + (Math.floor(part / parts) + 0.5) / parts;
        const w = 1 / (g * px + h * py + i);
        const u = ((a * px + b * py + c) * w + MARGIN) * SAMPLES - 0.5;
        const v = ((d * px + e * py + f) * w + MARGIN) * SAMPLES - 0.5;
        if (u < 0 || v < 0 || u > limit || v > limit) continue;
        const column = u | 0;
        const row = v | 0;
        const shareX = u - column;
        const shareY = v - row;
        const at = row * SIDE + column;
        const upper = depth[at] + shareX * (depth[at + 1] - depth[at]);
        const lower = depth[at + SIDE] + shareX * (depth[at + SIDE + 1] - depth[at + SIDE]);
        const here = (upper + shareY * (lower - upper)) * gain + 0.5;
        sum += here > 1 ? 1 : here > 0 ? here : 0;
      }
      const ink = sum / (parts * parts);
      const at = y * width + x;
      if (ink > data[at]) data[at] = ink;
    }
  }
}
