import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import fc from "fast-check";
import {
  type AffineLimits,
  type AffineMap,
  changeThickness,
  drawAffine,
  ElasticField,
} from "../../../src/data/augment/warps.ts";
import { Random } from "../../../src/model/random.ts";
import { FixedRandom } from "./fixed_random.ts";
import { momentsOf, picture } from "./picture.ts";

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

const anyLimits = fc.record({
  rotation: fc.double({ min: 0, max: 180, noNaN: true }),
  scale: fc.double({ min: 0, max: 0.9, noNaN: true }),
  shear: fc.double({ min: 0, max: 2, noNaN: true }),
  shift: fc.double({ min: 0, max: 1000, noNaN: true }),
});

function drawElastic(
  height: number,
  width: number,
  deviation: number,
  random: Random,
): Float32Array {
  const field = new Float32Array(height * width).fill(NaN);
  new ElasticField(height, width).draw(deviation, random, field);
  return field;
}

/** Gives the numbers of a grid, told by row and column, for chance. */
class GridRandom extends Random {
  #taken = 0;
  readonly #value: (row: number, column: number) => number;

  constructor(value: (row: number, column: number) => number) {
    super(0);
    this.#value = value;
  }

  override normal(): number {
    const n = this.#taken++;
    return this.#value(Math.floor(n / 7), n % 7);
  }
}

function changed(image: Float32Array, height: number, width: number, amount: number): Float32Array {
  const copy = image.slice();
  changeThickness(copy, height, width, amount, new Float32Array(copy.length).fill(NaN));
  return copy;
}

/** Any picture, and how much to change it. */
const pictures = fc.tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 3, max: 9 })).chain((
  [height, width],
) =>
  fc.tuple(
    fc.constant(height),
    fc.constant(width),
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: height * width,
      maxLength: height * width,
    }).map((values) => Float32Array.from(values)),
    fc.double({ min: -1, max: 1, noNaN: true }),
  )
);

Deno.test("drawAffine takes five numbers, whatever the limits", () => {
  for (const limits of [STILL, { rotation: 1, scale: 0.1, shear: 1, shift: 1 }]) {
    const random = new FixedRandom();
    draw(limits, 1, random);
    assertEquals(random.taken, 5);
  }
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

Deno.test("ElasticField gives the numbers of its grid to a picture as coarse as the grid", () => {
  const random = new Random(3);
  const grid = Float32Array.from({ length: 49 }, () => 2 * random.normal());
  const field = drawElastic(7, 7, 2, new Random(3));
  field.forEach((value, i) => assertAlmostEquals(value, grid[i], 1e-5));
});

Deno.test("ElasticField of equal numbers is even, whatever the size of the picture", () => {
  for (const [height, width] of [[1, 1], [1, 40], [28, 28], [13, 50], [3, 5]]) {
    for (const value of drawElastic(height, width, 1.5, new GridRandom(() => 1))) {
      assertAlmostEquals(value, 1.5, 1e-5);
    }
  }
});

Deno.test("ElasticField has about the deviation that is asked for", () => {
  const random = new Random(5);
  let squares = 0;
  for (let n = 0; n < 200; n++) {
    for (const value of drawElastic(28, 28, 3, random)) squares += value ** 2;
  }
  const deviation = Math.sqrt(squares / (200 * 784));
  assertGreater(deviation, 0.7 * 3);
  assertLess(deviation, 3);
});

Deno.test("ElasticField follows lines and parabolas exactly, away from the border", () => {
  const height = 50;
  const width = 33;
  const surface = (row: number, column: number): number =>
    1 + row - 2 * column + row * column - row ** 2 + 0.5 * column ** 2;
  const field = drawElastic(height, width, 1, new GridRandom(surface));
  field.forEach((value, i) => {
    const row = (Math.floor(i / width) + 0.5) * 7 / height - 0.5;
    const column = (i % width + 0.5) * 7 / width - 0.5;
    if (Math.min(row, column) < 1 || Math.max(row, column) > 5) return;
    assertAlmostEquals(value, surface(row, column), 1e-4);
  });
});

Deno.test("ElasticField has no steps", () => {
  const random = new Random(6);
  for (let n = 0; n < 20; n++) {
    const field = drawElastic(70, 70, 1, random);
    for (let i = 0; i < 69 * 70; i++) {
      // One pixel is a tenth of the grid's spacing.
      assertLess(Math.abs(field[i + 70] - field[i]), 1);
      if (i % 70 < 69) assertLess(Math.abs(field[i + 1] - field[i]), 1);
    }
  }
});

Deno.test("ElasticField is decided by chance alone, and still at deviation 0", () => {
  assertEquals(drawElastic(9, 12, 1, new Random(7)), drawElastic(9, 12, 1, new Random(7)));
  assertGreater(
    Math.abs(drawElastic(9, 12, 1, new Random(7))[0] - drawElastic(9, 12, 1, new Random(8))[0]),
    0,
  );
  for (const value of drawElastic(9, 12, 0, new Random(7))) assertEquals(value === 0, true);
});

Deno.test("changeThickness blends each pixel with the extreme of its neighbourhood, and leaves the border", () => {
  fc.assert(fc.property(pictures, ([height, width, image, amount]) => {
    const expected = picture(height, width, (x, y) => {
      const value = image[y * width + x];
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return value;
      const around: number[] = [];
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) around.push(image[(y + dy) * width + x + dx]);
      }
      const extreme = amount > 0 ? Math.max(...around) : Math.min(...around);
      return value + Math.abs(amount) * (extreme - value);
    });
    changed(image, height, width, amount).forEach((value, i) =>
      assertAlmostEquals(value, expected[i], 1e-6)
    );
  }));
});

Deno.test("changeThickness leaves everything as it is at 0", () => {
  fc.assert(fc.property(pictures, ([height, width, image]) => {
    for (const nothing of [0, -0]) assertEquals(changed(image, height, width, nothing), image);
  }));
});

Deno.test("changeThickness makes a stroke gain or lose ink, a pixel on each side at most", () => {
  const bar = picture(20, 20, (x, y) => x >= 8 && x < 12 && y > 2 && y < 17 ? 1 : 0);
  const mass = (amount: number): number => momentsOf(changed(bar, 20, 20, amount), 20).mass;
  assertEquals([mass(-1), mass(0), mass(1)], [2 * 12, 4 * 14, 6 * 16]);
  for (let amount = -1; amount < 1; amount += 0.25) assertLess(mass(amount), mass(amount + 0.25));
  assertGreater(mass(0.1), mass(0));
});
