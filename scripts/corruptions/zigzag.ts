import type { Random } from "../../src/model/random.ts";
import { SIDE, toBytes, toShares } from "./corruption.ts";
import { addSoftLine, type Point } from "./soft_line.ts";

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
