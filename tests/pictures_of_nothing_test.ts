import { assertEquals, assertGreaterOrEqual, assertLess, assertLessOrEqual } from "@std/assert";
import { classifyDigit, LeNetError } from "../mod.ts";
import { noDigitPicture } from "../scripts/research/hard_set/pictures/no_digit.ts";
import type { RgbaPicture } from "../scripts/research/hard_set/pictures/picture.ts";
import { Random } from "../src/model/random.ts";

/** The grey level of a pixel, 0 to 255, of a place in pixels. */
type Level = (x: number, y: number) => number;

/** Draws a grey picture. */
function grey(width: number, height: number, level: Level): RgbaPicture {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    data.fill(level(i % width, Math.floor(i / width)), 4 * i, 4 * i + 3);
  }
  return { data, width, height };
}

/** Whether a place is inked, in [−1, 1] × [−1, 1]. */
type Figure = (x: number, y: number) => boolean;

/** Draws a figure with antialiasing, dark on light, in the middle four fifths of a square. */
function figure(side: number, isInk: Figure, [ink, paper] = [20, 245]): RgbaPicture {
  return grey(side, side, (x, y) => {
    let covered = 0;
    for (let n = 0; n < 9; n++) {
      const [u, v] = [x + (n % 3 + 0.5) / 3, y + (Math.floor(n / 3) + 0.5) / 3];
      if (isInk(2.5 * u / side - 1.25, 2.5 * v / side - 1.25)) covered++;
    }
    return paper + (ink - paper) * covered / 9;
  });
}

const disc = (left: number, top: number, radius: number): Figure => (x, y) =>
  (x - left) ** 2 + (y - top) ** 2 < radius ** 2;

const box = (left: number, top: number, right: number, bottom: number): Figure => (x, y) =>
  x > left && x < right && y > top && y < bottom;

const any = (...figures: Figure[]): Figure => (x, y) => figures.some((isInk) => isInk(x, y));

const without = (figure: Figure, hole: Figure): Figure => (x, y) => figure(x, y) && !hole(x, y);

/** A face: the outline of a head, eyes, a nose and a mouth, and hair or ears. */
function face(eye: number, smile: number, hair: Figure): Figure {
  const head = without(disc(0, 0, 1), disc(0, 0, 0.93));
  const mouth: Figure = (x, y) =>
    Math.abs(x) < 0.45 && Math.abs(y - 0.45 - smile * (0.2 - x * x)) < 0.05;
  return any(
    head,
    disc(-0.35, -0.2, eye),
    disc(0.35, -0.2, eye),
    box(-0.04, -0.05, 0.04, 0.2),
    mouth,
    (x, y) => disc(0, 0, 1)(x, y) && hair(x, y),
  );
}

const EARS = any(disc(-0.9, -0.85, 0.35), disc(0.9, -0.85, 0.35));

/** Figures as in logos: none of them an upright stroke or a single ring. */
const LOGOS: Readonly<Record<string, Figure>> = {
  disc: disc(0, 0, 1),
  square: box(-1, -1, 1, 1),
  cross: any(box(-0.25, -1, 0.25, 1), box(-1, -0.25, 1, 0.25)),
  triangle: (x, y) => y < 0.9 && Math.abs(x) < (y + 0.9) * 0.6,
  diamonds: (x, y) => Math.abs(Math.abs(x) - 0.5) + Math.abs(Math.abs(y) - 0.5) < 0.4,
  target: (x, y) => Math.floor(7 * Math.sqrt(x * x + y * y)) % 2 === 0 && x * x + y * y < 1,
  "four squares": (x, y) =>
    Math.max(Math.abs(Math.abs(x) - 0.5), Math.abs(Math.abs(y) - 0.5)) < 0.42,
  "three stripes": (x, y) =>
    Math.abs(y) < 0.7 && (x + y * 0.5 + 3) % 0.6 < 0.35 && Math.abs(x) < 0.9,
  heart: (x, y) => (x * x + y * y - 0.6) ** 3 + x * x * y ** 3 < 0,
  house: any((x, y) => y > -1 && y < -0.1 && Math.abs(x) < y + 1, box(-0.7, -0.1, 0.7, 0.9)),
  envelope: without(
    box(-1, -0.65, 1, 0.65),
    (x, y) => Math.abs(y + 0.6 - 0.9 * (1 - Math.abs(x))) < 0.07,
  ),
  bars: any(box(-0.9, 0.2, -0.5, 1), box(-0.2, -0.3, 0.2, 1), box(0.5, -0.9, 0.9, 1)),
  sun: (x, y) => {
    const away = Math.sqrt(x * x + y * y);
    return away < 0.45 || (away > 0.6 && away < 1 && Math.cos(8 * Math.atan2(y, x)) > 0.4);
  },
  tree: any((x, y) => y > -1 && y < 0.5 && Math.abs(x) < (y + 1) * 0.45, box(-0.12, 0.5, 0.12, 1)),
  "play button": without(disc(0, 0, 1), (x, y) => x > -0.3 && Math.abs(y) < (0.6 - x) * 0.6),
  hexagon: without(
    (x, y) => Math.abs(y) < 0.87 && Math.abs(x) + Math.abs(y) * 0.58 < 1,
    any(disc(-0.3, 0, 0.2), disc(0.3, 0, 0.2)),
  ),
};

/** Noise, by the distribution of a pixel. */
const NOISES: Readonly<Record<string, (random: Random) => Level>> = {
  uniform: (random) => () => random.uniform(0, 255),
  gaussian: (random) => () => 128 + 40 * random.normal(),
  faint: (random) => () => 200 + 4 * random.normal(),
  "salt and pepper": (random) => () => random.next() < 0.1 ? 255 * random.integer(2) : 128,
  specks: (random) => () => random.next() < 0.01 ? 0 : 255,
  rows: (random) => {
    const levels = Array.from({ length: 400 }, () => random.uniform(0, 255));
    return (_x, y) => levels[y];
  },
  blocks: (random) => {
    const levels = Array.from({ length: 2500 }, () => random.uniform(0, 255));
    return (x, y) => levels[50 * Math.floor(y / 9) + Math.floor(x / 9)];
  },
};

function nothing(): [name: string, picture: RgbaPicture][] {
  const pictures: [string, RgbaPicture][] = [];
  for (const level of [0, 60, 128, 255]) {
    pictures.push([`one pixel of ${level}`, grey(1, 1, () => level)]);
  }
  for (const [width, height] of [[1, 28], [300, 1], [2, 91], [3, 3], [28, 2]]) {
    pictures.push([
      `noise of ${width}×${height}`,
      grey(width, height, (x, y) => 37 * (x + 3 * y) % 256),
    ]);
  }
  for (const side of [28, 120, 300]) {
    for (const level of [0, 90, 255]) {
      pictures.push([
        `flat ${side} of ${level}`,
        grey(side, side, () => level),
      ]);
    }
    const middle = side >> 1;
    pictures.push([
      `a dark pixel of ${side}`,
      grey(side, side, (x, y) => x === middle && y === middle ? 0 : 255),
    ]);
  }
  for (const [name, noise] of Object.entries(NOISES)) {
    for (const side of [28, 150]) {
      pictures.push([`${name} noise ${side}`, grey(side, side, noise(new Random(side)))]);
    }
  }
  for (let seed = 0; seed < 14; seed++) {
    pictures.push([`text ${seed}`, noDigitPicture("text", new Random(seed))]);
  }
  const hairs: Readonly<Record<string, Figure>> = {
    bald: () => false,
    hair: (_x, y) => y < -0.55,
    beard: (_x, y) => y > 0.75,
    parted: (x, y) => y < -0.5 - 0.3 * x,
  };
  for (const [name, hair] of Object.entries(hairs)) {
    pictures.push([`${name} face`, figure(200, face(0.12, 0.8, hair))]);
    pictures.push([`${name} sad face`, figure(120, face(0.17, -0.6, hair), [230, 20])]);
  }
  pictures.push(["face with ears", figure(160, any(face(0.1, 0.3, () => false), EARS))]);
  for (const cell of [1, 2, 4, 8, 20, 32, 64]) {
    pictures.push([
      `chessboard of ${cell}`,
      grey(
        8 * cell,
        8 * cell,
        (x, y) => (Math.floor(x / cell) + Math.floor(y / cell)) % 2 * 235 + 10,
      ),
    ]);
  }
  for (const period of [2, 6, 15, 40]) {
    const stripe = (at: number): number => at % period < period / 2 ? 30 : 230;
    pictures.push([`stripes across of ${period}`, grey(200, 200, (_x, y) => stripe(y))]);
    pictures.push([`stripes down of ${period}`, grey(200, 200, (x) => stripe(x))]);
    pictures.push([`diagonal stripes of ${period}`, grey(200, 200, (x, y) => stripe(x + y))]);
  }
  pictures.push(
    ["gradient across", grey(200, 150, (x) => x * 1.27)],
    ["gradient down", grey(28, 28, (_x, y) => y * 9)],
    ["faint gradient", grey(200, 200, (x, y) => 150 + (x + y) / 10)],
    ["gradient around", grey(200, 200, (x, y) => Math.sqrt((x - 100) ** 2 + (y - 100) ** 2) * 2)],
    ["vignette", grey(180, 240, (x, y) => 240 - ((x - 90) ** 2 + (y - 120) ** 2) / 150)],
    [
      "bricks",
      grey(160, 160, (x, y) => {
        const row = Math.floor(y / 20);
        return y % 20 < 2 || (x + 20 * (row % 2)) % 40 < 2 ? 220 : 110;
      }),
    ],
    ["dots", grey(180, 180, (x, y) => (x % 18 - 9) ** 2 + (y % 18 - 9) ** 2 < 20 ? 30 : 240)],
    ["transparent", { data: new Uint8ClampedArray(4 * 10000), width: 100, height: 100 }],
    ["gradient to a corner", grey(120, 120, (x, y) => x * y / 56)],
  );
  Object.entries(LOGOS).forEach(([name, logo], n) => {
    pictures.push([name, figure(60 + 30 * (n % 5), logo, n % 3 === 2 ? [240, 25] : [20, 245])]);
  });
  return pictures;
}

/** Longest time of an answer in milliseconds, far above the usual one, since other tests run at the same time. */
const MAX_MILLISECONDS = 3000;

const REASONS: readonly (string | null)[] = [
  "no-ink",
  "too-faint",
  "too-small",
  "not-a-digit",
  "several-digits",
];

/** Outlines that are round, and single stripes, may be taken for a 0 and a 1. */
const MAX_READ = 3;

Deno.test(`classifyDigit reads digits in at most ${MAX_READ} of a hundred pictures of nothing, and says why not in others`, async () => {
  const pictures = nothing();
  assertEquals(new Set(pictures.map(([name]) => name)).size, pictures.length);
  assertGreaterOrEqual(pictures.length, 100);
  const read: string[] = [];
  for (const [name, picture] of pictures) {
    const started = performance.now();
    try {
      const { digit, reason, confidence } = await classifyDigit(picture);
      if (digit !== null) read.push(`${name}: ${digit}, confidence ${confidence.toFixed(2)}`);
      else assertEquals(REASONS.includes(reason), true, `${name}: ${reason}`);
    } catch (error) {
      if (!(error instanceof LeNetError)) throw error;
    }
    assertLess(performance.now() - started, MAX_MILLISECONDS, name);
  }
  assertLessOrEqual(read.length, MAX_READ, read.join("; "));
});
