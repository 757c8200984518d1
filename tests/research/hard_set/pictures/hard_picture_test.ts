import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertNotEquals,
} from "@std/assert";
import {
  enlargeWhole,
  HARD_KINDS,
  type HardKind,
  hardPicture,
  pictureRandom,
  takePicture,
} from "../../../../scripts/research/hard_set/pictures/hard_picture.ts";
import type { RgbaPicture } from "../../../../scripts/research/hard_set/pictures/picture.ts";
import { cleanPlan } from "../../../../scripts/research/hard_set/pictures/plan.ts";
import { Random } from "../../../../src/model/random.ts";
import { brightnessOf, correlation, digitAt, DIGITS } from "../digits.ts";

const pictures = (kind: HardKind, count = DIGITS.count): RgbaPicture[] =>
  Array.from({ length: count }, (_, n) => hardPicture(digitAt(n), kind, pictureRandom(kind, n, 1)));

Deno.test("hardPicture gives opaque pictures of every kind, the same for the same random state", () => {
  for (const kind of HARD_KINDS) {
    const [once, again] = [pictures(kind, 3), pictures(kind, 3)];
    assertEquals(once, again);
    const other = hardPicture(digitAt(0), kind, pictureRandom(kind, 0, 2));
    if (kind !== "enlarged") assertNotEquals(other, once[0]);
    for (const { data, width, height } of once) {
      assertEquals(data.length, 4 * width * height);
      assertEquals(data.every((value, i) => i % 4 < 3 || value === 255), true);
    }
  }
});

Deno.test("hardPicture takes the digit that it is given", () => {
  for (const kind of HARD_KINDS) {
    const [one, other] = [0, 1].map((n) => hardPicture(digitAt(n), kind, new Random(4)));
    assertNotEquals(one, other);
  }
});

Deno.test("hardPicture gives sizes from 20 to 1,200 pixels, large ones rarely", () => {
  const sides = Array.from({ length: 400 }, (_, n) => {
    const { width, height } = hardPicture(digitAt(n % 50), "size", new Random(n));
    return [Math.min(width, height), Math.max(width, height)];
  });
  const [shorter, longer] = [sides.map(([side]) => side), sides.map(([, side]) => side)];
  assertGreaterOrEqual(Math.min(...shorter), 20);
  assertLess(Math.min(...shorter), 26);
  assertLessOrEqual(Math.max(...longer), 1200);
  assertGreater(Math.max(...longer), 700);
  assertLess(shorter.filter((side) => side > 400).length, 0.15 * sides.length);
});

Deno.test("hardPicture puts the whole digit inside the picture", () => {
  for (const kind of ["size", "position", "rotation", "perspective", "thick", "thin"] as const) {
    for (const picture of pictures(kind)) {
      const { width, height } = picture;
      const grey = brightnessOf(picture);
      const border = grey.filter((_, i) => {
        const [x, y] = [i % width, Math.floor(i / width)];
        return x === 0 || y === 0 || x === width - 1 || y === height - 1;
      });
      assertLess(Math.max(...border) - Math.min(...border), 40);
      assertGreater(Math.max(...border) - grey.reduce((a, b) => Math.min(a, b)), 60);
    }
  }
});

/** The middle of the ink, as shares of the width and height. */
function middleOf(picture: RgbaPicture): [x: number, y: number] {
  const { width, height } = picture;
  const grey = brightnessOf(picture);
  const paper = grey[0];
  let [mass, x, y] = [0, 0, 0];
  grey.forEach((value, i) => {
    const ink = Math.abs(value - paper) > 40 ? 1 : 0;
    mass += ink;
    x += ink * (i % width + 0.5);
    y += ink * (Math.floor(i / width) + 0.5);
  });
  return [x / mass / width, y / mass / height];
}

Deno.test("hardPicture puts digits anywhere if the position is degraded, and else near the middle", () => {
  const far = (kind: HardKind): number =>
    pictures(kind).filter((picture) =>
      middleOf(picture).some((place) => Math.abs(place - 0.5) > 0.15)
    ).length / DIGITS.count;
  assertGreater(far("position"), 0.4);
  assertLess(far("polarity"), 0.1);
});

Deno.test("hardPicture is mostly light on dark if the polarity is degraded", () => {
  const dark = pictures("polarity").filter((picture) => brightnessOf(picture)[0] < 128);
  assertGreater(dark.length, 0.6 * DIGITS.count);
  assertLess(dark.length, DIGITS.count);
});

Deno.test("takePicture of a clean plan shows the digit as it is", () => {
  for (let n = 0; n < 10; n++) {
    const plan = {
      ...cleanPlan(new Random(n)),
      width: 112,
      height: 112,
      place: [0.5, 0.5] as const,
    };
    const seen = brightnessOf(takePicture(digitAt(n), { ...plan, share: 20 / 28 }, new Random(n)));
    const whole = brightnessOf(enlargeWhole(digitAt(n), 112, true));
    // The middle of its rectangle is in the middle, in MNIST its centre of mass: try all moves of a few pixels.
    const moves = Array.from({ length: 19 }, (_, i) => i - 9);
    const best = Math.max(
      ...moves.flatMap((down) => moves.map((across) => down * 112 + across))
        .map((move) =>
          correlation(seen.subarray(1200, -1200), whole.subarray(1200 + move, move - 1200))
        ),
    );
    assertGreater(best, 0.9);
  }
});

Deno.test("enlargeWhole keeps a flat picture, and interpolates every other", () => {
  const even = enlargeWhole(new Uint8Array(784).fill(90), 50, false);
  assertEquals(new Set(brightnessOf(even).map(Math.round)), new Set([90]));
  const [light, dark] = [false, true].map((isDark) => enlargeWhole(digitAt(0), 28 * 3, isDark));
  for (let i = 0; i < 784; i++) {
    // The middle of three by three pixels is the pixel itself.
    const at = 4 * ((3 * Math.floor(i / 28) + 1) * 84 + 3 * (i % 28) + 1);
    assertAlmostEquals(light.data[at], digitAt(0)[i], 1);
    assertAlmostEquals(dark.data[at], 255 - digitAt(0)[i], 1);
  }
});

Deno.test("pictureRandom differs by kind, index and seed", () => {
  const first = (kind: string, index: number, seed: number): number =>
    pictureRandom(kind, index, seed).next();
  const all = ["mixed", "blur"].flatMap((kind) =>
    [0, 1, 2].flatMap((index) => [0, 1, 2].map((seed) => first(kind, index, seed)))
  );
  assertEquals(new Set(all).size, all.length);
  assertEquals(first("mixed", 1, 2), first("mixed", 1, 2));
});
