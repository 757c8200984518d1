import { drawPaths } from "../../src/data/synthetic/digits.ts";
import { SKELETONS } from "../../src/data/synthetic/skeletons.ts";
import { classifyDigit } from "../../mod.ts";
import { Random } from "../../src/model/random.ts";
import {
  fitPaths,
  type Path,
  pathBounds,
  writeStrokes,
} from "../../scripts/research/hard_set/pictures/drawing.ts";
import type { Bounds } from "../../scripts/research/hard_set/pictures/homography.ts";
import {
  blankPaper,
  type Colour,
  type Materials,
  paint,
  type RgbaPicture,
  toRgba,
} from "../../scripts/research/hard_set/pictures/picture.ts";
import type { Grey } from "../image/ink/drawing.ts";

/** A digit as it was written once: it can be drawn at any size and with any pen. */
export interface Written {
  readonly label: number;
  readonly paths: readonly Path[];
}

/** The digits that are written to choose from. */
const WRITTEN = 100;

/** The stroke width of most digits, in heights. */
export const PEN = 0.1;

/** Ways to write a digit that are rarer than this, relative to others, are left out. */
const MIN_WEIGHT = 1;

/**
 * Writes digits, and keeps those that are read by themselves without a doubt, so that what is misread in a variant is
 * misread for what the variant adds.
 */
export async function writeDigits(): Promise<Written[]> {
  const kept: Written[] = [];
  for (let n = 0; n < WRITTEN; n++) {
    const [label, random] = [n % 10, new Random(n)];
    const ways = SKELETONS[label].filter(({ weight }) => weight >= MIN_WEIGHT);
    const { strokes, aspect } = ways[random.integer(ways.length)];
    const written = { label, paths: writeStrokes(strokes, aspect, random) };
    const sheet = new Sheet(120, 120);
    sheet.digit(written, 30, 25, 70);
    const { digit, digitProbability } = await classifyDigit(sheet.grey(20, 240));
    if (digit === label && (digitProbability ?? 0) > 0.95) kept.push(written);
  }
  return kept;
}

/** A picture on which one draws with a round pen. */
export class Sheet {
  readonly width: number;
  readonly height: number;
  /** How much of each pixel is ink, 0 to 1. */
  readonly ink: Float32Array;

  constructor(width: number, height: number) {
    this.width = Math.round(width);
    this.height = Math.round(height);
    this.ink = new Float32Array(this.width * this.height);
  }

  /** Draws paths, with a pen of a width in pixels. */
  draw(paths: readonly Path[], pen: number, softness = 1.2): void {
    drawPaths(paths, { radius: pen / 2, softness }, this.ink, this.width);
  }

  /**
   * Draws a digit of a height.
   *
   * @returns Its bounding box, the pen included.
   */
  digit(
    { paths }: Pick<Written, "paths">,
    left: number,
    top: number,
    tall: number,
    pen = PEN * tall,
  ): Bounds {
    const { width, height } = sizeOf(paths);
    const placed = fitPaths(paths, tall * Math.max(width, height) / height, left, top);
    this.draw(placed, pen);
    const bounds = pathBounds(placed);
    return {
      left: bounds.left - pen / 2,
      top: bounds.top - pen / 2,
      right: bounds.right + pen / 2,
      bottom: bounds.bottom + pen / 2,
    };
  }

  /** Draws digits side by side; gives the box around all of them. */
  number(digits: readonly Written[], left: number, top: number, tall: number, gap: number): Bounds {
    let right = left;
    let bottom = top;
    for (const digit of digits) {
      const box = this.digit(digit, right, top, tall);
      right = box.right + gap;
      bottom = Math.max(bottom, box.bottom);
    }
    return { left, top, right: right - gap, bottom };
  }

  /** The picture in grey levels. */
  grey(ink: number, paper: number): Grey {
    const { width, height } = this;
    const data = new Uint8ClampedArray(width * height).fill(paper);
    this.ink.forEach((share, i) => {
      if (share > 0) data[i] = paper + share * (ink - paper);
    });
    return { data, width, height };
  }

  /** The picture in colours, with other ink below its own. */
  coloured({ ink, paper }: Materials, below?: { sheet: Sheet; colour: Colour }): RgbaPicture {
    const { width, height } = this;
    const photo = blankPaper(width, height, paper);
    if (below !== undefined) {
      paint(photo, { data: below.sheet.ink, width, height }, below.colour);
    }
    paint(photo, { data: this.ink, width, height }, ink);
    return toRgba(photo);
  }
}

/** The width and height of paths. */
export function sizeOf(paths: readonly Path[]): { width: number; height: number } {
  const { left, top, right, bottom } = pathBounds(paths);
  return { width: right - left, height: bottom - top };
}

/** A closed path through the corners of a polygon. */
export function closed(corners: readonly (readonly [x: number, y: number])[]): Path {
  return [...corners, corners[0]].flat();
}

/** An ellipse around a box, with so many times its width and height. */
export function ellipseAround(
  { left, top, right, bottom }: Bounds,
  roomAcross: number,
  roomDown = roomAcross,
): Path {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const [across, down] = [(right - left) / 2 * roomAcross, (bottom - top) / 2 * roomDown];
  return Array.from({ length: 73 }, (_, n) => {
    const angle = n * Math.PI / 36;
    return [x + across * Math.cos(angle), y + down * Math.sin(angle)];
  }).flat();
}
