import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
} from "@std/assert";
import fc from "fast-check";
import {
  DIGIT_DISTORTIONS,
  distort,
  type Distortions,
  PHOTO_DISTORTIONS,
} from "../../../src/data/augment/distort.ts";
import { type ImageShape, sizeOf } from "../../../src/model/architecture.ts";
import { Random } from "../../../src/model/random.ts";
import { assertRejection } from "../../assert_error.ts";
import { FixedRandom } from "./fixed_random.ts";
import { type Moments, momentsOf, picture, STILL } from "./picture.ts";

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
  flip: share(0.5),
  crop: fc.oneof(fc.nat(3), fc.nat(1000)),
  strength: share(1),
}, { requiredKeys: ["rotation", "scale", "shear", "shift", "elastic", "thickness", "strength"] });

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

/** What chance gives when nothing but a mirror image and whole pixels is asked for: six numbers are taken before. */
function chanceOf(...numbers: number[]): FixedRandom {
  return new FixedRandom(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, ...numbers);
}

const STEPS = picture(3, 4, (x, y) => (x + 4 * y + 1) / 12);

Deno.test("distort mirrors left for right, exactly, as often as it is told", () => {
  const mirrored = picture(3, 4, (x, y) => STEPS[4 * y + 3 - x]);
  const flip = (number: number, flip: number, strength = 1): Float32Array =>
    distorted(STEPS, [1, 3, 4], { ...STILL, flip, strength }, chanceOf(number));
  assertEquals(flip(0.29, 0.3), mirrored);
  assertEquals(flip(0.3, 0.3), STEPS);
  assertEquals(flip(0.14, 0.3, 0.5), mirrored);
  assertEquals(flip(0.15, 0.3, 0.5), STEPS);
  const random = new Random(5);
  const isMirrored = Array.from(
    { length: 2000 },
    () => distorted(STEPS, [1, 3, 4], { ...STILL, flip: 0.5 }, random)[0] === mirrored[0],
  );
  assertAlmostEquals(isMirrored.filter(Boolean).length / 2000, 0.5, 0.05);
});

Deno.test("distort crops as from a padded image: every move by whole pixels, each as often, exactly", () => {
  const random = new Random(6);
  const seen = new Map<string, number>();
  for (let n = 0; n < 2500; n++) {
    const out = distorted(STEPS, [1, 3, 4], { ...STILL, crop: 1 }, random);
    const key = out.join();
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const moves = [-1, 0, 1].flatMap((right) => [-1, 0, 1].map((down) => [right, down]));
  const expected = moves.map(([right, down]) =>
    picture(3, 4, (x, y) => {
      const [fromX, fromY] = [x - right, y - down];
      return fromX < 0 || fromX > 3 || fromY < 0 || fromY > 2 ? 0 : STEPS[4 * fromY + fromX];
    }).join()
  );
  assertEquals([...seen.keys()].sort(), expected.sort());
  for (const often of seen.values()) assertAlmostEquals(often / 2500, 1 / 9, 0.03);
});

Deno.test("distort mirrors first, and moves right and down then", () => {
  assertEquals(
    distorted(STEPS, [1, 3, 4], { ...STILL, flip: 0.5, crop: 1 }, chanceOf(0, 0.99, 0.99)),
    picture(3, 4, (x, y) => x === 0 || y === 0 ? 0 : STEPS[4 * (y - 1) + 4 - x]),
  );
});

Deno.test("distort crops less far with less strength, to the nearest whole pixel", () => {
  const moved = (strength: number): Float32Array =>
    distorted(DOT, [1, 29, 29], { ...STILL, crop: 4, strength }, chanceOf(0.999, 0));
  const dotAt = (place: number, line: number): Float32Array =>
    picture(29, 29, (x, y) => x === place && y === line ? 1 : 0);
  assertEquals(moved(1), dotAt(18, 10));
  assertEquals(moved(0.4), dotAt(16, 12));
  assertEquals(moved(0.1), DOT);
});

Deno.test("distort crops a whole image away where it may move that far", () => {
  const image = { ...STILL, crop: 1000 };
  assertEquals(
    distorted(STEPS, [1, 3, 4], image, chanceOf(0, 0.5)),
    new Float32Array(STEPS.length),
  );
});

Deno.test("distort of photos is the same as of photos with a distortion too small to see", () => {
  const shape: ImageShape = [3, 8, 9];
  const bytes = fc.uint8Array({ minLength: 2 * sizeOf(shape), maxLength: 2 * sizeOf(shape) });
  fc.assert(fc.property(bytes, fc.integer(), (images, seed) => {
    const quick = distorted(images, shape, PHOTO_DISTORTIONS, new Random(seed));
    const resampled = { ...PHOTO_DISTORTIONS, shift: 1e-9 };
    distorted(images, shape, resampled, new Random(seed)).forEach((value, i) =>
      assertAlmostEquals(value, quick[i], 1e-6)
    );
  }));
});

Deno.test("distort takes no chance for a mirror image or whole pixels that are not asked for", () => {
  fc.assert(
    fc.property(anyImages, anyDistortions, fc.integer(), ([shape, images], asked, seed) => {
      const { flip: _, crop: __, ...without } = asked;
      const [one, other] = [new Random(seed), new Random(seed)];
      assertEquals(
        distorted(images, shape, { ...without, flip: 0, crop: 0 }, one),
        distorted(images, shape, without, other),
      );
      assertEquals(one.state, other.state);
    }),
  );
});

Deno.test("distort refuses values that are no whole images, and room for more or fewer", async () => {
  const random = new Random(1);
  for (const [values, room] of [[783, 783], [785, 785], [784, 783], [784, 1568]]) {
    await assertRejection(
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
