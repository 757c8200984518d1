import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { type Point, SKELETONS } from "../../src/data/skeletons.ts";
import { strokePath } from "../../src/data/stroke_path.ts";

const pairs = (path: number[]): Point[] =>
  Array.from({ length: path.length / 2 }, (_, i) => [path[2 * i], path[2 * i + 1]]);

Deno.test("strokePath goes through every point of every skeleton, in order", () => {
  for (const { strokes } of SKELETONS.flat()) {
    for (const stroke of strokes) {
      const path = pairs(strokePath(stroke));
      let at = 0;
      for (const [x, y] of stroke) {
        at = path.findIndex(([px, py], i) => i >= at && Math.hypot(px - x, py - y) < 1e-12);
        assertGreater(at, -1);
      }
      assertEquals(at, path.length - 1);
    }
  }
});

Deno.test("strokePath of two points is straight", () => {
  for (const [x, y] of pairs(strokePath([[0, 1], [6, 4]]))) assertAlmostEquals(y, 1 + x / 2, 1e-12);
});

Deno.test("strokePath is smooth through a point, and turns at one that is given twice", () => {
  /** How much the path turns at (1, 0), in radians. */
  const turn = (stroke: Point[]): number => {
    const path = pairs(strokePath(stroke));
    const at = path.findIndex(([x, y]) => x === 1 && y === 0);
    const heading = (i: number): number =>
      Math.atan2(path[i + 1][1] - path[i][1], path[i + 1][0] - path[i][0]);
    return heading(at) - heading(at - 1);
  };
  const corner: Point = [1, 0];
  assertLess(turn([[0, 0], corner, [1, 1]]), Math.PI / 4);
  assertLess(turn([[0, 0], corner, [2, 0.4]]), Math.PI / 16);
  assertAlmostEquals(turn([[0, 0], corner, corner, [1, 1]]), Math.PI / 2, 1e-12);
});
