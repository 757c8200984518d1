import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import {
  compose,
  IDENTITY,
  invert,
  mapBounds,
  project,
  rotate,
  scale,
  tilt,
  translate,
} from "../../../../scripts/research/hard_set/pictures/homography.ts";

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const assertPoint = (found: readonly number[], expected: readonly number[]): void =>
  expected.forEach((value, i) => assertAlmostEquals(found[i], value, 1e-6));

Deno.test("invert undoes any product of translations, rotations, scalings and tilts", () => {
  const map = fc.tuple(number(-180, 180), number(0.1, 10), number(-9, 9), number(-0.01, 0.01))
    .map(([angle, size, x, by]) =>
      compose(translate(x, -x), rotate(angle), scale(size), tilt(by, -by / 2))
    );
  fc.assert(fc.property(map, number(-20, 20), number(-20, 20), (map, x, y) => {
    assertPoint(project(invert(map), ...project(map, x, y)), [x, y]);
  }));
});

Deno.test("compose applies the last map first", () => {
  assertPoint(project(compose(translate(10, 0), scale(2)), 3, 4), [16, 8]);
  assertPoint(project(compose(scale(2), translate(10, 0)), 3, 4), [26, 8]);
  assertEquals(compose(), IDENTITY);
});

Deno.test("rotate goes clockwise, and tilt shrinks what lies to the right", () => {
  assertPoint(project(rotate(90), 1, 0), [0, 1]);
  const map = tilt(0.1, 0);
  const [left] = project(map, -1, 0);
  const [right] = project(map, 1, 0);
  assertGreater(-left, right);
});

Deno.test("mapBounds gives the bounding box of all four corners", () => {
  const { left, top, right, bottom } = mapBounds(rotate(45), {
    left: -1,
    top: -1,
    right: 1,
    bottom: 1,
  });
  assertPoint([left, top, right, bottom], [-Math.SQRT2, -Math.SQRT2, Math.SQRT2, Math.SQRT2]);
});
