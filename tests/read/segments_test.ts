import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { inkGroups } from "../../src/read/ink_group.ts";
import { listSegments, prepareSegment } from "../../src/read/segments.ts";
import { inkIn } from "../image/shapes.ts";
import { writingOf } from "./line.ts";

const THREE_ONES = `
  ........................
  ..##......##........##..
  ..##......##........##..
  ..##......##........##..
  ..##......##........##..
  ..##......##........##..
  ..##......##........##..
  ..##......##........##..
  ..##......##........##..
  ..##......##........##..
  ..##......##........##..
  ........................
`;

const ink = writingOf(THREE_ONES, 10);
const parts = inkGroups(ink, ink.pieces).map((group) => ({
  group,
  left: undefined,
  right: undefined,
}));

Deno.test("listSegments lists what may be a digit by its size, and not digits far apart as one", () => {
  const segments = listSegments(parts, 10, 0.5);
  assertEquals(segments.map(({ first, last }) => [first, last]), [[0, 1], [1, 2], [2, 3]]);
  const near = listSegments(parts, 24, 0.5);
  assertEquals(near.map(({ first, last }) => [first, last]), [[0, 1], [0, 2], [1, 2], [2, 3]]);
  assertEquals(near[1].gap, 6);
});

Deno.test("listSegments gives each segment its own ink alone, and says where it is", () => {
  for (const [n, { found: { map, box }, x, y, mass }] of listSegments(parts, 10, 0.5).entries()) {
    assertEquals([x + box.x, y + box.y, box.width, box.height], [[2, 10, 20][n], 1, 2, 10]);
    assertEquals([inkIn(map.data), mass], [20, 20]);
  }
});

Deno.test("listSegments parts the ink of a group at a cut, and none of it is lost", () => {
  const [, group] = parts.map(({ group }) => group);
  const cut = { columns: new Int16Array(group.height).fill(2), cost: 1, mass: 10 };
  const halves = [{ group, left: undefined, right: cut }, { group, left: cut, right: undefined }];
  const segments = listSegments(halves, 10, 0.5);
  assertEquals(segments.map(({ first, last, mass }) => [first, last, mass]), [
    [0, 1, 10],
    [0, 2, 20],
    [1, 2, 10],
  ]);
  assertEquals(segments.map(({ leftCost, rightCost }) => [leftCost, rightCost]), [
    [0, 1],
    [0, 0],
    [1, 0],
  ]);
});

Deno.test("prepareSegment gives 28×28 pixels with the ink in the middle", () => {
  for (const segment of listSegments(parts, 10, 0.5)) {
    const pixels = prepareSegment(segment);
    assertEquals(pixels.length, 28 * 28);
    let [sum, across] = [0, 0];
    pixels.forEach((ink, i) => [sum, across] = [sum + ink, across + ink * (i % 28 + 0.5)]);
    assertGreater(sum, 20);
    assertAlmostEquals(across / sum, 14, 1);
  }
});
