import type { Random } from "../../src/model/random.ts";
import { SIDE, toBytes, toShares } from "./corruption.ts";
import { addSoftLine } from "./soft_line.ts";

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
