import { drawShape, fitPaths, type Path, pathBounds } from "./drawing.ts";
import { darkMaterials, paint, paperOf, plainMaterials } from "./light.ts";
import { chain, invert, move, project, type Projection, scale, turn } from "./projection.ts";
import { type Coverage, type RgbaPicture, toRgba } from "./rgba_picture.ts";
import { type Bounds, digitShape, MARGIN, SAMPLES, type Shape, SIDE } from "./shape.ts";
import { drawPaths } from "../../../../src/data/synthetic/digits.ts";
import type { Random } from "../../../../src/model/random.ts";

/** How several digits stand in a picture: apart on a line, touching on a line, or apart on two or three lines. */
export type StringKind = "separated" | "touching" | "lines";

/** All of them. */
export const STRING_KINDS: readonly StringKind[] = ["separated", "touching", "lines"];

/** A digit of MNIST. */
export interface LabelledDigit {
  /** 28×28 bytes, ink 255. */
  readonly pixels: Uint8Array;
  /** Which digit it is. */
  readonly label: number;
}

/** A picture of several digits, and the truth about it. */
export interface StringPicture {
  readonly picture: RgbaPicture;
  /** The digits in reading order, the lines parted by line feeds. */
  readonly text: string;
  /** The rectangle around the ink of each digit, in reading order. */
  readonly boxes: readonly Bounds[];
  /** Whether a point of the picture is ink of the digit with this number, in reading order. */
  readonly isInkOf: (digit: number, x: number, y: number) => boolean;
}

/** How tall a digit of MNIST is. */
const TALL = 20;

/** A digit in its place on a line, in pixels of MNIST. */
interface Placed {
  readonly shape: Shape;
  readonly label: number;
  readonly place: Projection;
}

/**
 * Writes digits in a row, or in rows, and takes a picture of them.
 *
 * @param kind How they stand.
 * @param draw Gives one digit after another.
 * @param random Where chance comes from.
 * @returns The picture, what it says, and where.
 */
export function stringPicture(
  kind: StringKind,
  draw: () => LabelledDigit,
  random: Random,
): StringPicture {
  const rows = kind === "lines" ? 2 + random.integer(2) : 1;
  const most = kind === "lines" ? 5 : 7;
  const lines = Array.from(
    { length: rows },
    (_, row) => {
      const count = 2 + random.integer(most);
      return writeLine(kind === "touching", count, row * TALL * LINE, draw, random);
    },
  );
  const size = 20 * 10 ** random.next() / TALL;
  const sheet = chain(turn(random.uniform(-5, 5)), scale(size));

  const placed = lines.flat().map((digit) => ({ ...digit, place: chain(sheet, digit.place) }));
  const boxes = placed.map(({ shape, place }) => inkBounds(shape, place));
  const margins = Array.from({ length: 4 }, () => size * TALL * random.uniform(0.15, 0.8));
  const corner = move(
    margins[0] - Math.min(...boxes.map(({ left }) => left)),
    margins[1] - Math.min(...boxes.map(({ top }) => top)),
  );
  const moved = boxes.map(({ left, top, right, bottom }) => {
    const [x, y] = project(corner, left, top);
    return { left: x, top: y, right: x + right - left, bottom: y + bottom - top };
  });
  const width = Math.ceil(Math.max(...moved.map(({ right }) => right)) + margins[2]);
  const height = Math.ceil(Math.max(...moved.map(({ bottom }) => bottom)) + margins[3]);

  const ways = placed.map(({ place }) => invert(chain(corner, place)));
  const ink: Coverage = { data: new Float32Array(width * height), width, height };
  const softness = random.uniform(1, 1.5);
  for (const { shape, place } of placed) drawShape(shape, chain(corner, place), ink, softness);
  const materials = random.next() < 0.5 ? plainMaterials(random) : darkMaterials(random);
  const photo = paperOf(width, height, materials.paper);
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

/** From one line to the next, in heights of a digit. */
const LINE = 1.7;

function writeLine(
  touching: boolean,
  count: number,
  baseline: number,
  draw: () => LabelledDigit,
  random: Random,
): Placed[] {
  const line: Placed[] = [];
  // Writers keep to their way of spacing.
  const [least, most] = [2, random.uniform(3, 18)];
  let right = 0;
  for (let n = 0; n < count; n++) {
    const { pixels, label } = draw();
    const shape = digitShape(pixels);
    const { bounds } = shape;
    const size = random.uniform(0.85, 1.15);
    const down = baseline + random.uniform(-1.2, 1.2) - size * bounds.bottom;
    let across = right + random.uniform(least, most) - size * bounds.left;
    const before = line[n - 1];
    if (touching && before !== undefined) {
      across += touchingDistance(
        before,
        { shape, place: chain(move(across, down), scale(size)) },
        random.uniform(0, 4),
      );
    }
    line.push({ shape, label, place: chain(move(across, down), scale(size)) });
    right = across + size * bounds.right;
  }
  return line;
}

/** The rectangle around the ink itself, which for a turned digit is smaller than that around its own rectangle. */
function inkBounds({ depth }: Shape, place: Projection): Bounds {
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
  // Half a sample around the outermost samples.
  const half = 0.5 * Math.hypot(place[0], place[3]) / SAMPLES;
  return { left: left - half, top: top - half, right: right + half, bottom: bottom + half };
}

/**
 * Draws strokes with an everyday pen on a sheet of paper or a board.
 *
 * @param written The strokes, of any size.
 * @param random Where chance comes from.
 * @returns The picture.
 */
export function strokesPicture(written: readonly Path[], random: Random): RgbaPicture {
  const width = Math.round(random.uniform(60, 260));
  const height = Math.round(width * random.uniform(0.85, 1.2));
  const length = Math.min(width, height) * random.uniform(0.45, 0.8);
  const thickness = length * random.uniform(0.05, 0.13);
  const { right, bottom } = pathBounds(fitPaths(written, length, 0, 0));
  const room = thickness / 2 + 1;
  const paths = fitPaths(
    written,
    length,
    random.uniform(room, width - right - room),
    random.uniform(room, height - bottom - room),
  );
  const ink = { data: new Float32Array(width * height), width, height };
  drawPaths(paths, { radius: thickness / 2, softness: 1.2 }, ink.data, width);
  const materials = random.next() < 0.6 ? plainMaterials(random) : darkMaterials(random);
  const photo = paperOf(width, height, materials.paper);
  paint(photo, ink, materials.ink);
  return toRgba(photo);
}

/** A shape and where it is. */
interface PlacedShape {
  readonly shape: Shape;
  /** A move and a change of size. */
  readonly place: Projection;
}

/** Places for each pixel of MNIST at which two shapes are compared. */
const GRID = 2;

/** The largest share of the smaller digit's ink that may lie on the other's: more, and strokes become one. */
const SHARED = 0.1;

/** How far, in pixels of MNIST, the rectangles of two digits may overlap where their ink still does not meet. */
const DEEPEST = 6;

/**
 * How far a digit has to be moved until it touches the one before it.
 *
 * @param before The one before it.
 * @param next The digit, to the right of that.
 * @param overlap How far the rectangles around them should overlap, in pixels of MNIST. It becomes less where too much
 * ink would lie on ink, and more where ink would not meet ink.
 * @returns The move to the right, below 0.
 */
function touchingDistance(before: PlacedShape, next: PlacedShape, overlap: number): number {
  const [first, second] = [inkCells(before), inkCells(next)];
  const [firstRight, secondLeft] = [edge(first, 1), edge(second, -1)];
  const most = SHARED * Math.min(first.size, second.size);
  const shared = (move: number): number => {
    let count = 0;
    for (const cell of second) if (first.has(cell + move)) count++;
    return count;
  };
  // Whole steps of the grid, from rectangles side by side.
  const side = firstRight - secondLeft + 1;
  let depth = Math.round(overlap * GRID);
  while (depth > 0 && shared(side - depth) > most) depth--;
  while (depth < DEEPEST * GRID && shared(side - depth) === 0) depth++;
  return (side - depth) / GRID;
}

/** Rows are this many cells apart, so that a move to the side never reaches the next. */
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

/** The last column with ink (1), or the first (−1). */
function edge(cells: Set<number>, way: 1 | -1): number {
  let last = -Infinity;
  for (const cell of cells) last = Math.max(last, way * (cell % ROW));
  return way * last;
}
