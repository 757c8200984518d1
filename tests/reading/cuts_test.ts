import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { findCuts, type InkGroup, inkGroups } from "../../src/reading/cuts.ts";
import { distanceToLine, inkIn, shapeOf } from "../image/ink/drawing.ts";
import { writingOf } from "./line.ts";

const HEIGHT = 40;

const STROKE = 4;

type Point = readonly [number, number];

/** Lines drawn with a pen as wide as a stroke. */
function drawn(width: number, lines: readonly (readonly [Point, Point])[]): InkGroup {
  const map = shapeOf(
    width,
    HEIGHT + 10,
    (x, y) => STROKE / 2 - Math.min(...lines.map(([a, b]) => distanceToLine(x, y, a, b))),
  );
  return { ...map, x: 0, y: 0 };
}

const ONE = (x: number): [Point, Point] => [[x, 8], [x, 42]];

Deno.test("findCuts finds the cut through the bridge between two digits, and it crosses one stroke", () => {
  const cuts = findCuts(drawn(60, [ONE(10), ONE(45), [[10, 25], [45, 25]]]), HEIGHT, STROKE);
  const through = cuts.filter(({ columns }) => columns.every((x) => x > 12 && x < 43));
  assertEquals(through.length > 0, true);
  for (const { cost } of through) {
    assertGreater(cost, 0.7);
    assertLess(cost, 1.5);
  }
});

Deno.test("findCuts goes between digits that overlap and do not touch, at no cost", () => {
  // The one on the left leans over the one on the right.
  const cuts = findCuts(drawn(60, [[[10, 42], [38, 8]], [[28, 42], [52, 16]]]), HEIGHT, STROKE);
  assertLess(Math.min(...cuts.map(({ cost }) => cost)), 0.1);
});

Deno.test("findCuts gives cuts from the left, with ink on either side of each", () => {
  const cuts = findCuts(
    drawn(100, [ONE(10), ONE(50), ONE(90), [[10, 42], [90, 42]]]),
    HEIGHT,
    STROKE,
  );
  assertGreater(cuts.length, 1);
  for (let n = 1; n < cuts.length; n++) assertGreater(cuts[n].mass, cuts[n - 1].mass);
  for (const { mass } of cuts) assertGreater(mass, 0);
});

Deno.test("findCuts leaves whole what is too narrow for two digits", () => {
  assertEquals(findCuts(drawn(11, [ONE(5)]), HEIGHT, STROKE), []);
});

Deno.test("findCuts knows where cuts are in a group wider than 32,767 pixels", () => {
  const [width, rows] = [33_000, 12];
  const data = new Float32Array(width * rows);
  for (let y = 1; y < 11; y++) {
    for (const x of [5, 32_900, 32_920]) data.fill(1, y * width + x, y * width + x + 2);
  }
  const cuts = findCuts({ data, width, height: rows, x: 0, y: 0 }, 10, 2);
  const between = cuts.filter(({ columns }) => columns.every((x) => x > 32_901 && x < 32_921));
  assertEquals(between.length > 0, true);
});

Deno.test("inkGroups puts a bar above a belly together, and leaves digits side by side apart", () => {
  const ink = writingOf(
    `
    .............
    .####....##..
    .............
    .###.....##..
    ...#.....##..
    .###.....##..
    .............
    `,
    5,
  );
  const groups = inkGroups(ink, ink.pieces);
  assertEquals(groups.map(({ x, y }) => [x, y]), [[0, 0], [8, 0]]);
  assertEquals(groups.map(({ data }) => inkIn(data)), [11, 8]);
});

Deno.test("inkGroups keeps two whole digits apart where one leans over the other", () => {
  const ink = writingOf(
    `
    ...##
    ...#.
    ..##.
    ..#..
    .....
    ..##.
    ..##.
    ..##.
    ..##.
    `,
    5,
  );
  assertEquals(inkGroups(ink, ink.pieces).length, 2);
});

Deno.test("inkGroups leaves out of a group what belongs to its neighbour", () => {
  const ink = writingOf(
    `
    .#.#.
    .#.#.
    .#.#.
    .#.#.
    `,
    4,
  );
  // The soft edge of one reaches over the other.
  const groups = inkGroups({ ...ink, reach: 2 }, ink.pieces);
  assertEquals(groups.map(({ data }) => inkIn(data)), [4, 4]);
});
