import type { DigitImage } from "../../mod.ts";
import { luma } from "../../scripts/research/hard_set/pictures/picture.ts";
import type { Colour } from "../../scripts/research/hard_set/pictures/picture.ts";
import type { Random } from "../../src/model/random.ts";
import { encodeSquares, orientationNotes, withOrientation } from "../image/decode/jpeg_files.ts";
import { chunk, concat, encodePng } from "../image/decode/png_encoder.ts";
import type { Grey } from "../image/ink/drawing.ts";
import { Sheet, type Written } from "./drawing.ts";

/** Makes a picture of a digit in some form. */
export type Input = (digit: Written, random: Random) => DigitImage;

/** A digit anywhere on a sheet. */
function sheetWith(digit: Written, random: Random): Sheet {
  const side = random.uniform(50, 130);
  const tall = side * random.uniform(0.4, 0.75);
  const sheet = new Sheet(side, side * random.uniform(0.9, 1.2));
  sheet.digit(
    digit,
    random.uniform(0.08, 0.3) * side,
    random.uniform(0.1, 0.9) * (sheet.height - tall - 0.1 * side),
    tall,
    tall * random.uniform(0.07, 0.13),
  );
  return sheet;
}

function tones(random: Random): [ink: number, paper: number] {
  const [dark, light] = [random.uniform(0, 70), random.uniform(190, 255)];
  return random.next() < 0.7 ? [dark, light] : [light, dark];
}

/** Files of 16 bits for each sample, of which 9 to 16 are used. */
export const sixteenBits: Input = (digit, random) => {
  const { data, width, height } = sheetWith(digit, random).grey(...tones(random));
  const most = 2 ** (9 + random.integer(8)) - 1;
  const samples = Array.from(data, (level) => Math.round(level / 255 * most));
  const isGrey = random.next() < 0.5;
  return encodePng({
    width,
    height,
    depth: 16,
    colourType: isGrey ? 0 : 2,
    samples: isGrey ? samples : samples.flatMap((sample) => [sample, sample, sample]),
  });
};

/** 28×28 values, ink 1, of a digit that is framed as MNIST's or elsewhere. */
function values(digit: Written, random: Random): number[] {
  const sheet = new Sheet(28, 28);
  const tall = random.uniform(16, 21);
  const left = random.uniform(4, 10);
  sheet.digit(digit, left, random.uniform(2.5, 26 - tall), tall, random.uniform(1.6, 3));
  return Array.from(sheet.ink);
}

/** Numbers in one of the scales in which people have them, not quite exact now and then. */
export const scaledNumbers: Input = (digit, random) => {
  const ink = values(digit, random);
  const mask = ink.map((value) => value > 0.5 ? 1 : 0);
  const places = [...ink.keys()].filter((i) => ink[i] > 0.9);
  const above = (most: number): number[] =>
    ink.map((value, i) => i === places[0] ? most : Math.min(1, value));
  const ways: (() => DigitImage)[] = [
    () => new Uint8Array(mask),
    () => mask,
    () => mask.map((value) => value * (1 + 1e-7)),
    () => mask.map((value) => value - 1e-9),
    () => new Int32Array(ink.map((value) => Math.round(16 * value))),
    () => ink.map((value) => 255 * value),
    () => new Uint16Array(ink.map((value) => Math.round(65535 * value))),
    () => new Float64Array(above(1.02)),
    () => Array.from({ length: 28 }, (_, y) => ink.slice(28 * y, 28 * y + 28)),
    () => Array.from({ length: 28 }, (_, y) => mask.slice(28 * y, 28 * y + 28)),
    () => ({
      data: Float32Array.from(above(1.004).flatMap((value) => [value, value, value, 1])),
      width: 28,
      height: 28,
    }),
  ];
  return ways[random.integer(ways.length)]();
};

/** Files and pixels of two tones that are next to each other, such as masks of 0 and 1. */
export const masks: Input = (digit, random) => {
  const { ink, width, height } = sheetWith(digit, random);
  const isDark = random.next() < 0.5;
  const data = Uint8Array.from(ink, (share) => (share > 0.5) === isDark ? 0 : 1);
  if (random.next() < 0.5) return { data, width, height };
  return encodePng({ width, height, depth: 1, colourType: 0, samples: data });
};

/** Ink that differs from its paper by 5 to 20 of 255. */
export const faintInk: Input = (digit, random) => {
  const step = 5 + random.integer(16);
  const paper = step + random.integer(256 - 2 * step);
  const ink = paper + (random.next() < 0.5 ? step : -step);
  return sheetWith(digit, random).grey(ink, paper);
};

/** Ink and paper of the same brightness. */
export const hueAlone: Input = (digit, random) => {
  const colour = (): Colour => [random.integer(256), random.integer(256), random.integer(256)];
  for (;;) {
    const [ink, paper] = [colour(), colour()];
    const apart = Math.max(...ink.map((value, c) => Math.abs(value - paper[c])));
    if (apart < 100 || Math.abs(luma(ink) - luma(paper)) > 2) continue;
    return sheetWith(digit, random).coloured({ ink, paper });
  }
};

/** Squares of 8×8 pixels in a row of a JPEG of {@linkcode cmyk}. */
const SQUARES = 32;

/** JPEGs in CMYK and YCCK. */
export const cmyk: Input = (digit, random) => {
  const [ink, paper] = tones(random);
  const { data } = sheetOf(SQUARES, digit, random).grey(ink, paper);
  const [transform, black] = [random.next() < 0.5 ? 0 : 2, random.next() < 0.5];
  const samples = Array.from(data, (level) => {
    // Either black ink alone or equal inks of the other colours; inverted, as Adobe has it.
    const [colour, key] = black ? [255, level] : [level, 255];
    return transform === 0 ? [colour, colour, colour, key] : [255 - colour, 128, 128, key];
  });
  return encodeSquares({ samples, columns: SQUARES, transform });
};

/** A digit that fills most of a square of a side. */
function sheetOf(side: number, digit: Written, random: Random): Sheet {
  const sheet = new Sheet(side, side);
  const tall = side * random.uniform(0.55, 0.75);
  sheet.digit(digit, 0.25 * side, random.uniform(0.1, 0.2) * side, tall, 0.11 * tall);
  return sheet;
}

/** Where a pixel is stored of a picture of a size that is shown with an EXIF orientation. */
const STORED: readonly ((x: number, y: number, w: number, h: number) => [number, number])[] = [
  (x, y) => [x, y],
  (x, y, w) => [w - 1 - x, y],
  (x, y, w, h) => [w - 1 - x, h - 1 - y],
  (x, y, _, h) => [x, h - 1 - y],
  (x, y) => [y, x],
  (x, y, w) => [y, w - 1 - x],
  (x, y, w, h) => [h - 1 - y, w - 1 - x],
  (x, y, _, h) => [h - 1 - y, x],
];

/** PNG and JPEG files that are to be turned or mirrored. */
export const oriented: Input = (digit, random) => {
  const orientation = 1 + random.integer(8);
  const isPng = random.next() < 0.5;
  const sheet = isPng ? sheetWith(digit, random) : sheetOf(SQUARES, digit, random);
  const { data, width, height } = turned(sheet.grey(...tones(random)), orientation);
  if (!isPng) {
    const squares = encodeSquares({
      samples: Array.from(data, (level) => [level]),
      columns: width,
    });
    return withOrientation(squares, orientation);
  }
  const png = encodePng({ width, height, depth: 8, colourType: 0, samples: data });
  // Behind the signature and the header.
  const notes = chunk("eXIf", orientationNotes(orientation, random.next() < 0.5));
  return concat(png.subarray(0, 33), notes, png.subarray(33));
};

/** A picture as it is stored, to be shown with an orientation. */
function turned({ data, width, height }: Grey, orientation: number): Grey {
  const isAcross = orientation > 4;
  const [columns, rows] = isAcross ? [height, width] : [width, height];
  const stored = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = STORED[orientation - 1](x, y, width, height);
      stored[row * columns + column] = data[y * width + x];
    }
  }
  return { data: stored, width: columns, height: rows };
}
