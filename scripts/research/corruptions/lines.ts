import type { Random } from "../../../src/model/random.ts";
import { SIDE, toBytes, toShares } from "./pixels.ts";

/** How long dashes and gaps are, in columns. */
const DASH = 2;

/** Dotted line: from any height on the left edge to any height on the right. */
export function dottedLine(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const shares = toShares(pixels);
  const last = SIDE - 1;
  const [left, right] = [random.integer(last), random.integer(last)];
  addSoftLine(
    shares,
    { x: 0, y: left },
    { x: last, y: right },
    (x) => Math.floor(x / DASH) % 2 === 1,
  );
  return toBytes(shares);
}

/** Sets how wide a line is: it has faded at 1.45 pixels above and below its middle. */
const LINE_WIDTH = 2.3;

/** A point of a picture, in pixels from the middle of its first. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Adds a white line with soft edges to a picture, from left to right.
 *
 * @param shares 28×28 shares of white; they are changed, and never more than 1.
 * @param from The end on the left.
 * @param to The end on the right.
 * @param isShown In which columns the line is drawn; in all, where it is left out.
 */
function addSoftLine(
  shares: Float64Array,
  from: Point,
  to: Point,
  isShown: (x: number) => boolean = () => true,
): void {
  const slope = (to.y - from.y) / (to.x - from.x);
  const end = Math.min(SIDE, Math.ceil(to.x));
  for (let x = Math.max(0, Math.floor(from.x)); x < end; x++) {
    if (!isShown(x)) continue;
    const middle = from.y + slope * (x - from.x);
    for (let y = 0; y < SIDE; y++) {
      const distance = Math.abs(y - middle);
      if (distance >= LINE_WIDTH) continue;
      const light = Math.max(0, 1 + Math.log(1 - distance / LINE_WIDTH));
      shares[y * SIDE + x] = Math.min(1, shares[y * SIDE + x] + light);
    }
  }
}

/** How many columns there are in each stripe. */
const STRIPE_WIDTH = 7;

/** Stripe: the left and the right quarter of the picture are inverted. */
export function stripe(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pixels, (value, i) => {
    const x = i % SIDE;
    return x < STRIPE_WIDTH || x >= SIDE - STRIPE_WIDTH ? 255 - value : value;
  });
}

/** In which columns it begins and ends. */
const [FIRST, LAST] = [2, 25];

/** How far it swings to either side, in pixels; from one turn to the next it is twice as far. */
const SWING = 2;

/** How much higher or lower than its beginning it may end, in pixels. */
const FALL = 5;

/** Zigzag: a line that swings around a middle which is nearly level, across most of the picture. */
export function zigzag(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const shares = toShares(pixels);
  const height = random.integer(SIDE - 1);
  const fall = random.integer(2 * FALL) - FALL;
  const width = LAST - FIRST;
  const length = Math.hypot(width, fall);
  const [cos, sin] = [width / length, fall / length];
  const place = (along: number, aside: number): Point => ({
    x: FIRST + cos * along - sin * aside,
    y: height + sin * along + cos * aside,
  });
  const turns: Point[] = [place(0, 0)];
  for (let turn = 0; (2 * turn + 1) * SWING < length; turn++) {
    turns.push(place((2 * turn + 1) * SWING, turn % 2 === 0 ? SWING : -SWING));
  }
  turns.push(place(length, 0));
  for (let n = 1; n < turns.length; n++) addSoftLine(shares, turns[n - 1], turns[n]);
  return toBytes(shares);
}
