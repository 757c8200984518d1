import * as math from "../../../../src/model/math.ts";
import { type Bounds, type Homography, invert, mapBounds } from "./homography.ts";
import { boxBlur, countHoles, distanceTransform, thinToSkeleton } from "./morphology.ts";
import type { Coverage } from "./picture.ts";

/** Samples per pixel of MNIST, along each axis. */
export const SAMPLES = 4;

/** Empty pixels around the 28×28 of MNIST, so that thickened strokes fit. */
export const MARGIN = 4;

/** Samples of a shape along each axis. */
export const SIDE: number = SAMPLES * (28 + 2 * MARGIN);

/** The shape of a digit as a signed distance field, which can be drawn at any size. Lengths are in pixels of MNIST. */
export interface Shape {
  /** Approximate signed distance to the outline, positive inside the ink: {@linkcode SIDE} rows of as many samples. */
  readonly depth: Float32Array;
  /** The bounding box of the ink, measured from the upper left corner of the 28×28 pixels. */
  readonly bounds: Bounds;
}

/** Adds the bounding box to a signed distance field. */
export function shapeOf(depth: Float32Array): Shape {
  let [left, top, right, bottom] = [SIDE, SIDE, 0, 0];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      if (depth[y * SIDE + x] <= 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  }
  // Without ink, the middle half stands for the bounding box.
  if (right <= left) [left, top, right, bottom] = [SIDE / 4, SIDE / 4, SIDE * 3 / 4, SIDE * 3 / 4];
  const place = (sample: number): number => sample / SAMPLES - MARGIN;
  return {
    depth,
    bounds: { left: place(left), top: place(top), right: place(right), bottom: place(bottom) },
  };
}

const PIXELS = 28;

const PADDED = PIXELS + 2 * MARGIN;

/** Slope of ink across the edge of a stroke of MNIST, per pixel, as a share of the local peak. */
const FADE = 0.6;

/** Ink below this share of the digit's peak is the soft edge of a stroke, never a stroke itself. */
const FAINT = 0.25;

/** Radius of the window of the local peak, in pixels. */
const PEAK_RADIUS = 1;

/**
 * The shape of a digit of MNIST. The pixels are interpolated with a cubic kernel, and the outline is where the ink
 * reaches half of its local peak, so that thin, faint strokes stay connected.
 *
 * @param digit 28×28 bytes, ink 255.
 */
export function digitShape(digit: Uint8Array): Shape {
  const ink = new Float32Array(PADDED * PADDED);
  for (let y = 0; y < PIXELS; y++) {
    for (let x = 0; x < PIXELS; x++) {
      ink[(y + MARGIN) * PADDED + x + MARGIN] = digit[y * PIXELS + x] / 255;
    }
  }
  const peak = localPeak(ink);
  const [inkFine, peakFine] = [upsample(ink), upsample(peak)];
  for (let i = 0; i < inkFine.length; i++) {
    inkFine[i] = (inkFine[i] / peakFine[i] - 0.5) / FADE;
  }
  return shapeOf(inkFine);
}

/** A separable maximum filter, at least a small share of the global peak. */
function localPeak(ink: Float32Array): Float32Array {
  const darkest = ink.reduce((most, value) => Math.max(most, value), 0);
  const rows = new Float32Array(ink.length);
  const all = new Float32Array(ink.length);
  for (const [from, to, step] of [[ink, rows, 1], [rows, all, PADDED]] as const) {
    for (let i = 0; i < from.length; i++) {
      let most = Math.max(1e-3, FAINT * darkest);
      for (let near = -PEAK_RADIUS; near <= PEAK_RADIUS; near++) {
        // Beyond the end of a row lies the margin of the next one, which is as empty.
        const value = from[i + near * step];
        if (value > most) most = value;
      }
      to[i] = most;
    }
  }
  return all;
}

/** Upsamples a padded picture by {@linkcode SAMPLES} with a separable cubic kernel. */
function upsample(picture: Float32Array): Float32Array {
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

/** The four taps of each sample along an axis: pixels and their weights. */
const TAPS = Array.from({ length: SIDE }, (_, sample) => {
  const place = (sample + 0.5) / SAMPLES - 0.5;
  const first = Math.floor(place) - 1;
  const around = [first, first + 1, first + 2, first + 3];
  return {
    index: around.map((pixel) => Math.min(PADDED - 1, Math.max(0, pixel))),
    weight: around.map((pixel) => cubic(Math.abs(place - pixel))),
  };
});

/** The cubic kernel of D. Mitchell and A. Netravali (1988) with B = 0.6 and C = 0.2: smoother than Catmull-Rom. */
function cubic(t: number): number {
  if (t >= 2) return 0;
  return t < 1
    ? ((5.4 * t - 9.6) * t * t + 4.8) / 6
    : (((-1.8 * t + 9.6) * t - 16.8) * t + 9.6) / 6;
}

/** Area of the smallest visible hole, in samples. */
const MIN_HOLE = 0.4 * (SAMPLES * SAMPLES);

/** The least useful dilation, in samples: below it the shape is kept as it is. */
const MIN_EXTRA = 0.5;

/** Largest area of gaps that dilation may close, as a share of the ink. */
const MAX_CLOSED = 0.05;

/**
 * Dilates the strokes of a digit, by less than asked where holes or gaps would close.
 *
 * @param extra The radius of the dilation in pixels of MNIST.
 */
export function thickenShape(shape: Shape, extra: number): Shape {
  const { depth } = shape;
  const outside = boxBlur(boxBlur(distanceTransform(SIDE, (i) => depth[i] > 0), SIDE), SIDE);
  const holes = countHoles(SIDE, (i) => depth[i] > 0, MIN_HOLE);
  let reach = extra * SAMPLES;
  const changesTopology = (): boolean =>
    countHoles(SIDE, (i) => outside[i] < reach, MIN_HOLE) !== holes || closesGaps(outside, reach);
  while (changesTopology()) {
    reach *= 0.75;
    if (reach < MIN_EXTRA) return shape;
  }
  return shapeOf(outside.map((away) => (reach - away) / SAMPLES));
}

/** Whether dilation closes gaps: eroded by as much again (a morphological closing), the shape is much larger. */
function closesGaps(outside: Float32Array, reach: number): boolean {
  const back = distanceTransform(SIDE, (i) => outside[i] >= reach);
  let [ink, closed] = [0, 0];
  for (let i = 0; i < outside.length; i++) {
    if (outside[i] < 0.5) ink++;
    // The tolerance of one sample leaves the staircase of the edge out.
    else if (outside[i] > 1.5 && back[i] > reach + 1) closed++;
  }
  return closed > MAX_CLOSED * ink;
}

/** Samples beyond the radius of a skeleton line for which its distance field is drawn. */
const BEYOND = 4;

/** Width of the lines drawn along the skeleton, as a share of the usual stroke after thinning. */
const FINEST = 0.6;

/**
 * Erodes the strokes of a digit, and draws a fine line along their skeleton, so that no stroke vanishes.
 *
 * @param share The stroke width that is left, as a share of the median one, above 0 and at most 1.
 */
export function thinShape({ depth }: Shape, share: number): Shape {
  const skeleton = new Uint8Array(depth.length);
  for (let i = 0; i < depth.length; i++) if (depth[i] > 0) skeleton[i] = 1;
  thinToSkeleton(skeleton, SIDE);
  const middle: number[] = [];
  for (let i = 0; i < skeleton.length; i++) if (skeleton[i] === 1) middle.push(i);
  const inside = distanceTransform(SIDE, (i) => depth[i] <= 0);
  const outside = distanceTransform(SIDE, (i) => depth[i] > 0);
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
        const here = radius - math.hypot(px - x, py - y);
        if (here > thin[at]) thin[at] = here;
      }
    }
  }
  return shapeOf(boxBlur(thin, SIDE).map((samples) => samples / SAMPLES));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 1;
}

/** Pixels around the bounding box that soft edges may reach. */
const EDGE_MARGIN = 2;

/**
 * Rasterizes a shape with antialiasing. Each pixel keeps the larger coverage of what is there and the shape.
 *
 * @param place Maps pixels of MNIST to pixels of the picture.
 * @param coverage Receives the ink.
 * @param softness The width of the edge in pixels.
 */
export function drawShape(
  { depth, bounds }: Shape,
  place: Homography,
  coverage: Coverage,
  softness = 1,
): void {
  const { data, width, height } = coverage;
  const area = mapBounds(place, bounds);
  const left = Math.max(0, Math.floor(area.left - EDGE_MARGIN));
  const right = Math.min(width, Math.ceil(area.right + EDGE_MARGIN));
  const top = Math.max(0, Math.floor(area.top - EDGE_MARGIN));
  const bottom = Math.min(height, Math.ceil(area.bottom + EDGE_MARGIN));
  const size = Math.sqrt(
    (area.right - area.left) * (area.bottom - area.top) /
      ((bounds.right - bounds.left) * (bounds.bottom - bounds.top)),
  );
  // Supersampling keeps strokes thinner than a pixel where the shape is drawn small.
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
