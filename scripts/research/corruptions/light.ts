import type { Random } from "../../../src/model/random.ts";
import { gauss } from "./noise.ts";
import { SIDE, toBytes, toShares } from "./pixels.ts";

/** How much light is added, of 255. */
const LIGHT = 127.5;

/** Brightness: half of white is added everywhere, and what would be lighter than white is white. */
export function brightness(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pixels, (value) => Math.min(255, Math.round(value + LIGHT)));
}

/** How much lighter than white ink the thickest fog is. */
const THICKNESS = 3;

/** By how much its billows shrink with every halving; the step shrinks with the square. */
const DECAY = 1.4 ** 2;

/** The fog of which the picture shows a corner, in pixels. */
const FIELD = 256;

/** Fog: drifting light over the picture, and all of it darkened until the whole fits. */
export function fog(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const shares = toShares(pixels);
  const lightest = shares.reduce((most, share) => Math.max(most, share), 0);
  const field = plasma(FIELD, DECAY, random);
  return toBytes(shares.map((share, i) => {
    const light = field[Math.floor(i / SIDE) * FIELD + i % SIDE];
    return (share + THICKNESS * light) * lightest / (lightest + THICKNESS);
  }));
}

/**
 * Heights like those of clouds, by diamonds and squares (Fournier, Fussell and Carpenter, 1982): halfway between known
 * points the mean of the four around, and a random step that shrinks with every halving. The right edge goes on at the
 * left, the lower at the upper.
 *
 * @param side How many points across and down: a power of two.
 * @param decay By how much the steps shrink with every halving: more is smoother.
 * @param random Where chance comes from.
 * @returns The heights row by row, the lowest 0, the highest 1.
 */
export function plasma(side: number, decay: number, random: Random): Float64Array<ArrayBuffer> {
  const heights = new Float64Array(side * side);
  const last = side - 1;
  const at = (x: number, y: number): number => heights[(y & last) * side + (x & last)];
  let most = 1;
  for (let step = side; step > 1; step /= 2) {
    const half = step / 2;
    for (let y = half; y < side; y += step) {
      for (let x = half; x < side; x += step) {
        const corners = at(x - half, y - half) + at(x + half, y - half) +
          at(x - half, y + half) + at(x + half, y + half);
        heights[y * side + x] = corners / 4 + random.uniform(-most, most);
      }
    }
    for (let y = 0; y < side; y += half) {
      for (let x = y % step === 0 ? half : 0; x < side; x += step) {
        const sides = at(x - half, y) + at(x + half, y) + at(x, y - half) + at(x, y + half);
        heights[y * side + x] = sides / 4 + random.uniform(-most, most);
      }
    }
    most /= decay;
  }
  let [low, high] = [Infinity, -Infinity];
  for (const height of heights) {
    if (height < low) low = height;
    if (height > high) high = height;
  }
  return heights.map((height) => (height - low) / (high - low));
}

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
