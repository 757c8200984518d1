import { assertAlmostEquals, assertEquals } from "@std/assert";
import { inkGroups } from "../../src/read/ink_group.ts";
import { listSegments } from "../../src/read/segments.ts";
import { segmentWindows, WINDOW } from "../../src/read/segment_window.ts";
import { writingOf } from "./line.ts";

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
