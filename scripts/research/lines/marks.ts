import { drawPaths } from "../../../src/data/synthetic/digits.ts";
import * as math from "../../../src/model/math.ts";
import type { Random } from "../../../src/model/random.ts";

/** What stands beside numbers and is no digit. */
export type Mark = "." | "," | ":" | "-" | "=" | "~" | "*" | "#" | "$" | "(" | ")" | "/";

/** Pixels of a side. */
const SIDE = 28;

/** The row on which digits stand. */
const BASE = 24;

/**
 * Draws a mark in the form of MNIST: where it would be beside a digit that fills the middle 20 rows.
 *
 * @param mark The mark.
 * @param random Decides its pen and its form.
 * @returns 28×28 bytes, ink 255.
 */
export function drawMark(mark: Mark, random: Random): Uint8Array {
  const ink = new Float32Array(SIDE * SIDE);
  drawPaths(pathsOf(mark, random), { radius: random.uniform(0.7, 1.6), softness: 1.2 }, ink, SIDE);
  return Uint8Array.from(ink, (value) => Math.round(255 * value));
}

/**
 * Draws a 1 as a bar: a hairline, or as a marker makes it, nearly half as wide as high.
 *
 * @param random Decides how wide it is.
 * @returns 28×28 bytes, ink 255.
 */
export function drawBar(random: Random): Uint8Array {
  const ink = new Float32Array(SIDE * SIDE);
  const radius = math.exp(random.uniform(math.log(0.35), math.log(4.5)));
  drawPaths(
    [[14, 4 + radius, 14 + random.uniform(-1, 1), BASE - radius]],
    {
      radius,
      softness: 1,
    },
    ink,
    SIDE,
  );
  return Uint8Array.from(ink, (value) => Math.round(255 * value));
}

/** Lines of x, y, x, y, …, in pixels. */
function pathsOf(mark: Mark, random: Random): number[][] {
  const off = (): number => random.uniform(-1, 1);
  switch (mark) {
    case ".":
      return [[14, BASE, 14 + 0.8 * off(), BASE + 0.5 * off()]];
    case ",":
      return [[14, BASE - 1, 14 + off(), BASE + 1, 12.5 + off(), BASE + 2.5]];
    case ":":
      return [[14, 12, 14, 12.5], [14, 22, 14, 22.5]];
    case "-": {
      const [half, y] = [random.uniform(3, 9), 15 + 2 * off()];
      return [[14 - half, y, 14 + half, y + off()]];
    }
    case "=": {
      const [half, apart] = [random.uniform(3, 9), random.uniform(1.5, 3)];
      return [
        [14 - half, 15 - apart, 14 + half, 15 - apart + off()],
        [14 - half, 15 + apart, 14 + half, 15 + apart + off()],
      ];
    }
    case "~":
      return [[8, 16 + off(), 11, 13 + off(), 15, 16 + off(), 20, 14 + off()]];
    case "*":
      return [[10, 10, 18, 18], [10, 18, 18, 10], [14, 8, 14, 20]];
    case "#":
      return [[11, 6, 10, 22], [17, 6, 16, 22], [7, 11, 21, 11], [7, 17, 21, 17]];
    case "$":
      return [[18, 8, 13, 7, 10, 10, 14, 14, 18, 18, 14, 22, 9, 20], [14, 3, 14, 26]];
    case "(":
      return [[16, 3, 12, 10, 12, 18, 16, 25]];
    case ")":
      return [[12, 3, 16, 10, 16, 18, 12, 25]];
    case "/":
      return [[19 + off(), 1, 9 + off(), 27]];
  }
}
