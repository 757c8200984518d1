import * as math from "../../model/math.ts";
import type { Random } from "../../model/random.ts";

/** A grey image that is changed in place. */
interface Picture {
  /** 0 to 1, row by row. */
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** The kinds of degradation, drawn with equal probability. Their order is part of the result of a seed. */
const DEGRADATIONS: readonly ((picture: Picture, random: Random) => void)[] = [
  blur,
  addNoise,
  addSpecks,
  raiseBackground,
  binarize,
  keepEdges,
  strikeThrough,
  coverBand,
  pixelate,
];

/**
 * Degrades a grey image in one way, drawn at random: blur, noise, specks, raised background, binarization, edges only,
 * strikethrough, a covered or inverted band, pixelation.
 *
 * @param data The image, 0 to 1, row by row. It is changed in place.
 * @param width The number of columns.
 * @param random Decides the kind and the amount.
 */
export function degrade(data: Float32Array, width: number, random: Random): void {
  const picture = { data, width, height: data.length / width };
  DEGRADATIONS[random.integer(DEGRADATIONS.length)](picture, random);
  for (let i = 0; i < data.length; i++) data[i] = Math.min(1, Math.max(0, data[i]));
}

/** Focus blur, one or two passes of a 3×3 binomial filter, or motion blur, the mean of 5 pixels along a line. */
function blur(picture: Picture, random: Random): void {
  const moves = random.next() < 0.5;
  const angle = random.uniform(0, Math.PI);
  const passes = moves ? 1 : 1 + random.integer(2);
  const taps = moves
    ? [-2, -1, 0, 1, 2].map((
      t,
    ) => [Math.round(t * math.cos(angle)), Math.round(t * math.sin(angle)), 1])
    : [-1, 0, 1].flatMap((y) =>
      [-1, 0, 1].map((x) => [x, y, (2 - Math.abs(x)) * (2 - Math.abs(y))])
    );
  for (let pass = 0; pass < passes; pass++) filter(picture, taps);
}

/** Replaces each pixel by the weighted mean of those at some offsets: [right, down, weight]. */
function filter(picture: Picture, taps: readonly (readonly number[])[]): void {
  const { data, width, height } = picture;
  const { source, stride } = withBorder(picture);
  const offsets = Int32Array.from(taps, ([right, down]) => down * stride + right);
  const weights = Float64Array.from(taps, ([, , weight]) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0, from = (y + BORDER) * stride + BORDER; x < width; x++, at++, from++) {
      let sum = 0;
      for (let tap = 0; tap < offsets.length; tap++) {
        sum += weights[tap] * source[from + offsets[tap]];
      }
      data[at] = sum / total;
    }
  }
}

/** Pixels on each side that {@linkcode withBorder} adds: the farthest that anything here looks. */
const BORDER = 2;

/** A copy of a picture with zeros around it, and the length of its rows. */
function withBorder({ data, width, height }: Picture): { source: Float32Array; stride: number } {
  const stride = width + 2 * BORDER;
  const source = new Float32Array(stride * (height + 2 * BORDER));
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    source.set(row, (y + BORDER) * stride + BORDER);
  }
  return { source, stride };
}

/** Gaussian sensor noise: the sum of a part that is the same everywhere and a part that grows with the ink. */
function addNoise({ data }: Picture, random: Random): void {
  const [everywhere, onInk] = [random.uniform(0, 0.2), random.uniform(0, 0.4)];
  for (let i = 0; i < data.length; i++) {
    data[i] += (everywhere + onInk * data[i]) * random.normal();
  }
}

/** Salt-and-pepper noise. */
function addSpecks({ data }: Picture, random: Random): void {
  const share = random.uniform(0.01, 0.12);
  for (let i = 0; i < data.length; i++) {
    if (random.next() < share) data[i] = random.integer(2);
  }
}

/** A grey background with a gradient of light, and ink of lower contrast. */
function raiseBackground({ data, width, height }: Picture, random: Random): void {
  const [from, across, down] = [
    random.uniform(0.1, 0.6),
    random.uniform(-1, 1),
    random.uniform(-1, 1),
  ];
  const contrast = random.uniform(0.5, 1);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const light = from *
        (1 + 0.5 * across * (2 * x / width - 1) + 0.5 * down * (2 * y / height - 1));
      data[at] = light + contrast * data[at];
    }
  }
}

/** Black and white by a global threshold. */
function binarize({ data }: Picture, random: Random): void {
  const threshold = random.uniform(0.2, 0.7);
  for (let i = 0; i < data.length; i++) data[i] = data[i] > threshold ? 1 : 0;
}

/** The magnitude of the gradient: outlines of strokes without their inside. */
function keepEdges(picture: Picture, random: Random): void {
  const { data, width, height } = picture;
  const { source, stride } = withBorder(picture);
  const gain = random.uniform(1, 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0, from = (y + BORDER) * stride + BORDER; x < width; x++, at++, from++) {
      const across = source[from + 1] - source[from - 1];
      const down = source[from + stride] - source[from - stride];
      data[at] = gain * 0.5 * math.hypot(across, down);
    }
  }
}

/** A line from edge to edge, straight or wavy, solid or dashed, one or two pixels wide. */
function strikeThrough({ data, width, height }: Picture, random: Random): void {
  const [start, end] = [random.uniform(0, height), random.uniform(0, height)];
  const [depth, length] = [random.next() < 0.5 ? 0 : random.uniform(1, 3), random.uniform(2, 10)];
  const gap = random.next() < 0.5 ? 0 : 2 + random.integer(2);
  const thick = 1 + random.integer(2);
  const stands = random.next() < 0.5;
  for (let t = 0; t < width; t += 0.5) {
    if (gap > 0 && Math.floor(t) % gap === 0) continue;
    const s = start + (end - start) * t / width + depth * math.sin(2 * Math.PI * t / length);
    for (let beside = 0; beside < thick; beside++) {
      const [x, y] = (stands ? [s + beside, t] : [t, s + beside]).map(Math.floor);
      if (x >= 0 && y >= 0 && x < width && y < height) data[y * width + x] = 1;
    }
  }
}

/** A band across the image, or one along each of two opposite edges: black, white, or inverted. */
function coverBand({ data, width, height }: Picture, random: Random): void {
  const stands = random.next() < 0.5;
  const side = stands ? width : height;
  const kind = random.integer(3);
  const isMargin = random.next() < 0.3;
  const thick = 1 + random.integer(isMargin ? side >> 2 : 4);
  const first = isMargin ? 0 : random.integer(side - thick);
  for (let i = 0; i < data.length; i++) {
    const at = stands ? i % width : Math.floor(i / width);
    const place = isMargin ? Math.min(at, side - 1 - at) : at;
    if (place >= first && place < first + thick) data[i] = [0, 1, 1 - data[i]][kind];
  }
}

/** The mean of each block of 2×2 pixels. */
function pixelate({ data, width, height }: Picture, random: Random): void {
  const [left, top] = [random.integer(2), random.integer(2)];
  for (let y = top; y + 1 < height; y += 2) {
    for (let x = left; x + 1 < width; x += 2) {
      const at = y * width + x;
      const mean = (data[at] + data[at + 1] + data[at + width] + data[at + width + 1]) / 4;
      data[at] =
        data[at + 1] =
        data[at + width] =
        data[at + width + 1] =
          mean;
    }
  }
}
