import { SIDE, toShares } from "./corruption.ts";
import { gauss } from "./gauss.ts";

/** The standard deviation of the blur before, in pixels. */
const DEVIATION = 1;

/** How steep an edge is at least, and at least somewhere, as the length of Sobel's gradient. */
const [WEAK, STRONG] = [0.1, 0.2];

/** Canny edges: nothing but the outline of the strokes, one pixel wide, white on black (J. Canny, 1986). */
export function cannyEdges(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const { across, down, steepness } = gradient(gauss(toShares(pixels), DEVIATION));
  const isRidge = Uint8Array.from(
    steepness,
    (steep, i) => steep >= WEAK && isSteepest(i, steepness, across[i], down[i]) ? 1 : 0,
  );
  const edges = new Uint8Array(pixels.length);
  const open: number[] = [];
  const take = (i: number): void => {
    if (isRidge[i] === 0 || edges[i] !== 0) return;
    edges[i] = 255;
    open.push(i);
  };
  for (let i = 0; i < edges.length; i++) if (steepness[i] >= STRONG) take(i);
  // Weak edges count where they hang on to strong ones. No edge lies on the border, so all neighbours are inside.
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    for (const row of [-SIDE, 0, SIDE]) for (const column of [-1, 0, 1]) take(i + row + column);
  }
  return edges;
}

/** Sobel's gradient, 0 on the border. */
function gradient(
  picture: Float64Array,
): { across: Float64Array; down: Float64Array; steepness: Float64Array } {
  const across = new Float64Array(picture.length);
  const down = new Float64Array(picture.length);
  for (let y = 1; y < SIDE - 1; y++) {
    for (let x = 1; x < SIDE - 1; x++) {
      const at = (right: number, below: number): number => picture[(y + below) * SIDE + x + right];
      const i = y * SIDE + x;
      across[i] = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
      down[i] = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
    }
  }
  return { across, down, steepness: across.map((value, i) => Math.hypot(value, down[i])) };
}

/** Whether it is as steep nowhere else along the gradient: one step ahead and back, between pixels interpolated. */
function isSteepest(i: number, steepness: Float64Array, across: number, down: number): boolean {
  const isLevel = Math.abs(across) >= Math.abs(down);
  const straight = isLevel ? Math.sign(across) : SIDE * Math.sign(down);
  const slanting = straight + (isLevel ? SIDE * Math.sign(down) : Math.sign(across));
  const slant = isLevel ? Math.abs(down / across) : Math.abs(across / down);
  const beside = (way: 1 | -1): number =>
    (1 - slant) * steepness[i + way * straight] + slant * steepness[i + way * slanting];
  return steepness[i] >= beside(1) && steepness[i] >= beside(-1);
}
