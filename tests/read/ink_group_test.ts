import { assertEquals } from "@std/assert";
import { inkGroups } from "../../src/read/ink_group.ts";
import { inkIn } from "../image/shapes.ts";
import { writingOf } from "./line.ts";

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
