import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { drawPaths } from "../../src/data/pen.ts";
import { momentsOf } from "./picture.ts";

const PEN = { radius: 2, softness: 1 };

function drawn(paths: number[][], pen = PEN, width = 40, height = 30): Float32Array {
  const canvas = new Float32Array(width * height);
  drawPaths(paths, pen, canvas, width);
  return canvas;
}

Deno.test("drawPaths draws a line as thick as the pen, with a soft edge", () => {
  const canvas = drawn([[10, 15, 30, 15]], { radius: 2, softness: 2 });
  const column = Array.from({ length: 30 }, (_, y) => canvas[y * 40 + 20]);
  // Full within 1 pixel of the line, none from 3 on, half on its edge.
  const expected = column.map((_, y) => {
    const distance = Math.abs(y + 0.5 - 15);
    return Math.min(1, Math.max(0, (3 - distance) / 2));
  });
  assertEquals(column, expected);
  assertEquals(column[13], 0.75);
});

Deno.test("drawPaths ends a line with half a disc", () => {
  const { mass, x, y } = momentsOf(drawn([[10, 15, 30, 15]]), 40);
  assertAlmostEquals(mass, 20 * 4 + Math.PI * 4, 1);
  assertAlmostEquals(x + 0.5, 20, 1e-4);
  assertAlmostEquals(y + 0.5, 15, 1e-4);
});

Deno.test("drawPaths draws a dot for a piece of no length", () => {
  assertAlmostEquals(momentsOf(drawn([[20, 15, 20, 15]]), 40).mass, Math.PI * 4, 0.5);
});

const point = fc.tuple(
  fc.double({ min: -10, max: 50, noNaN: true }),
  fc.double({ min: -10, max: 40, noNaN: true }),
);
const path = fc.array(point, { minLength: 2, maxLength: 4 }).map((points) => points.flat());

Deno.test("drawPaths shows the darkest of all lines, in any order, and clips what leaves the canvas", () => {
  fc.assert(fc.property(fc.array(path, { maxLength: 3 }), (paths) => {
    const all = drawn(paths);
    const darkest = new Float32Array(all.length);
    for (const one of paths) {
      drawn([one]).forEach((ink, i) => darkest[i] = Math.max(darkest[i], ink));
    }
    assertEquals(all, darkest);
    assertEquals(drawn([...paths, ...paths].reverse()), all);
    assertEquals(all.every((ink) => ink >= 0 && ink <= 1), true);
  }));
});

Deno.test("drawPaths inks a pixel by its distance to the nearest piece", () => {
  fc.assert(
    fc.property(path, (points) => {
      const canvas = drawn([points]);
      for (let i = 0; i < canvas.length; i += 7) {
        const [x, y] = [i % 40 + 0.5, Math.floor(i / 40) + 0.5];
        // The nearest of many points of the path stands for the nearest of all.
        let nearest = Infinity;
        for (let p = 0; p + 3 < points.length; p += 2) {
          for (let t = 0; t <= 1; t += 1 / 256) {
            const [px, py] = [0, 1].map((k) =>
              points[p + k] + t * (points[p + 2 + k] - points[p + k])
            );
            nearest = Math.min(nearest, Math.hypot(px - x, py - y));
          }
        }
        assertAlmostEquals(canvas[i], Math.min(1, Math.max(0, 2.5 - nearest)), 0.2);
      }
    }),
    { numRuns: 20 },
  );
});
