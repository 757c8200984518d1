import * as math from "../../../../src/model/math.ts";
import type { Random } from "../../../../src/model/random.ts";
import {
  type Bounds,
  compose,
  type Homography,
  invert,
  project,
  rotate,
  scale,
  translate,
} from "./homography.ts";
import {
  blankPaper,
  type Coverage,
  darkOnLight,
  lightOnDark,
  paint,
  type RgbaPicture,
  toRgba,
} from "./picture.ts";
import { digitShape, drawShape, MARGIN, SAMPLES, type Shape, SIDE } from "./shape.ts";

/** The layout of several digits: separate or touching on one line, or separate on two or three lines. */
export type StringKind = "separated" | "touching" | "lines";

/** All layouts. */
export const STRING_KINDS: readonly StringKind[] = ["separated", "touching", "lines"];

/** A digit of MNIST. */
export interface LabelledDigit {
  /** 28×28 bytes, ink 255. */
  readonly pixels: Uint8Array;
  readonly label: number;
}

/** A picture of several digits with its ground truth. */
export interface StringPicture {
  readonly picture: RgbaPicture;
  /** The digits in reading order; lines are separated by line feeds. */
  readonly text: string;
  /** The bounding box of the ink of each digit, in reading order. */
  readonly boxes: readonly Bounds[];
  /** Whether a point of the picture is ink of a digit, which is given by its index in reading order. */
  readonly isInkOf: (digit: number, x: number, y: number) => boolean;
}

/** The height of a digit of MNIST in pixels. */
const TALL = 20;

/** A shape and its position. */
export interface PlacedShape {
  readonly shape: Shape;
  /** A translation and a scaling, and in the end a rotation. */
  readonly place: Homography;
}

/** A digit on a line. */
interface PlacedDigit extends PlacedShape {
  readonly label: number;
}

/**
 * Renders a string of digits, or several lines of them, 20 to 200 pixels tall and rotated by up to 5°.
 *
 * @param draw Returns the next digit.
 * @param withPen Changes the stroke width of each digit.
 */
export function stringPicture(
  kind: StringKind,
  draw: () => LabelledDigit,
  random: Random,
  withPen: (shape: Shape) => Shape = (shape) => shape,
): StringPicture {
  const rows = kind === "lines" ? 2 + random.integer(2) : 1;
  const most = kind === "lines" ? 5 : 7;
  const lines = Array.from(
    { length: rows },
    (_, row) => {
      const count = 2 + random.integer(most);
      const baseline = row * TALL * LINE_SPACING;
      return writeLine(kind === "touching", count, baseline, draw, random, withPen);
    },
  );
  const size = 20 * math.pow(10, random.next()) / TALL;
  const sheet = compose(rotate(random.uniform(-5, 5)), scale(size));

  const placed = lines.flat().map((digit) => ({ ...digit, place: compose(sheet, digit.place) }));
  const boxes = placed.map(({ shape, place }) => inkBounds(shape, place));
  const margins = Array.from({ length: 4 }, () => size * TALL * random.uniform(0.15, 0.8));
  const corner = translate(
    margins[0] - Math.min(...boxes.map(({ left }) => left)),
    margins[1] - Math.min(...boxes.map(({ top }) => top)),
  );
  const moved = boxes.map(({ left, top, right, bottom }) => {
    const [x, y] = project(corner, left, top);
    return { left: x, top: y, right: x + right - left, bottom: y + bottom - top };
  });
  const width = Math.ceil(Math.max(...moved.map(({ right }) => right)) + margins[2]);
  const height = Math.ceil(Math.max(...moved.map(({ bottom }) => bottom)) + margins[3]);

  const ways = placed.map(({ place }) => invert(compose(corner, place)));
  const ink: Coverage = { data: new Float32Array(width * height), width, height };
  const softness = random.uniform(1, 1.5);
  for (const { shape, place } of placed) drawShape(shape, compose(corner, place), ink, softness);
  const materials = random.next() < 0.5 ? darkOnLight(random) : lightOnDark(random);
  const photo = blankPaper(width, height, materials.paper);
  paint(photo, ink, materials.ink);
  return {
    picture: toRgba(photo),
    text: lines.map((line) => line.map(({ label }) => label).join("")).join("\n"),
    boxes: moved,
    isInkOf: (digit, x, y) => {
      const [u, v] = project(ways[digit], x, y);
      const column = Math.floor((u + MARGIN) * SAMPLES);
      const row = Math.floor((v + MARGIN) * SAMPLES);
      return column >= 0 && row >= 0 && column < SIDE && row < SIDE &&
        placed[digit].shape.depth[row * SIDE + column] > 0;
    },
  };
}

/** The distance between baselines, in heights of a digit. */
const LINE_SPACING = 1.7;

function writeLine(
  touching: boolean,
  count: number,
  baseline: number,
  draw: () => LabelledDigit,
  random: Random,
  withPen: (shape: Shape) => Shape,
): PlacedDigit[] {
  const line: PlacedDigit[] = [];
  // Spacing is consistent within a line, as in real writing.
  const [least, most] = [2, random.uniform(3, 18)];
  let right = 0;
  for (let n = 0; n < count; n++) {
    const { pixels, label } = draw();
    const shape = withPen(digitShape(pixels));
    const { bounds } = shape;
    const size = random.uniform(0.85, 1.15);
    const down = baseline + random.uniform(-1.2, 1.2) - size * bounds.bottom;
    let across = right + random.uniform(least, most) - size * bounds.left;
    const before = line[n - 1];
    if (touching && before !== undefined) {
      across += touchingDistance(
        before,
        { shape, place: compose(translate(across, down), scale(size)) },
        random.uniform(0, 4),
      );
    }
    line.push({ shape, label, place: compose(translate(across, down), scale(size)) });
    right = across + size * bounds.right;
  }
  return line;
}

/** The bounding box of the ink itself, which is smaller than that of the rotated bounding box. */
function inkBounds({ depth }: Shape, place: Homography): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < depth.length; i++) {
    if (depth[i] <= 0) continue;
    const [x, y] = project(
      place,
      (i % SIDE + 0.5) / SAMPLES - MARGIN,
      (Math.floor(i / SIDE) + 0.5) / SAMPLES - MARGIN,
    );
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  // Samples are squares: half a sample is added on each side.
  const half = 0.5 * math.hypot(place[0], place[3]) / SAMPLES;
  return { left: left - half, top: top - half, right: right + half, bottom: bottom + half };
}

/** Cells per pixel of MNIST, along each axis, of the grid on which the ink of two digits is compared. */
const GRID = 2;

/** The largest overlap of ink, as a share of the smaller digit: with more, strokes would merge. */
const MAX_SHARED = 0.1;

/** The largest overlap of the bounding boxes of two digits whose ink does not meet, in pixels of MNIST. */
const MAX_OVERLAP = 6;

/**
 * The horizontal translation by which a digit touches the one before it.
 *
 * @param before The digit on its left.
 * @param next The digit.
 * @param overlap The wanted overlap of their bounding boxes, in pixels of MNIST: it is reduced where too much ink would
 * overlap, and increased where the ink would not meet.
 * @returns The translation to the right in pixels of MNIST; negative.
 */
export function touchingDistance(before: PlacedShape, next: PlacedShape, overlap: number): number {
  const [first, second] = [inkCells(before), inkCells(next)];
  const [firstRight, secondLeft] = [edge(first, 1), edge(second, -1)];
  const most = MAX_SHARED * Math.min(first.size, second.size);
  const shared = (offset: number): number => {
    let count = 0;
    for (const cell of second) if (first.has(cell + offset)) count++;
    return count;
  };
  // In cells of the grid, from bounding boxes side by side.
  const side = firstRight - secondLeft + 1;
  let depth = Math.round(overlap * GRID);
  while (depth > 0 && shared(side - depth) > most) depth--;
  while (depth < MAX_OVERLAP * GRID && shared(side - depth) === 0) depth++;
  return (side - depth) / GRID;
}

/** Cells from one row to the next: more than any translation, so that it never reaches another row. */
const ROW = 1 << 16;

function inkCells({ shape: { depth }, place }: PlacedShape): Set<number> {
  const cells = new Set<number>();
  for (let i = 0; i < depth.length; i++) {
    if (depth[i] <= 0) continue;
    const [x, y] = project(
      place,
      (i % SIDE + 0.5) / SAMPLES - MARGIN,
      (Math.floor(i / SIDE) + 0.5) / SAMPLES - MARGIN,
    );
    cells.add((Math.floor(y * GRID) + ROW / 4) * ROW + Math.floor(x * GRID) + ROW / 4);
  }
  return cells;
}

/** The last column with ink, or for −1 the first one. */
function edge(cells: Set<number>, way: 1 | -1): number {
  let last = -Infinity;
  for (const cell of cells) last = Math.max(last, way * (cell % ROW));
  return way * last;
}
