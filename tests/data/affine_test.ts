import { assertAlmostEquals, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { type AffineLimits, type AffineMap, drawAffine } from "../../src/data/affine.ts";
import { Random } from "../../src/model/random.ts";
import { FixedRandom } from "./fixed_random.ts";

const STILL: AffineLimits = { rotation: 0, scale: 0, shear: 0, shift: 0 };

function draw(limits: AffineLimits, strength: number, random: Random): AffineMap {
  const map = { xx: NaN, xy: NaN, yx: NaN, yy: NaN, dx: NaN, dy: NaN };
  drawAffine(limits, strength, random, map);
  return map;
}

function assertMap(map: AffineMap, expected: number[]): void {
  const { xx, xy, yx, yy, dx, dy } = map;
  [xx, xy, yx, yy, dx, dy].forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-12));
}

/** One part drawn to its upper (1) or lower (0) limit; the others are still. */
const LIMITS: [what: string, limits: Partial<AffineLimits>, numbers: number[], map: number[]][] = [
  ["turns a quarter", { rotation: 90 }, [1], [0, 1, -1, 0, 0, 0]],
  ["turns a quarter the other way", { rotation: 90 }, [0], [0, -1, 1, 0, 0, 0]],
  ["grows by a factor", { scale: 0.25 }, [0.5, 1], [0.8, 0, 0, 0.8, 0, 0]],
  ["shrinks by a factor", { scale: 0.2 }, [0.5, 0], [1.25, 0, 0, 1.25, 0, 0]],
  ["slants", { shear: 0.3 }, [0.5, 0.5, 1], [1, 0.3, 0, 1, 0, 0]],
  ["slants first and turns then", { shear: 0.3, rotation: 90 }, [1, 0.5, 1], [
    -0.3,
    1,
    -1,
    0,
    0,
    0,
  ]],
  ["moves across", { shift: 3 }, [0.5, 0.5, 0.5, 1], [1, 0, 0, 1, -3, 0]],
  ["moves down", { shift: 3 }, [0.5, 0.5, 0.5, 0.5, 1], [1, 0, 0, 1, 0, -3]],
  [
    "turns first and moves then",
    { rotation: 90, shift: 3 },
    [1, 0.5, 0.5, 1, 0.5],
    [0, 1, -1, 0, 0, 3],
  ],
];

for (const [what, limits, numbers, map] of LIMITS) {
  Deno.test(`drawAffine ${what}`, () => {
    assertMap(draw({ ...STILL, ...limits }, 1, new FixedRandom(...numbers)), map);
  });
}

Deno.test("drawAffine takes five numbers, whatever the limits", () => {
  for (const limits of [STILL, { rotation: 1, scale: 0.1, shear: 1, shift: 1 }]) {
    const random = new FixedRandom();
    draw(limits, 1, random);
    assertEquals(random.taken, 5);
  }
});

const anyLimits = fc.record({
  rotation: fc.double({ min: 0, max: 180, noNaN: true }),
  scale: fc.double({ min: 0, max: 0.9, noNaN: true }),
  shear: fc.double({ min: 0, max: 2, noNaN: true }),
  shift: fc.double({ min: 0, max: 1000, noNaN: true }),
});

Deno.test("drawAffine at strength 0 changes nothing, exactly", () => {
  fc.assert(fc.property(anyLimits, fc.integer(), (limits, seed) => {
    const { xx, xy, yx, yy, dx, dy } = draw(limits, 0, new Random(seed));
    for (const [value, same] of [[xx, 1], [xy, 0], [yx, 0], [yy, 1], [dx, 0], [dy, 0]]) {
      assertEquals(value === same, true, `${value} instead of ${same}`);
    }
  }));
});

Deno.test("drawAffine multiplies every limit by the strength", () => {
  const strength = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(anyLimits, strength, fc.integer(), (limits, strength, seed) => {
    const { rotation, scale, shear, shift } = limits;
    const weaker = {
      rotation: strength * rotation,
      scale: strength * scale,
      shear: strength * shear,
      shift: strength * shift,
    };
    assertEquals(
      draw(limits, strength, new Random(seed)),
      draw(weaker, 1, new Random(seed)),
    );
  }));
});

Deno.test("drawAffine keeps to its limits and comes near them on both sides", () => {
  const random = new Random(1);
  const limits = { rotation: 20, scale: 0.3, shear: 0.4, shift: 5 };
  const seen: Record<keyof AffineLimits, number[]> = {
    rotation: [],
    scale: [],
    shear: [],
    shift: [],
  };
  for (let n = 0; n < 2000; n++) {
    const { xx, xy, yx, yy, dx, dy } = draw(limits, 1, random);
    // Back from the map to its parts: the second row is turn and size alone.
    const factor = 1 / Math.hypot(yx, yy);
    const [cos, sin] = [yy * factor, -yx * factor];
    seen.rotation.push(Math.atan2(sin, cos) * 180 / Math.PI);
    seen.scale.push(factor - 1);
    seen.shear.push((xx * yx + xy * yy) * factor ** 2);
    const determinant = xx * yy - xy * yx;
    seen.shift.push(-(yy * dx - xy * dy) / determinant, -(xx * dy - yx * dx) / determinant);
  }
  for (const [name, values] of Object.entries(seen)) {
    const limit = limits[name as keyof AffineLimits];
    const [least, most] = [Math.min(...values), Math.max(...values)];
    assertLessOrEqual(most, limit + 1e-9, name);
    assertGreater(most, 0.98 * limit, name);
    assertLessOrEqual(-limit - 1e-9, least, name);
    assertGreater(-0.98 * limit, least, name);
  }
});
