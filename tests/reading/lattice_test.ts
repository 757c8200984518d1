import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { inkGroups } from "../../src/reading/cuts.ts";
import { listSegments, prepareSegment, segmentWindows, WINDOW } from "../../src/reading/lattice.ts";
import { inkIn } from "../image/ink/drawing.ts";
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

const SIZE = 28 * 28;

/** Two 1's, 2 of `unit` wide and 20 high, 6 apart. */
function latticeOf(unit: number): Parameters<typeof segmentWindows>[0] {
  const row = "...##......##...".replaceAll(/./g, (pixel) => pixel.repeat(unit));
  const empty = ".".repeat(row.length);
  const rows = [empty, ...new Array<string>(20 * unit).fill(row), empty];
  const ink = writingOf(rows.join("\n"), 20 * unit);
  const parts = inkGroups(ink, ink.pieces).map((group) => ({
    group,
    left: undefined,
    right: undefined,
  }));
  const segments = listSegments(parts, ink.height, ink.edge)
    .filter(({ first, last }) => last === first + 1);
  return { ink, segments, places: parts.length };
}

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);

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
  const cut = { columns: new Int32Array(group.height).fill(2), cost: 1, mass: 10, rank: 0 };
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

Deno.test("segmentWindows shows a segment in the middle and its neighbours beside it, at any size", () => {
  for (const unit of [1, 2, 3, 5]) {
    const windows = segmentWindows(latticeOf(unit));
    assertEquals(windows.length, 2 * WINDOW[0] * SIZE);
    for (const n of [0, 1]) {
      const [own, others] = [0, 1].map((channel) =>
        windows.subarray((2 * n + channel) * SIZE, (2 * n + channel + 1) * SIZE)
      );
      assertAlmostEquals(sum(own), 40, 0.5);
      assertAlmostEquals(sum(others), 40, 0.5);
      own.forEach((ink, i) => ink > 0.1 && assertAlmostEquals(i % 28, 13.5, 2));
      // The other one lies eight to the right of the first, to the left of the second.
      others.forEach((ink, i) =>
        ink > 0.1 && assertAlmostEquals(i % 28 - 13.5, n === 0 ? 8 : -8, 2)
      );
    }
  }
});

Deno.test("segmentWindows shows each pixel as own ink or as the neighbours', and none as more than ink", () => {
  const windows = segmentWindows(latticeOf(3));
  for (let n = 0; n < 2; n++) {
    for (let i = 0; i < SIZE; i++) {
      const [own, others] = [windows[2 * n * SIZE + i], windows[(2 * n + 1) * SIZE + i]];
      assertEquals(own >= 0 && others >= 0 && own + others <= 1.001, true);
    }
  }
});

/** One group of upright strokes, two pixels apart, that is cut between any two; each is so high. */
function strokes(count: number, high: number): Parameters<typeof listSegments>[0] {
  const row = "#.".repeat(count);
  const writing = writingOf(["#".repeat(2 * count), ...Array(high - 1).fill(row)].join("\n"), high);
  const [group] = inkGroups(writing, writing.pieces);
  const cutAt = (n: number) => ({
    columns: new Int32Array(high).fill(2 * n),
    cost: 1,
    mass: 1,
    rank: 0,
  });
  return Array.from({ length: count }, (_, n) => ({
    group,
    left: n === 0 ? undefined : cutAt(n),
    right: n === count - 1 ? undefined : cutAt(n + 1),
  }));
}

/** The number of parts in the longest segment. */
function longest(parts: Parameters<typeof listSegments>[0], height: number): number {
  return Math.max(...listSegments(parts, height, 0.5).map(({ first, last }) => last - first));
}

Deno.test("listSegments takes what is 1.45 times as wide as high for a digit, and nothing wider", () => {
  const parts = strokes(16, 20);
  // A segment of 14 parts is 28 wide, one of 15 is 30.
  assertEquals(longest(parts, 20), 14);
  assertEquals(longest(parts, 21), 15);
});

Deno.test("listSegments takes at most 60 parts for a digit", () => {
  assertEquals(longest(strokes(60, 100), 100), 60);
  assertEquals(longest(strokes(61, 100), 100), 60);
});

Deno.test("listSegments keeps soft edges of three pixels around the box", () => {
  for (const { found: { map, box } } of listSegments(parts, 10, 0.5)) {
    assertEquals([box.x, box.y], [3, 3]);
    assertEquals([map.width - box.width, map.height - box.height], [6, 6]);
  }
});
