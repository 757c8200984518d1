import type { Box, FoundInk, GreyImage, InkMap } from "../../../src/image/image.ts";
import { Page } from "../../../src/image/page.ts";

/** A two, unlike its mirror images, in a box of 0 to 1. */
const TWO: readonly (readonly [x: number, y: number])[] = [
  [0.05, 0.3],
  [0.2, 0.05],
  [0.6, 0],
  [0.9, 0.2],
  [0.85, 0.45],
  [0, 1],
  [1, 0.95],
];

/** How to draw: sizes in pixels, levels in brightness. */
export interface Drawing {
  readonly width?: number;
  readonly height?: number;
  /** Upper left corner of the line. */
  readonly x?: number;
  readonly y?: number;
  /** Size of the line; the pen reaches over it on every side. */
  readonly boxWidth?: number;
  readonly boxHeight?: number;
  /** Width of the pen. */
  readonly pen?: number;
  readonly ink?: number;
  readonly paper?: number;
}

/** The share of ink of every pixel of a two, 0 to 1, with soft edges. */
export function drawInk(drawing: Drawing = {}): Float32Array<ArrayBuffer> {
  const { width = 100, height = 100, x = 30, y = 25, boxWidth = 35, boxHeight = 50, pen = 7 } =
    drawing;
  const points = TWO.map(([px, py]) => [x + px * boxWidth, y + py * boxHeight]);
  return Float32Array.from({ length: width * height }, (_, i) => {
    const [cx, cy] = [i % width + 0.5, Math.floor(i / width) + 0.5];
    let nearest = Infinity;
    for (let k = 1; k < points.length; k++) {
      const [[ax, ay], [bx, by]] = [points[k - 1], points[k]];
      const along = ((cx - ax) * (bx - ax) + (cy - ay) * (by - ay)) /
        ((bx - ax) ** 2 + (by - ay) ** 2);
      const t = Math.min(1, Math.max(0, along));
      nearest = Math.min(nearest, Math.hypot(cx - ax - t * (bx - ax), cy - ay - t * (by - ay)));
    }
    return Math.min(1, Math.max(0, pen / 2 + 0.5 - nearest));
  });
}

/** A two on paper. */
export function drawGrey(
  drawing: Drawing = {},
): { data: Uint8Array<ArrayBuffer>; width: number; height: number } {
  const { width = 100, height = 100, ink = 0, paper = 255 } = drawing;
  const data = Uint8Array.from(
    drawInk(drawing),
    (share) => Math.round(paper + share * (ink - paper)),
  );
  return { data, width, height };
}

/** Red, green, blue and alpha for every pixel, from what each pixel is to be. */
export function rgba(
  values: ArrayLike<number>,
  colour: (value: number) => readonly [number, number, number, number],
): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) data.set(colour(values[i]), 4 * i);
  return data;
}

/** The mean absolute difference of two pictures. */
export function difference(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}

/** Centre of mass of 28×28 pixels. */
export function centreOf(pixels: Float32Array): [x: number, y: number] {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((value, i) => {
    mass += value;
    x += value * (i % 28);
    y += value * Math.floor(i / 28);
  });
  return [x / mass, y / mass];
}

/** The smallest box around all pixels above 0 of 28×28. */
export function boxOf(pixels: Float32Array): { width: number; height: number } {
  const inked = [...pixels.keys()].filter((i) => pixels[i] > 0);
  const columns = inked.map((i) => i % 28);
  const rows = inked.map((i) => Math.floor(i / 28));
  return {
    width: Math.max(...columns) - Math.min(...columns) + 1,
    height: Math.max(...rows) - Math.min(...rows) + 1,
  };
}

/** A picture without colour whose memory is its own. */
export interface Grey {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What is 1 for ink and 0 for background. */
export interface Mask {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What each pixel of a picture is, from its column and row. */
type PixelOf = (x: number, y: number) => number;

/** A grey picture, from the brightness of each pixel. */
export function greyOf(width: number, height: number, level: PixelOf): Grey {
  const data = Uint8ClampedArray.from(
    { length: width * height },
    (_, i) => level(i % width, Math.floor(i / width)),
  );
  return { data, width, height };
}

/** A map of ink, from the ink of each pixel. */
export function inkOf(width: number, height: number, ink: PixelOf): InkMap {
  const data = Float32Array.from(
    { length: width * height },
    (_, i) => ink(i % width, Math.floor(i / width)),
  );
  return { data, width, height };
}

/** A shape with soft edges, from how deep inside it the middle of each pixel is, below 0 when outside. */
export function shapeOf(width: number, height: number, depth: PixelOf): InkMap {
  return inkOf(width, height, (x, y) => Math.min(1, Math.max(0, depth(x + 0.5, y + 0.5) + 0.5)));
}

/** How far a point is from a stretch of a straight line. */
export function distanceToLine(
  x: number,
  y: number,
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
): number {
  const along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
}

/** Which pixels of a drawing in rows of text, divided by spaces, are ink: `#`. */
export function maskOf(drawing: string): Mask {
  const rows = drawing.trim().split(/\s+/);
  const data = Uint8Array.from(rows.join(""), (pixel) => pixel === "#" ? 1 : 0);
  return { data, width: rows[0].length, height: rows.length };
}

/** How many pixels are not 0. */
export function inkIn(values: ArrayLike<number>): number {
  return Array.from(values).filter((value) => value !== 0).length;
}

/** A straight bar of a length and a width, around the middle of a square, turned by an angle in degrees. */
export function barOf(side: number, length: number, width: number, degrees: number): InkMap {
  const [dx, dy] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
  return shapeOf(side, side, (px, py) => {
    const [x, y] = [px - side / 2, py - side / 2];
    return Math.min(length / 2 - Math.abs(x * dx + y * dy), width / 2 - Math.abs(y * dx - x * dy));
  });
}

/** A ring around the middle of a square; its radius is that of the middle of its line. */
export function ringOf(side: number, radius: number, width: number): InkMap {
  return shapeOf(
    side,
    side,
    (x, y) => width / 2 - Math.abs(Math.hypot(x - side / 2, y - side / 2) - radius),
  );
}

/** The smallest box around the pixels of which at least a share is ink. */
export function boxAround({ data, width }: InkMap, share = 0.5): Box {
  const inked = [...data.keys()].filter((i) => data[i] >= share);
  const columns = inked.map((i) => i % width);
  const [x, y] = [Math.min(...columns), Math.floor(inked[0] / width)];
  const bottom = Math.floor(inked[inked.length - 1] / width);
  return { x, y, width: Math.max(...columns) - x + 1, height: bottom - y + 1 };
}

/** A two as tall as wanted, with a pen of a seventh of that, close to the sides of its picture. */
export function twoOf(height: number, tones: { ink?: number; paper?: number } = {}): Grey {
  const [pen, margin] = [height / 7, Math.ceil(height / 14) + 2];
  const drawn = drawGrey({
    width: Math.ceil(0.7 * height) + 2 * margin,
    height: height + 2 * margin,
    x: margin,
    y: margin,
    boxWidth: 0.7 * height,
    boxHeight: height,
    pen,
    ...tones,
  });
  return { ...drawn, data: new Uint8ClampedArray(drawn.data) };
}

/** A two in light that falls by more than half from the upper left to the lower right: one threshold does not find it. */
export function shadedTwo(): Grey {
  const side = 180;
  const ink = drawInk({
    width: side,
    height: side,
    x: 60,
    y: 40,
    boxWidth: 60,
    boxHeight: 86,
    pen: 12,
  });
  return greyOf(
    side,
    side,
    (x, y) => (230 - 170 * ink[side * y + x]) * (1 - 0.6 * (x + y) / (2 * side)),
  );
}

/** A large flat picture with a small one in it. */
export function within(small: Grey, side: number, left: number, top: number): Grey {
  const large = { data: new Uint8ClampedArray(side * side), width: side, height: side };
  large.data.fill(small.data[0]);
  for (let y = 0; y < small.height; y++) {
    const row = small.data.subarray(y * small.width, (y + 1) * small.width);
    large.data.set(row, (top + y) * side + left);
  }
  return large;
}

/** The page that a picture without colour is. */
export function pageOf({ data, width, height }: GreyImage): Page {
  return new Page({ data, width, height, channels: 1 });
}

/** The whole of some ink, as it is found. */
export function foundIn(map: InkMap): FoundInk {
  return { map, box: { x: 0, y: 0, width: map.width, height: map.height } };
}

/** The sum of all values. */
export function sumOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** A mask, from which pixels are ink. */
export function maskWhere(
  width: number,
  height: number,
  isInk: (x: number, y: number) => boolean,
): Mask {
  const data = Uint8Array.from(
    { length: width * height },
    (_, i) => isInk(i % width, Math.floor(i / width)) ? 1 : 0,
  );
  return { data, width, height };
}
