import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
} from "@std/assert";
import fc from "fast-check";
import { DIGIT_DISTORTIONS, distort, type Distortions } from "../../src/data/distort.ts";
import type { ImageShape } from "../../src/model/architecture.ts";
import { Random } from "../../src/model/random.ts";
import { sizeOf } from "../../src/model/shapes.ts";
import { assertError } from "./assert_error.ts";
import { FixedRandom } from "./fixed_random.ts";
import { type Moments, momentsOf, picture } from "./picture.ts";

const STILL: Distortions = {
  rotation: 0,
  scale: 0,
  shear: 0,
  shift: 0,
  elastic: 0,
  thickness: 0,
  strength: 1,
};

function distorted(
  images: Uint8Array | Float32Array,
  shape: ImageShape,
  distortions: Distortions,
  random: Random,
): Float32Array {
  const out = new Float32Array(images.length).fill(NaN);
  distort(images, shape, distortions, random, out);
  return out;
}

const anyShape = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 12 }),
);
/** One to three images of bytes, and their shape. */
const anyImages = fc.tuple(anyShape, fc.integer({ min: 1, max: 3 })).chain(([shape, count]) => {
  const length = count * sizeOf(shape);
  return fc.tuple(fc.constant(shape), fc.uint8Array({ minLength: length, maxLength: length }));
});
const share = (max: number): fc.Arbitrary<number> => fc.double({ min: 0, max, noNaN: true });
const anyDistortions: fc.Arbitrary<Distortions> = fc.record({
  rotation: share(180),
  scale: share(0.9),
  shear: share(2),
  shift: fc.oneof(share(3), share(1000)),
  elastic: share(1),
  thickness: share(1),
  strength: share(1),
});

const floats = (bytes: Uint8Array): Float32Array => Float32Array.from(bytes, (byte) => byte / 255);

Deno.test("distort at strength 0 lets every value through exactly, bytes and floats", () => {
  fc.assert(
    fc.property(anyImages, anyDistortions, fc.integer(), ([shape, images], limits, seed) => {
      const distortions = { ...limits, strength: 0 };
      const expected = floats(images);
      assertEquals(distorted(images, shape, distortions, new Random(seed)), expected);
      assertEquals(distorted(expected, shape, distortions, new Random(seed)), expected);
    }),
  );
});

Deno.test("distort gives values from 0 to 1, whatever the distortions", () => {
  fc.assert(
    fc.property(anyImages, anyDistortions, fc.integer(), ([shape, images], distortions, seed) => {
      for (const value of distorted(images, shape, distortions, new Random(seed))) {
        assertEquals(value >= 0 && value <= 1, true, String(value));
      }
    }),
  );
});

Deno.test("distort gives bytes and floats, and images beside others, the same", () => {
  fc.assert(
    fc.property(anyImages, anyDistortions, fc.integer(), ([shape, images], distortions, seed) => {
      const together = distorted(images, shape, distortions, new Random(seed));
      const random = new Random(seed);
      const size = sizeOf(shape);
      for (let start = 0; start < images.length; start += size) {
        const one = floats(images.subarray(start, start + size));
        const alone = distorted(one, shape, distortions, random);
        together.subarray(start, start + size).forEach((value, i) =>
          assertAlmostEquals(value, alone[i], 1e-5)
        );
      }
    }),
  );
});

Deno.test("distort may write over the images, and otherwise leaves them alone", () => {
  fc.assert(
    fc.property(anyImages, anyDistortions, fc.integer(), ([shape, bytes], distortions, seed) => {
      const images = floats(bytes);
      const before = images.slice();
      const apart = distorted(images, shape, distortions, new Random(seed));
      assertEquals(images, before);
      distort(images, shape, distortions, new Random(seed), images);
      assertEquals(images, apart);
    }),
  );
});

Deno.test("distort moves all channels of an image together", () => {
  fc.assert(
    fc.property(anyImages, anyDistortions, fc.integer(), ([shape, images], distortions, seed) => {
      const [channels, height, width] = shape;
      const size = height * width;
      const together = distorted(
        images.subarray(0, channels * size),
        shape,
        distortions,
        new Random(seed),
      );
      for (let c = 0; c < channels; c++) {
        const channel = images.slice(c * size, (c + 1) * size);
        assertEquals(
          together.slice(c * size, (c + 1) * size),
          distorted(channel, [1, height, width], distortions, new Random(seed)),
        );
      }
    }),
  );
});

/** A cross with a hook, far from the border. */
const HOOK = picture(
  28,
  28,
  (x, y) => (x === 14 && y > 6 && y < 21) || (y === 10 && x > 8 && x < 20) ? 1 : 0,
);
const SHAPE: ImageShape = [1, 28, 28];

Deno.test("distort is decided by the state of chance alone", () => {
  const one = distorted(HOOK, SHAPE, DIGIT_DISTORTIONS, new Random(1));
  assertEquals(distorted(HOOK, SHAPE, DIGIT_DISTORTIONS, new Random(1)), one);
  assertNotEquals(distorted(HOOK, SHAPE, DIGIT_DISTORTIONS, new Random(2)), one);
  const random = new Random(1);
  distorted(HOOK, SHAPE, DIGIT_DISTORTIONS, random);
  const next = distorted(HOOK, SHAPE, DIGIT_DISTORTIONS, random);
  assertNotEquals(next, one);
  const two = new Float32Array([...HOOK, ...HOOK]);
  assertEquals(
    distorted(two, SHAPE, DIGIT_DISTORTIONS, new Random(1)),
    new Float32Array([...one, ...next]),
  );
});

/** The smallest and the largest of something measured on a picture distorted many times. */
function rangeOf(
  image: Float32Array,
  distortions: Partial<Distortions>,
  measure: (moments: Moments) => number,
): [least: number, most: number] {
  const random = new Random(11);
  const width = Math.sqrt(image.length);
  const values = Array.from({ length: 300 }, () => {
    const out = distorted(image, [1, width, width], { ...STILL, ...distortions }, random);
    return measure(momentsOf(out, width));
  });
  return [Math.min(...values), Math.max(...values)];
}

function assertReaches(range: [number, number], least: number, most: number, slack: number): void {
  const near = 0.05 * (most - least);
  assertGreater(range[0], least - slack);
  assertLess(range[0], least + near + slack);
  assertLess(range[1], most + slack);
  assertGreater(range[1], most - near - slack);
}

const DOT = picture(29, 29, (x, y) => x === 14 && y === 14 ? 1 : 0);
const BAR = picture(61, 61, (x, y) => Math.abs(y - 30) <= 2 && Math.abs(x - 30) <= 20 ? 1 : 0);
const POST = picture(61, 61, (x, y) => Math.abs(x - 30) <= 2 && Math.abs(y - 30) <= 20 ? 1 : 0);
const DISC = picture(61, 61, (x, y) => Math.hypot(x - 30, y - 30) <= 15 ? 1 : 0);

Deno.test("distort shifts by up to its limit either way, and keeps the ink", () => {
  for (const axis of ["x", "y"] as const) {
    assertReaches(rangeOf(DOT, { shift: 3 }, (moments) => moments[axis]), 11, 17, 1e-4);
  }
  assertReaches(rangeOf(DOT, { shift: 3 }, ({ mass }) => mass), 1, 1, 1e-4);
});

Deno.test("distort shifts right and down by whole pixels exactly", () => {
  const random = new FixedRandom(0.5, 0.5, 0.5, 1, 1);
  assertEquals(
    distorted(DOT, [1, 29, 29], { ...STILL, shift: 3 }, random),
    picture(29, 29, (x, y) => x === 17 && y === 17 ? 1 : 0),
  );
});

Deno.test("distort turns a bar about its middle by up to its limit either way", () => {
  const angle = ({ xx, yy, xy }: Moments): number =>
    Math.atan2(2 * xy, xx - yy) / 2 * 180 / Math.PI;
  assertReaches(rangeOf(BAR, { rotation: 25 }, angle), -25, 25, 0.5);
  for (const axis of ["x", "y"] as const) {
    assertReaches(rangeOf(BAR, { rotation: 25 }, (moments) => moments[axis]), 30, 30, 0.05);
  }
});

Deno.test("distort turns by a quarter exactly", () => {
  const image = picture(5, 5, (x, y) => (x + 5 * y) / 25);
  const turned = (number: number): Float32Array =>
    distorted(image, [1, 5, 5], { ...STILL, rotation: 90 }, new FixedRandom(number));
  const right = picture(5, 5, (x, y) => image[5 * (4 - x) + y]);
  const left = picture(5, 5, (x, y) => image[5 * x + 4 - y]);
  turned(1).forEach((value, i) => assertAlmostEquals(value, right[i], 1e-6));
  turned(0).forEach((value, i) => assertAlmostEquals(value, left[i], 1e-6));
});

Deno.test("distort grows and shrinks a disc by a factor of up to its limit", () => {
  const { mass } = momentsOf(DISC, 61);
  const factor = (moments: Moments): number => Math.sqrt(moments.mass / mass);
  assertReaches(rangeOf(DISC, { scale: 0.3 }, factor), 0.7, 1.3, 0.01);
});

Deno.test("distort slants a post by up to its limit and leaves every row in its place", () => {
  assertReaches(rangeOf(POST, { shear: 0.4 }, ({ xy, yy }) => xy / yy), -0.4, 0.4, 0.01);
  const row = momentsOf(POST, 61);
  assertReaches(rangeOf(POST, { shear: 0.4 }, ({ y }) => y), row.y, row.y, 1e-4);
  assertReaches(rangeOf(POST, { shear: 0.4 }, ({ mass }) => mass), row.mass, row.mass, 0.1);
});

Deno.test("distort makes strokes thicker and thinner by up to its limit, and moves nothing", () => {
  const { mass } = momentsOf(BAR, 61);
  const [thin, thick] = [39 * 3, 43 * 7];
  const limits = [mass + 0.5 * (thin - mass), mass + 0.5 * (thick - mass)] as const;
  assertReaches(rangeOf(BAR, { thickness: 0.5 }, (moments) => moments.mass), ...limits, 0.1);
  for (const axis of ["x", "y"] as const) {
    assertReaches(rangeOf(BAR, { thickness: 0.5 }, (moments) => moments[axis]), 30, 30, 1e-4);
  }
});

Deno.test("distort bends elastically: a straight bar becomes crooked, its ink stays about the same", () => {
  const bent = distorted(BAR, [1, 61, 61], { ...STILL, elastic: 0.06 }, new Random(4));
  assertAlmostEquals(momentsOf(bent, 61).mass / momentsOf(BAR, 61).mass, 1, 0.25);
  // The middle of each column, which is 30 in the straight bar.
  const middles = Array.from({ length: 25 }, (_, n) => {
    const column = picture(61, 1, (_, y) => bent[61 * y + n + 18]);
    return momentsOf(column, 1).y;
  });
  assertGreater(Math.max(...middles) - Math.min(...middles), 0.5);
  for (const middle of middles) assertLess(Math.abs(middle - 30), 10);
  for (let n = 1; n < 25; n++) assertLess(Math.abs(middles[n] - middles[n - 1]), 1.5);
});

Deno.test("distort bends as far as its limit says, in shares of half the width and the height", () => {
  const [height, width] = [31, 61];
  for (const side of [width, height]) {
    // A ramp tells how far each pixel was moved.
    const place = (x: number, y: number): number => side === width ? x : y;
    const ramp = picture(height, width, (x, y) => place(x, y) / side);
    const random = new Random(9);
    let [squares, count] = [0, 0];
    for (let n = 0; n < 100; n++) {
      const bent = distorted(ramp, [1, height, width], { ...STILL, elastic: 0.1 }, random);
      bent.forEach((value, i) => {
        const [x, y] = [i % width, Math.floor(i / width)];
        if (Math.abs(x - 30) > 10 || Math.abs(y - 15) > 5) return;
        squares += (side * value - place(x, y)) ** 2;
        count++;
      });
    }
    const deviation = Math.sqrt(squares / count);
    assertGreater(deviation, 0.7 * 0.1 * side / 2);
    assertLess(deviation, 0.1 * side / 2);
  }
});

Deno.test("distort brings nothing in from outside, from any side", () => {
  const full = new Float32Array(100).fill(1);
  for (const numbers of [[1, 1], [0, 0], [1, 0.5], [0, 0.5], [0.5, 1], [0.5, 0]]) {
    const random = new FixedRandom(0.5, 0.5, 0.5, ...numbers, 1);
    const limits = { ...STILL, shift: 100, thickness: 1 };
    for (const value of distorted(full, [1, 10, 10], limits, random)) {
      assertLess(value, 1e-8);
    }
  }
});

const WRONG: [name: keyof Distortions, values: number[], most: number][] = [
  ["rotation", [-1, 181, NaN, Infinity], 180],
  ["scale", [-0.1, 0.91, 1, NaN], 0.9],
  ["shear", [-0.1, 2.1, NaN], 2],
  ["shift", [-1, 1001, NaN], 1000],
  ["elastic", [-0.1, 1.1, NaN], 1],
  ["thickness", [-0.1, 1.1, NaN], 1],
  ["strength", [-0.1, 1.1, NaN], 1],
];

for (const [name, values, most] of WRONG) {
  Deno.test(`distort refuses a ${name} out of its range, or none`, async () => {
    for (const value of [...values, undefined as unknown as number]) {
      await assertError(
        () => distorted(HOOK, SHAPE, { ...DIGIT_DISTORTIONS, [name]: value }, new Random(1)),
        "option/invalid",
        `Cannot distort images: ${name} is ${value}, expected 0 to ${most}`,
      );
    }
  });
}

Deno.test("distort refuses a distortion that it does not know", async () => {
  const distortions = { ...DIGIT_DISTORTIONS, rotate: 3 };
  await assertError(
    () => distorted(HOOK, SHAPE, distortions, new Random(1)),
    "option/unknown",
    "there is no option rotate, expected rotation, scale",
  );
});

Deno.test("distort refuses values that are no whole images, and room for more or fewer", async () => {
  const random = new Random(1);
  for (const [values, room] of [[783, 783], [785, 785], [784, 783], [784, 1568]]) {
    await assertError(
      () =>
        distort(
          new Uint8Array(values),
          SHAPE,
          DIGIT_DISTORTIONS,
          random,
          new Float32Array(room),
        ),
      "data/mismatch",
      `there are ${values} values and room for ${room}, expected the same multiple of 784`,
    );
  }
  assertEquals(random.state, new Random(1).state);
});
