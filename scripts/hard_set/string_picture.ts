import type { Random } from "../../src/model/random.ts";
import type { Bounds } from "./bounds.ts";
import { digitShape } from "./digit_shape.ts";
import { type Coverage, drawShape } from "./draw_shape.ts";
import { darkMaterials, plainMaterials } from "./materials.ts";
import { paint, paperOf } from "./paint.ts";
import { chain, invert, move, project, type Projection, scale, turn } from "./projection.ts";
import { type RgbaPicture, toRgba } from "./rgba_picture.ts";
import { MARGIN, SAMPLES, type Shape, SIDE } from "./shape.ts";
import { touchingDistance } from "./touching_distance.ts";

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
