import type { FoundInk, InkMap } from "../../src/image/ink_map.ts";

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
