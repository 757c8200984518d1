import type { Random } from "../../model/random.ts";

/** One grey image that is changed in place. */
interface Picture {
  /** 0 to 1, row by row. */
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Ways in which pictures come to us worse than they were. */
const DEGRADATIONS: readonly ((picture: Picture, random: Random) => void)[] = [
  blur,
  addNoise,
  addSpecks,
  lift,
  harden,
  outline,
  strike,
  coverBand,
  coarsen,
];

/**
 * Makes a grey image worse in one way, picked at random: blurred, noisy, specked, faint on a lifted background, hard
 * black and white, an outline only, struck through, partly covered or covered in reverse, coarse.
 *
 * @param data The image, 0 to 1, row by row; it is changed.
 * @param width Columns.
 * @param random Decides the way and how far it goes.
 */
export function degrade(data: Float32Array, width: number, random: Random): void {
  const picture = { data, width, height: data.length / width };
  DEGRADATIONS[random.integer(DEGRADATIONS.length)](picture, random);
  for (let i = 0; i < data.length; i++) data[i] = Math.min(1, Math.max(0, data[i]));
}

/** One or two passes of a 3×3 binomial, or a mean along a short line: a camera that is out of focus, or was moved. */
function blur({ data, width, height }: Picture, random: Random): void {
  const moves = random.next() < 0.5;
  const angle = random.uniform(0, Math.PI);
  const steps = moves ? 1 : 1 + random.integer(2);
  const offsets = moves
    ? [-2, -1, 0, 1, 2].map((
      t,
    ) => [Math.round(t * Math.cos(angle)), Math.round(t * Math.sin(angle)), 1])
    : [-1, 0, 1].flatMap((y) =>
      [-1, 0, 1].map((x) => [x, y, (2 - Math.abs(x)) * (2 - Math.abs(y))])
    );
  const total = offsets.reduce((sum, [, , weight]) => sum + weight, 0);
  for (let step = 0; step < steps; step++) {
    const source = data.slice();
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        let sum = 0;
        for (const [dx, dy, weight] of offsets) {
          const [u, v] = [x + dx, y + dy];
          if (u >= 0 && v >= 0 && u < width && v < height) sum += weight * source[v * width + u];
        }
        data[at] = sum / total;
      }
    }
  }
}

/** Noise of a camera in the dark: everywhere, or where there is ink. */
function addNoise({ data }: Picture, random: Random): void {
  const [everywhere, onInk] = [random.uniform(0, 0.2), random.uniform(0, 0.4)];
  for (let i = 0; i < data.length; i++) {
    data[i] += (everywhere + onInk * data[i]) * random.normal();
  }
}

/** Single pixels, black or white. */
function addSpecks({ data }: Picture, random: Random): void {
  const share = random.uniform(0.01, 0.12);
  for (let i = 0; i < data.length; i++) {
    if (random.next() < share) data[i] = random.integer(2);
  }
}

/** A background that is not black, unevenly, with ink fainter or as bright as before. */
function lift({ data, width, height }: Picture, random: Random): void {
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

/** Black and white only. */
function harden({ data }: Picture, random: Random): void {
  const threshold = random.uniform(0.2, 0.7);
  for (let i = 0; i < data.length; i++) data[i] = data[i] > threshold ? 1 : 0;
}

/** The edges of strokes, as bright as those are steep, without what is inside. */
function outline({ data, width, height }: Picture, random: Random): void {
  const source = data.slice();
  const gain = random.uniform(1, 3);
  const value = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : source[y * width + x];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const across = value(x + 1, y) - value(x - 1, y);
      data[at] = gain * 0.5 * Math.hypot(across, value(x, y + 1) - value(x, y - 1));
    }
  }
}

/** A line from edge to edge, straight or crooked, whole or dotted, one pixel or two wide. */
function strike({ data, width, height }: Picture, random: Random): void {
  const [start, end] = [random.uniform(0, height), random.uniform(0, height)];
  const [depth, length] = [random.next() < 0.5 ? 0 : random.uniform(1, 3), random.uniform(2, 10)];
  const gap = random.next() < 0.5 ? 0 : 2 + random.integer(2);
  const thick = 1 + random.integer(2);
  const stands = random.next() < 0.5;
  for (let t = 0; t < width; t += 0.5) {
    if (gap > 0 && Math.floor(t) % gap === 0) continue;
    const s = start + (end - start) * t / width + depth * Math.sin(2 * Math.PI * t / length);
    for (let beside = 0; beside < thick; beside++) {
      const [x, y] = (stands ? [s + beside, t] : [t, s + beside]).map(Math.floor);
      if (x >= 0 && y >= 0 && x < width && y < height) data[y * width + x] = 1;
    }
  }
}

/** A band across, or one along each of two opposite edges, that is black, white, or turns black into white. */
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

/** Blocks of 2×2 pixels, each as bright as its mean. */
function coarsen({ data, width, height }: Picture, random: Random): void {
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
