import * as math from "../../../src/model/math.ts";
import type { Random } from "../../../src/model/random.ts";
import { gaussianBlur, SIDE, toBytes, toIntensities } from "./pixels.ts";

/** Added to each pixel, of 255. */
const LIGHT = 127.5;

/** Brightness: adds half of white to each pixel, clamped to white. */
export function brightness(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pixels, (value) => Math.min(255, Math.round(value + LIGHT)));
}

/** Intensity of the thickest fog, relative to white. */
const THICKNESS = 3;

/** The divisor of the random displacement at each halving of the grid. */
const DECAY = 1.4 * 1.4;

/** Side of the field of fog in pixels, of which the picture shows a corner: a power of two. */
const FIELD = 256;

/** Fog: adds plasma noise, and scales the sum to the range of the picture. */
export function fog(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const intensities = toIntensities(pixels);
  const lightest = intensities.reduce((most, intensity) => Math.max(most, intensity), 0);
  const field = plasma(FIELD, DECAY, random);
  return toBytes(intensities.map((intensity, i) => {
    const light = field[Math.floor(i / SIDE) * FIELD + i % SIDE];
    return (intensity + THICKNESS * light) * lightest / (lightest + THICKNESS);
  }));
}

/**
 * Plasma noise by the diamond-square algorithm (A. Fournier, D. Fussell and L. Carpenter, 1982) on a torus.
 *
 * @param side Rows and columns: a power of two.
 * @param decay The divisor of the random displacement at each halving of the grid: a larger one is smoother.
 * @returns The noise row by row, scaled to 0 to 1.
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

/** The standard deviation of the Gaussian blur before the gradient, in pixels. */
const DEVIATION = 1;

/** The hysteresis thresholds on the magnitude of the Sobel gradient. */
const [WEAK, STRONG] = [0.1, 0.2];

/** Canny edges: the edges of the strokes, one pixel wide, white on black (J. Canny, 1986). */
export function cannyEdges(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const { across, down, magnitude } = gradient(gaussianBlur(toIntensities(pixels), DEVIATION));
  const isEdge = Uint8Array.from(
    magnitude,
    (value, i) => value >= WEAK && isLocalMaximum(i, magnitude, across[i], down[i]) ? 1 : 0,
  );
  const edges = new Uint8Array(pixels.length);
  const open: number[] = [];
  const take = (i: number): void => {
    if (isEdge[i] === 0 || edges[i] !== 0) return;
    edges[i] = 255;
    open.push(i);
  };
  for (let i = 0; i < edges.length; i++) if (magnitude[i] >= STRONG) take(i);
  // Hysteresis: weak edges count where they are connected to strong ones. The border has none, so that all neighbours exist.
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    for (const row of [-SIDE, 0, SIDE]) for (const column of [-1, 0, 1]) take(i + row + column);
  }
  return edges;
}

/** The Sobel gradient and its magnitude, 0 on the border. */
function gradient(
  picture: Float64Array,
): { across: Float64Array; down: Float64Array; magnitude: Float64Array } {
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
  return { across, down, magnitude: across.map((value, i) => math.hypot(value, down[i])) };
}

/** Non-maximum suppression: whether the magnitude is largest along the gradient, with interpolated neighbours. */
function isLocalMaximum(i: number, magnitude: Float64Array, across: number, down: number): boolean {
  const isLevel = Math.abs(across) >= Math.abs(down);
  const straight = isLevel ? Math.sign(across) : SIDE * Math.sign(down);
  const slanting = straight + (isLevel ? SIDE * Math.sign(down) : Math.sign(across));
  const slant = isLevel ? Math.abs(down / across) : Math.abs(across / down);
  const beside = (way: 1 | -1): number =>
    (1 - slant) * magnitude[i + way * straight] + slant * magnitude[i + way * slanting];
  return magnitude[i] >= beside(1) && magnitude[i] >= beside(-1);
}
