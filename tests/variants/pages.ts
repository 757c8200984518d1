import type { DigitImage } from "../../mod.ts";
import { MARKS } from "../../scripts/research/hard_set/pictures/glyphs.ts";
import {
  fitPaths,
  type Path,
  pathBounds,
  writeStrokes,
} from "../../scripts/research/hard_set/pictures/drawing.ts";
import type { Bounds } from "../../scripts/research/hard_set/pictures/homography.ts";
import {
  type Colour,
  darkOnLight,
  lightOnDark,
  type Materials,
} from "../../scripts/research/hard_set/pictures/picture.ts";
import type { Random } from "../../src/model/random.ts";
import { closed, ellipseAround, PEN, Sheet, sizeOf, type Written } from "./drawing.ts";

/** Gives a digit that was written. */
export type Pick = () => Written;

/** A page of one digit or several. */
export interface Page {
  readonly image: DigitImage;
  /** The digits that are on it. */
  readonly text: string;
}

/** Makes a page of digits that were written. */
export type MakePage = (pick: Pick, random: Random) => Page;

function materials(random: Random): Materials {
  return random.next() < 0.75 ? darkOnLight(random) : lightOnDark(random);
}

function pageOf(sheet: Sheet, digits: readonly Written[], random: Random): Page {
  return {
    image: sheet.coloured(materials(random)),
    text: digits.map(({ label }) => label).join(""),
  };
}

/** Bold ink that covers at least half of the border. */
export function boldInk(pick: Pick, random: Random): Page {
  for (;;) {
    const digit = pick();
    const tall = random.uniform(60, 160);
    const pen = tall * random.uniform(0.2, 0.28);
    const { width, height } = sizeOf(digit.paths);
    const inset = (): number => random.uniform(0.05, 0.4) * pen;
    const [left, top] = [pen / 2 - inset(), pen / 2 - inset()];
    const sheet = new Sheet(
      left + tall * width / height + pen / 2 - inset(),
      top + tall + pen / 2 - inset(),
    );
    sheet.digit(digit, left, top, tall, pen);
    const share = borderShare(sheet);
    if (share > 0.5 && share < 0.7) return pageOf(sheet, [digit], random);
  }
}

function borderShare({ ink, width, height }: Sheet): number {
  const border = [...ink.keys()].filter((i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
  return border.reduce((sum, i) => sum + ink[i], 0) / border.length;
}

/** A digit as small as 20 pixels, anywhere on a sheet, close to an edge or a corner, too. */
export function tinyDigit(pick: Pick, random: Random): Page {
  const [digit, tall] = [pick(), random.uniform(20, 50)];
  const sheet = new Sheet(random.uniform(700, 1500), random.uniform(600, 1000));
  const wide = tall * sizeOf(digit.paths).width / sizeOf(digit.paths).height;
  const isAtEdge = random.next() < 0.3;
  const place = (room: number): number =>
    tall / 4 + (room - tall / 2) * (isAtEdge ? random.integer(2) : random.next());
  sheet.digit(digit, place(sheet.width - wide), place(sheet.height - tall), tall);
  const [ink, paper] = random.next() < 0.7 ? [40, 245] : [220, 30];
  return { image: sheet.grey(ink, paper), text: `${digit.label}` };
}

/** A digit that is two to four times as high, or twice as wide, as it is written. */
export function stretched(pick: Pick, random: Random): Page {
  for (;;) {
    const digit = pick();
    const isTall = random.next() < 0.7;
    // A 1 that lies is a dash.
    if (digit.label === 1) continue;
    const factor = isTall ? random.uniform(2, 4) : random.uniform(1.5, 2.2);
    const paths = digit.paths.map((path) =>
      path.map((value, i) => i % 2 === (isTall ? 1 : 0) ? factor * value : value)
    );
    const wide = random.uniform(40, 80) * (isTall ? 1 : factor);
    const tall = wide * sizeOf(paths).height / sizeOf(paths).width;
    const sheet = new Sheet(1.5 * wide, tall + 0.5 * wide);
    sheet.digit({ paths }, 0.25 * wide, 0.25 * wide, tall, 0.12 * wide / (isTall ? 1 : factor));
    return pageOf(sheet, [digit], random);
  }
}

/** A digit on paper through which the print of the other side shows, mirrored. */
export function showingThrough(pick: Pick, random: Random): Page {
  const [digit, tall] = [pick(), random.uniform(70, 130)];
  const [sheet, back] = [0, 1].map(() => new Sheet(2.2 * tall, 1.8 * tall));
  const left = random.uniform(0.3, 1.1) * tall;
  sheet.digit(digit, left, random.uniform(0.2, 0.6) * tall, tall);
  const size = random.uniform(0.12, 0.5) * tall;
  for (let y = random.uniform(0, size); y < back.height; y += 1.6 * size) {
    for (let x = -size / 2; x < back.width; x += random.uniform(0.8, 1.2) * size) {
      const paths = pick().paths.map((path) =>
        path.map((value, i) => i % 2 === 0 ? -value : value)
      );
      back.draw(fitPaths(paths, size, x, y), 0.12 * size, 0.08 * size + 1);
    }
  }
  const { ink, paper } = darkOnLight(random);
  const strength = random.uniform(0.05, 0.25);
  const colour = paper.map((value, c) => value + strength * (ink[c] - value));
  return {
    image: sheet.coloured({ ink, paper }, { sheet: back, colour: colour as unknown as Colour }),
    text: `${digit.label}`,
  };
}

type Mark = typeof MARKS[number];

/**
 * Draws a mark beside digits.
 *
 * @returns Its right side.
 */
function drawMark(
  sheet: Sheet,
  { strokes, aspect, tall: share, down }: Mark,
  left: number,
  top: number,
  tall: number,
  random: Random,
): number {
  const paths = writeStrokes(strokes, aspect, random);
  const bounds = pathBounds(paths);
  // The strokes are written around the middle of a square of one.
  const [size, x, y] = [
    share * tall,
    left - share * tall * bounds.left,
    top + down * tall + share * tall / 2,
  ];
  sheet.draw(
    paths.map((path) => path.map((value, i) => (i % 2 === 0 ? x : y) + size * value)),
    PEN * tall,
  );
  return left + size * (bounds.right - bounds.left);
}

const marksOf = (names: readonly string[]): Mark[] =>
  MARKS.filter(({ name }) => names.includes(name));

/** One digit with a full stop or a comma behind it. */
export function punctuated(pick: Pick, random: Random): Page {
  return marked(pick, random, marksOf(["full stop", "comma"]), false);
}

/** One digit with a dash behind or before it. */
export function dashed(pick: Pick, random: Random): Page {
  return marked(pick, random, marksOf(["dash"]), random.next() < 0.3);
}

function marked(pick: Pick, random: Random, marks: readonly Mark[], isBefore: boolean): Page {
  const [digit, tall] = [pick(), random.uniform(40, 120)];
  const sheet = new Sheet(3.4 * tall, 1.6 * tall);
  const mark = marks[random.integer(marks.length)];
  const gap = random.uniform(0.18, 0.4) * tall;
  const top = 0.3 * tall;
  if (isBefore) {
    sheet.digit(digit, drawMark(sheet, mark, 0.4 * tall, top, tall, random) + gap, top, tall);
  } else {
    const { right } = sheet.digit(digit, 0.4 * tall, top, tall);
    drawMark(sheet, mark, right + gap, top, tall, random);
  }
  return pageOf(sheet, [digit], random);
}

/** One digit in a circle, an oval, a diamond, a triangle or a box, which may touch it below. */
export function enclosed(pick: Pick, random: Random): Page {
  const [digit, tall] = [pick(), random.uniform(50, 130)];
  const sheet = new Sheet(3.6 * tall, 3.6 * tall);
  const box = sheet.digit(digit, 1.8 * tall - 0.3 * tall, 1.3 * tall, tall);
  const pen = PEN * tall * random.uniform(0.25, 1);
  sheet.draw([enclosureAround(box, tall, random)], pen);
  return pageOf(sheet, [digit], random);
}

function enclosureAround(box: Bounds, tall: number, random: Random): Path {
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const kind = random.next();
  if (kind < 0.3) {
    const reach = tall * random.uniform(0.75, 1.3);
    return ellipseAround(
      { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach },
      1,
    );
  }
  if (kind < 0.5) return ellipseAround(box, random.uniform(1.6, 2));
  if (kind < 0.7) {
    const reach = tall * random.uniform(1.05, 1.5);
    return closed([[x, y - reach], [x + reach, y], [x, y + reach], [x - reach, y]]);
  }
  const away = (): number => tall * random.uniform(0.2, 0.6);
  const isTouching = kind > 0.9;
  const bottom = isTouching ? box.bottom : box.bottom + away();
  const [left, top, right] = [box.left - away(), box.top - away(), box.right + away()];
  return closed([[left, top], [right, top], [right, bottom], [left, bottom]]);
}

/** Several digits, which make no single one. */
export function several(pick: Pick, random: Random): Page {
  return numberPage(pick, random, 2 + random.integer(5), () => {});
}

/** Draws a number, and what is around it. */
function numberPage(
  pick: Pick,
  random: Random,
  count: number,
  surround: (sheet: Sheet, box: Bounds, tall: number) => void,
): Page {
  const digits = Array.from({ length: count }, pick);
  const tall = random.uniform(30, 60);
  const margin = 1 + 0.3 * count;
  const sheet = new Sheet((1.15 * count + 2 * margin) * tall, 3.2 * tall);
  const gap = tall * random.uniform(0.2, 0.45);
  const box = sheet.number(digits, margin * tall, 1.1 * tall, tall, gap);
  surround(sheet, box, tall);
  return pageOf(sheet, digits, random);
}

/** How many digits a number has. */
const count = (random: Random): number => 2 + random.integer(3);

/** A number over one line or two, or under one, which may touch it. */
export function underlinedNumber(pick: Pick, random: Random): Page {
  return numberPage(pick, random, count(random), (sheet, { left, top, right, bottom }, tall) => {
    const beyond = (): number => tall * random.uniform(0.05, 0.7);
    const lean = random.uniform(-0.08, 0.08) * tall;
    const isAbove = random.next() < 0.25;
    const gap = tall * random.uniform(0.08, 0.3);
    const y = isAbove ? top - gap - PEN * tall : bottom + gap;
    const pen = PEN * tall * random.uniform(0.25, 1);
    const [from, to] = [left - beyond(), right + beyond()];
    sheet.draw([[from, y, to, y + lean]], pen);
    if (random.next() < 0.2) sheet.draw([[from, y + 3 * pen + 3, to, y + lean + 3 * pen + 3]], pen);
  });
}

/** A number in a box, an oval, or a box for each digit, as on a form. */
export function enclosedNumber(pick: Pick, random: Random): Page {
  return numberPage(pick, random, count(random), (sheet, { left, top, right, bottom }, tall) => {
    const pen = PEN * tall * random.uniform(0.2, 0.8);
    const away = tall * random.uniform(0.15, 0.45);
    const box = { left: left - away, top: top - away, right: right + away, bottom: bottom + away };
    if (random.next() < 0.5) {
      const across = random.uniform(1.3, 1.6);
      // An ellipse through the corners of the box, and some room beside it.
      const down = random.uniform(1.2, 1.4) / Math.sqrt(1 - across ** -2);
      sheet.draw([ellipseAround({ left, top, right, bottom }, across, down)], pen);
    } else {
      sheet.draw([
        closed([[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [
          box.left,
          box.bottom,
        ]]),
      ], pen);
    }
  });
}

/** A number of which each digit has a box of its own. */
export function formCells(pick: Pick, random: Random): Page {
  const digits = Array.from({ length: count(random) }, pick);
  const [tall, isJoined] = [random.uniform(30, 60), random.next() < 0.5];
  const [wide, high] = [tall * random.uniform(1.25, 1.6), tall * random.uniform(1.3, 1.6)];
  const pitch = wide + (isJoined ? 0 : tall * random.uniform(0.1, 0.35));
  const sheet = new Sheet(pitch * digits.length + tall, high + tall);
  const pen = PEN * tall * random.uniform(0.2, 0.6);
  for (const [n, digit] of digits.entries()) {
    const [x, y] = [tall / 2 + n * pitch, tall / 2];
    sheet.draw([closed([[x, y], [x + wide, y], [x + wide, y + high], [x, y + high]])], pen);
    const own = tall * sizeOf(digit.paths).width / sizeOf(digit.paths).height;
    sheet.digit(digit, x + (wide - own) / 2, y + (high - tall) / 2, tall);
  }
  return pageOf(sheet, digits, random);
}

/** A number on paper with squares, all over or on a part of it. */
export function squaredNumber(pick: Pick, random: Random): Page {
  const digits = Array.from({ length: count(random) }, pick);
  const tall = random.uniform(35, 60);
  const [sheet, grid] = [0, 1].map(() => new Sheet((1.2 * digits.length + 2) * tall, 2.6 * tall));
  const pitch = tall * random.uniform(0.3, 1.1);
  const first = random.next() < 0.5 ? 0 : random.uniform(0, 0.4) * grid.width;
  for (let x = first + pitch * random.next(); x < grid.width; x += pitch) {
    grid.draw([[x, 0, x, grid.height]], 1);
  }
  for (let y = pitch * random.next(); y < grid.height; y += pitch) {
    grid.draw([[first, y, grid.width, y]], 1);
  }
  sheet.number(digits, tall, 0.8 * tall, tall, 0.3 * tall);
  const { ink, paper } = darkOnLight(random);
  const colour: Colour = random.next() < 0.7 ? [140, 170, 225] : [170, 170, 170];
  return {
    image: sheet.coloured({ ink, paper }, { sheet: grid, colour }),
    text: digits.map(({ label }) => label).join(""),
  };
}

/** An amount: digits with dots and commas between and behind them. */
export function amount(pick: Pick, random: Random): Page {
  return withMarks(pick, random, marksOf(["full stop", "comma"]), 3);
}

/** Digits with a mark behind every third or so, the last one always. */
function withMarks(
  pick: Pick,
  random: Random,
  marks: readonly Mark[],
  every: number,
): Page {
  const digits = Array.from({ length: 2 + random.integer(4) }, pick);
  const tall = random.uniform(30, 60);
  const sheet = new Sheet((1.6 * digits.length + 2.5) * tall, 1.9 * tall);
  let left = 0.6 * tall;
  for (const [n, digit] of digits.entries()) {
    left = sheet.digit(digit, left, 0.4 * tall, tall).right + 0.25 * tall;
    if ((digits.length - n) % every === 1) {
      const mark = marks[random.integer(marks.length)];
      left = drawMark(sheet, mark, left, 0.4 * tall, tall, random) + 0.25 * tall;
    }
  }
  return pageOf(sheet, digits, random);
}
