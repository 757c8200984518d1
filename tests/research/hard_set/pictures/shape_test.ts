import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import {
  compose,
  scale,
  translate,
} from "../../../../scripts/research/hard_set/pictures/homography.ts";
import {
  countHoles,
  distanceTransform,
  thinToSkeleton,
} from "../../../../scripts/research/hard_set/pictures/morphology.ts";
import type { Coverage } from "../../../../scripts/research/hard_set/pictures/picture.ts";
import {
  digitShape,
  drawShape,
  type Shape,
  SIDE,
  thickenShape,
  thinShape,
} from "../../../../scripts/research/hard_set/pictures/shape.ts";
import { correlation, countPieces, digitAt, DIGITS } from "../digits.ts";

function drawAt(shape: Shape, size: number): Coverage {
  const side = 28 * size;
  const coverage = { data: new Float32Array(side * side), width: side, height: side };
  drawShape(shape, scale(size), coverage);
  return coverage;
}

/** Loops of fewer samples than these are none. */
const MIN_HOLE = 6.4;

const inkOf = ({ depth }: Shape): number => depth.filter((value) => value > 0).length;

const piecesOf = ({ depth }: Shape): number => countPieces((i) => depth[i] > 0, SIDE, SIDE);

const holesOf = ({ depth }: Shape): number => countHoles(SIDE, (i) => depth[i] > 0, MIN_HOLE);

Deno.test("drawShape of digitShape at the size of MNIST nearly gives the digit itself", () => {
  for (let n = 0; n < DIGITS.count; n++) {
    const { data } = drawAt(digitShape(digitAt(n)), 1);
    assertGreater(correlation(data, digitAt(n)), 0.95);
  }
});

Deno.test("drawShape draws the same digit at any size, with sharp edges where it is large", () => {
  const shape = digitShape(digitAt(0));
  const small = drawAt(shape, 2).data;
  const large = drawAt(shape, 16);
  // The mean of each 8×8 pixels.
  const means = Float32Array.from(small, (_, i) => {
    const [left, top] = [8 * (i % 56), 8 * Math.floor(i / 56)];
    let sum = 0;
    for (let k = 0; k < 64; k++) sum += large.data[(top + (k >> 3)) * 448 + left + (k & 7)];
    return sum / 64;
  });
  assertGreater(correlation(small, means), 0.99);
  const grey = large.data.filter((value) => value > 0.02 && value < 0.98).length;
  assertLess(grey, 0.15 * large.data.filter((value) => value > 0.5).length);
});

Deno.test("drawShape clips at the border, and keeps the larger coverage", () => {
  const coverage = { data: new Float32Array(100).fill(0.5), width: 10, height: 10 };
  drawShape(digitShape(digitAt(0)), translate(100, 100), coverage);
  assertEquals(coverage.data, new Float32Array(100).fill(0.5));
  drawShape(digitShape(digitAt(0)), compose(translate(-40, -40), scale(4)), coverage);
  assertEquals(coverage.data.every((value) => value >= 0.5), true);
});

Deno.test("digitShape keeps an empty picture empty", () => {
  const shape = digitShape(new Uint8Array(784));
  assertEquals(inkOf(shape), 0);
  assertEquals(drawAt(shape, 2).data.every((value) => value === 0), true);
});

Deno.test("distanceTransform gives the distances of a brute-force search", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(80), { maxLength: 6 }), (places) => {
      const found = distanceTransform(9, (i) => places.includes(i));
      for (let i = 0; i < 81; i++) {
        const each = places.map((at) =>
          Math.hypot(i % 9 - at % 9, Math.floor(i / 9) - Math.floor(at / 9))
        );
        assertAlmostEquals(Math.min(1e9, found[i]), Math.min(1e9, ...each), 1e-5);
      }
    }),
  );
});

Deno.test("countHoles counts enclosed background of at least the given area", () => {
  const rows = [
    ".........",
    ".#####...",
    ".#...###.",
    ".#...#.#.",
    ".#######.",
    "..#......",
    ".#.......",
    ".........",
    ".........",
  ].join("");
  const isInk = (i: number): boolean => rows[i] === "#";
  assertEquals(countHoles(9, isInk, 1), 2);
  assertEquals(countHoles(9, isInk, 2), 1);
  assertEquals(countHoles(9, () => false, 1), 0);
});

Deno.test("thinToSkeleton leaves lines one sample wide, as connected as before", () => {
  for (let n = 0; n < 10; n++) {
    const shape = digitShape(digitAt(n));
    const ink = Uint8Array.from(shape.depth, (value) => value > 0 ? 1 : 0);
    const lines = ink.slice();
    thinToSkeleton(lines, SIDE);
    assertEquals(lines.every((value, i) => value <= ink[i]), true);
    assertEquals(countPieces((i) => lines[i] === 1, SIDE, SIDE), piecesOf(shape));
    assertEquals(countHoles(SIDE, (i) => lines[i] === 1, MIN_HOLE), holesOf(shape));
    const squares = lines.filter((value, i) =>
      value * lines[i + 1] * lines[i + SIDE] * lines[i + SIDE + 1] === 1
    );
    assertLess(squares.length, 0.02 * lines.filter((value) => value === 1).length + 1);
  }
});

Deno.test("thinShape removes ink, and keeps the number of components and holes", () => {
  for (let n = 0; n < 20; n++) {
    const shape = digitShape(digitAt(n));
    const [half, third] = [thinShape(shape, 0.5), thinShape(shape, 0.3)];
    assertLess(inkOf(half), 0.75 * inkOf(shape));
    assertLess(inkOf(third), inkOf(half));
    assertEquals(piecesOf(third), piecesOf(shape));
    assertEquals(holesOf(third), holesOf(shape));
  }
});

Deno.test("thickenShape adds ink, and closes no holes", () => {
  let grown = 0;
  for (let n = 0; n < DIGITS.count; n++) {
    const shape = digitShape(digitAt(n));
    const thick = thickenShape(shape, 1);
    assertEquals(holesOf(thick), holesOf(shape));
    if (inkOf(thick) > 1.3 * inkOf(shape)) grown++;
  }
  assertGreater(grown, 0.7 * DIGITS.count);
});
