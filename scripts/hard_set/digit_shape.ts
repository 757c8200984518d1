import { MARGIN, SAMPLES, type Shape, shapeOf, SIDE } from "./shape.ts";

const PIXELS = 28;
const PADDED = PIXELS + 2 * MARGIN;

/** How fast ink fades across the edge of a stroke of MNIST, as a share of the darkest ink nearby for each pixel. */
const FADE = 0.6;

/** Ink fainter than this share of the darkest of the digit is no stroke of its own. */
const FAINT = 0.25;

/** How far away, in pixels, the darkest ink nearby may be. */
const NEARBY = 1;

/**
 * The outline of a digit of MNIST: its pixels joined smoothly, and the edge put where the ink is half as dark as the
 * darkest nearby, so that thin strokes stay whole.
 *
 * @param digit 28×28 bytes, ink 255.
 * @returns The outline.
 */
export function digitShape(digit: Uint8Array): Shape {
  const ink = new Float32Array(PADDED * PADDED);
  for (let y = 0; y < PIXELS; y++) {
    for (let x = 0; x < PIXELS; x++) {
      ink[(y + MARGIN) * PADDED + x + MARGIN] = digit[y * PIXELS + x] / 255;
    }
  }
  const peak = darkestNearby(ink);
  const [inkFine, peakFine] = [enlarge(ink), enlarge(peak)];
  for (let i = 0; i < inkFine.length; i++) {
    inkFine[i] = (inkFine[i] / peakFine[i] - 0.5) / FADE;
  }
  return shapeOf(inkFine);
}

function darkestNearby(ink: Float32Array): Float32Array {
  const darkest = ink.reduce((most, value) => Math.max(most, value), 0);
  const rows = new Float32Array(ink.length);
  const all = new Float32Array(ink.length);
  for (const [from, to, step] of [[ink, rows, 1], [rows, all, PADDED]] as const) {
    for (let i = 0; i < from.length; i++) {
      let most = Math.max(1e-3, FAINT * darkest);
      for (let near = -NEARBY; near <= NEARBY; near++) {
        // What lies beyond an end of a row is the margin of the next, as empty as its own.
        const value = from[i + near * step];
        if (value > most) most = value;
      }
      to[i] = most;
    }
  }
  return all;
}

/** Makes a padded picture finer. */
function enlarge(picture: Float32Array): Float32Array {
  const wide = new Float32Array(SIDE * PADDED);
  const fine = new Float32Array(SIDE * SIDE);
  for (let x = 0; x < SIDE; x++) {
    const { index, weight } = TAPS[x];
    for (let y = 0; y < PADDED; y++) {
      const row = y * PADDED;
      wide[y * SIDE + x] = weight[0] * picture[row + index[0]] +
        weight[1] * picture[row + index[1]] + weight[2] * picture[row + index[2]] +
        weight[3] * picture[row + index[3]];
    }
  }
  for (let y = 0; y < SIDE; y++) {
    const { index, weight } = TAPS[y];
    for (let x = 0; x < SIDE; x++) {
      fine[y * SIDE + x] = weight[0] * wide[index[0] * SIDE + x] +
        weight[1] * wide[index[1] * SIDE + x] + weight[2] * wide[index[2] * SIDE + x] +
        weight[3] * wide[index[3] * SIDE + x];
    }
  }
  return fine;
}

/** For each sample of a line, the four pixels around it and how much each of them counts. */
const TAPS = Array.from({ length: SIDE }, (_, sample) => {
  const place = (sample + 0.5) / SAMPLES - 0.5;
  const first = Math.floor(place) - 1;
  const around = [first, first + 1, first + 2, first + 3];
  return {
    index: around.map((pixel) => Math.min(PADDED - 1, Math.max(0, pixel))),
    weight: around.map((pixel) => cubic(Math.abs(place - pixel))),
  };
});

/** One of Mitchell and Netravali's cubics (1988): between a B-spline and Catmull and Rom's, B = 0.6 and C = 0.2. */
function cubic(t: number): number {
  if (t >= 2) return 0;
  return t < 1
    ? ((5.4 * t - 9.6) * t * t + 4.8) / 6
    : (((-1.8 * t + 9.6) * t - 16.8) * t + 9.6) / 6;
}
