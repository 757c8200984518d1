import * as math from "../../../src/model/math.ts";
import type { Random } from "../../../src/model/random.ts";
import { SIDE, toBytes, toIntensities } from "./pixels.ts";

/** Length of dashes and gaps in columns. */
const DASH = 2;

/** Dotted line: a dashed line between random heights of the left and the right edge. */
export function dottedLine(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const intensities = toIntensities(pixels);
  const last = SIDE - 1;
  const [left, right] = [random.integer(last), random.integer(last)];
  addSoftLine(
    intensities,
    { x: 0, y: left },
    { x: last, y: right },
    (x) => Math.floor(x / DASH) % 2 === 1,
  );
  return toBytes(intensities);
}

/** Sets the falloff of a line, which reaches 0 at 1.45 pixels above and below its centre. */
const LINE_WIDTH = 2.3;

/** A point in pixels from the centre of the first pixel. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Adds a white line with soft edges to 28×28 intensities in place, clamped to 1.
 *
 * @param from The left end.
 * @param to The right end.
 * @param isShown Whether the line is drawn in a column; by default in all.
 */
function addSoftLine(
  intensities: Float64Array,
  from: Point,
  to: Point,
  isShown: (x: number) => boolean = () => true,
): void {
  const slope = (to.y - from.y) / (to.x - from.x);
  const end = Math.min(SIDE, Math.ceil(to.x));
  for (let x = Math.max(0, Math.floor(from.x)); x < end; x++) {
    if (!isShown(x)) continue;
    const centre = from.y + slope * (x - from.x);
    for (let y = 0; y < SIDE; y++) {
      const distance = Math.abs(y - centre);
      if (distance >= LINE_WIDTH) continue;
      const light = Math.max(0, 1 + math.log(1 - distance / LINE_WIDTH));
      intensities[y * SIDE + x] = Math.min(1, intensities[y * SIDE + x] + light);
    }
  }
}

/** Columns of each stripe. */
const STRIPE_WIDTH = 7;

/** Stripe: inverts the left and the right quarter of the picture. */
export function stripe(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pixels, (value, i) => {
    const x = i % SIDE;
    return x < STRIPE_WIDTH || x >= SIDE - STRIPE_WIDTH ? 255 - value : value;
  });
}

/** The first and the last column of the zigzag. */
const [FIRST, LAST] = [2, 25];

/** Amplitude of the zigzag in pixels, which is half the distance between two vertices along it. */
const AMPLITUDE = 2;

/** The largest difference in height between its ends, in pixels. */
const MAX_FALL = 5;

/** Zigzag: a zigzag line about a nearly horizontal axis, across most of the picture. */
export function zigzag(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const intensities = toIntensities(pixels);
  const height = random.integer(SIDE - 1);
  const fall = random.integer(2 * MAX_FALL) - MAX_FALL;
  const width = LAST - FIRST;
  const length = math.hypot(width, fall);
  const [cos, sin] = [width / length, fall / length];
  const place = (along: number, aside: number): Point => ({
    x: FIRST + cos * along - sin * aside,
    y: height + sin * along + cos * aside,
  });
  const vertices: Point[] = [place(0, 0)];
  for (let n = 0; (2 * n + 1) * AMPLITUDE < length; n++) {
    vertices.push(place((2 * n + 1) * AMPLITUDE, n % 2 === 0 ? AMPLITUDE : -AMPLITUDE));
  }
  vertices.push(place(length, 0));
  for (let n = 1; n < vertices.length; n++) addSoftLine(intensities, vertices[n - 1], vertices[n]);
  return toBytes(intensities);
}
