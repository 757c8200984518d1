import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertNotEquals,
} from "@std/assert";
import fc from "fast-check";
import { checkDataset } from "../../../src/data/dataset.ts";
import {
  drawPaths,
  renderSyntheticDigit,
  strokePath,
  syntheticDigits,
  type SyntheticOptions,
} from "../../../src/data/synthetic/digits.ts";
import { type Point, SKELETONS } from "../../../src/data/synthetic/skeletons.ts";
import { Random } from "../../../src/model/random.ts";
import { assertRejection } from "../../assert_error.ts";
import { momentsOf } from "../augment/picture.ts";

const DIGITS = syntheticDigits({ count: 1000, seed: 1 });

const pictureAt = (n: number): Uint8Array => DIGITS.images.subarray(784 * n, 784 * (n + 1));

/** How many rows or columns lie between the first and the last one with a pixel of at least this value. */
function extent(image: Uint8Array, least: number, across: boolean): number {
  let [first, last] = [28, -1];
  image.forEach((value, i) => {
    if (value < least) return;
    const at = across ? i % 28 : Math.floor(i / 28);
    first = Math.min(first, at);
    last = Math.max(last, at);
  });
  return last - first + 1;
}

/** Gives one number first, and goes on as any other source. */
class BegunRandom extends Random {
  #first: number | undefined;

  constructor(first: number, seed: number) {
    super(new Random(seed).state);
    this.#first = first;
  }

  override next(): number {
    const first = this.#first;
    this.#first = undefined;
    return first ?? super.next();
  }
}

/** How many pixels are at the soft edge of a stroke. */
const edge = (ink: Float32Array): number => ink.filter((value) => value > 0 && value < 1).length;

const WRONG: [string, unknown, "option/invalid" | "option/unknown", string][] = [
  [
    "no digits",
    { count: 0 },
    "option/invalid",
    "the count is 0, expected a whole number from 1 to 1000000",
  ],
  ["fewer than no digits", { count: -5 }, "option/invalid", "the count is -5"],
  ["half a digit", { count: 2.5 }, "option/invalid", "the count is 2.5"],
  ["a count that is no number", { count: "10" }, "option/invalid", "the count is 10"],
  ["no count", { seed: 1 }, "option/invalid", "the count is undefined"],
  ["NaN digits", { count: NaN }, "option/invalid", "the count is NaN"],
  ["more than fit into memory", { count: 1_000_001 }, "option/invalid", "the count is 1000001"],
  [
    "far more than fit into memory",
    { count: 1e15 },
    "option/invalid",
    "the count is 1000000000000000",
  ],
  [
    "half a seed",
    { count: 1, seed: 0.5 },
    "option/invalid",
    "the seed is 0.5, expected a whole number",
  ],
  ["a seed that is no number", { count: 1, seed: NaN }, "option/invalid", "the seed is NaN"],
  [
    "an option that it does not know",
    { count: 1, sead: 1 },
    "option/unknown",
    "there is no option sead, expected count, seed",
  ],
  ["no options", undefined, "option/invalid", "the options are undefined, expected an object"],
];

for (const [what, options, code, part] of WRONG) {
  Deno.test(`syntheticDigits refuses ${what}`, async () => {
    await assertRejection(() => syntheticDigits(options as SyntheticOptions), code, part);
  });
}

const PEN = { radius: 2, softness: 1 };

function drawn(paths: number[][], pen = PEN, width = 40, height = 30): Float32Array {
  const canvas = new Float32Array(width * height);
  drawPaths(paths, pen, canvas, width);
  return canvas;
}

const point = fc.tuple(
  fc.double({ min: -10, max: 50, noNaN: true }),
  fc.double({ min: -10, max: 40, noNaN: true }),
);

const path = fc.array(point, { minLength: 2, maxLength: 4 }).map((points) => points.flat());

const pairs = (path: number[]): Point[] =>
  Array.from({ length: path.length / 2 }, (_, i) => [path[2 * i], path[2 * i + 1]]);

Deno.test("syntheticDigits gives a sound dataset of 28×28 digits", () => {
  checkDataset(DIGITS);
  assertEquals(DIGITS.count, 1000);
  assertEquals(DIGITS.shape, [1, 28, 28]);
  assertEquals(DIGITS.classNames, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
});

Deno.test("syntheticDigits gives the same digits for the same seed, and others for another", () => {
  const digits = (seed?: number): Uint8Array[] => {
    const { images, labels } = syntheticDigits(
      seed === undefined ? { count: 30 } : { count: 30, seed },
    );
    return [images, labels];
  };
  assertEquals(digits(5), digits(5));
  assertEquals(digits(), digits(0));
  const [[images, labels], [others, otherLabels]] = [digits(5), digits(6)];
  assertNotEquals(images, others);
  assertNotEquals(labels, otherLabels);
});

Deno.test("syntheticDigits gives each digit as often as the others, up to one, in random order", () => {
  for (const count of [1, 7, 10, 123, 1000]) {
    const { labels } = syntheticDigits({ count, seed: 2 });
    const often = DIGITS.classNames.map((_, digit) =>
      labels.reduce((sum, label) => sum + (label === digit ? 1 : 0), 0)
    );
    assertLessOrEqual(Math.max(...often) - Math.min(...often), 1);
  }
  assertNotEquals([...DIGITS.labels.subarray(0, 10)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("syntheticDigits gives no picture twice", () => {
  const pictures = Array.from({ length: 1000 }, (_, n) => pictureAt(n).join());
  assertEquals(new Set(pictures).size, 1000);
});

Deno.test("syntheticDigits fill a box of about 20×20 pixels, with full ink and soft edges", () => {
  for (let n = 0; n < 1000; n++) {
    const image = pictureAt(n);
    const [width, height] = [extent(image, 128, true), extent(image, 128, false)];
    assertGreater(Math.max(width, height), 17);
    assertLess(Math.max(width, height), 22);
    assertLess(Math.max(extent(image, 1, true), extent(image, 1, false)), 24);
    assertGreater(Math.max(...image), 200);
    assertGreater(image.filter((value) => value > 0 && value < 255).length, 20);
  }
});

Deno.test("syntheticDigits are centred by mass, within a pixel", () => {
  let [dx, dy] = [0, 0];
  for (let n = 0; n < 1000; n++) {
    const { x, y } = momentsOf(pictureAt(n), 28);
    assertLess(Math.abs(x + 0.5 - 14), 1.1);
    assertLess(Math.abs(y + 0.5 - 14), 1.1);
    dx += (x + 0.5 - 14) / 1000;
    dy += (y + 0.5 - 14) / 1000;
  }
  assertAlmostEquals(dx, 0, 0.1);
  assertAlmostEquals(dy, 0, 0.1);
});

Deno.test("syntheticDigits have about as much ink as MNIST's digits", () => {
  // The mean of all pixels of MNIST's training set is 33.3.
  const mean = DIGITS.images.reduce((sum, value) => sum + value, 0) / DIGITS.images.length;
  assertGreater(mean, 25);
  assertLess(mean, 42);
});

Deno.test("renderSyntheticDigit writes each digit in each of its ways", () => {
  SKELETONS.forEach((skeletons, digit) => {
    const total = skeletons.reduce((sum, { weight }) => sum + weight, 0);
    const drawn = new Set<string>();
    let before = 0;
    for (const { weight } of skeletons) {
      // Everything in a skeleton's share of chance draws the same way.
      const [low, high] = [0.01, 0.99].map((share) =>
        renderSyntheticDigit(digit, new BegunRandom((before + share * weight) / total, 7)).join()
      );
      assertEquals(low, high);
      drawn.add(low);
      before += weight;
    }
    assertEquals(drawn.size, skeletons.length);
  });
});

Deno.test("renderSyntheticDigit draws the same digit at any size", () => {
  for (let digit = 0; digit < 10; digit++) {
    const small = renderSyntheticDigit(digit, new Random(digit));
    assertEquals(small.length, 784);
    for (const scale of [2, 5]) {
      const side = 28 * scale;
      const large = renderSyntheticDigit(digit, new Random(digit), { side });
      assertEquals(large.length, side * side);
      const [one, other] = [momentsOf(small, 28), momentsOf(large, side)];
      assertAlmostEquals(other.mass / scale ** 2 / one.mass, 1, 0.05);
      assertAlmostEquals(edge(large) / scale ** 2 / edge(small), 1, 0.2);
      assertAlmostEquals(Math.sqrt(other.xx) / scale, Math.sqrt(one.xx), 0.3);
      assertAlmostEquals(Math.sqrt(other.yy) / scale, Math.sqrt(one.yy), 0.3);
      assertAlmostEquals((other.x + 0.5) / scale, 14, 1.1);
      assertAlmostEquals((other.y + 0.5) / scale, 14, 1.1);
    }
  }
});

Deno.test("renderSyntheticDigit fills a box of its own size, with a pen that fits it", () => {
  for (let digit = 0; digit < 10; digit++) {
    const full = renderSyntheticDigit(digit, new Random(digit), { side: 80, box: 40 });
    const half = renderSyntheticDigit(digit, new Random(digit), { side: 80, box: 20 });
    const [one, other] = [momentsOf(full, 80), momentsOf(half, 80)];
    assertAlmostEquals(one.mass / other.mass, 4, 0.3);
    const reach = Math.max(
      ...full.keys().filter((i) => full[i] > 0.5).map((i) => Math.abs(Math.floor(i / 80) - one.y)),
    );
    assertLess(reach, 32);
  }
});

Deno.test("renderSyntheticDigit gives ink from 0 to 1", () => {
  const random = new Random(3);
  for (let n = 0; n < 100; n++) {
    const ink = renderSyntheticDigit(n % 10, random, { side: 10 + n });
    assertEquals(ink.every((value) => value >= 0 && value <= 1), true);
    assertGreater(Math.max(...ink), 0.5);
  }
});

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
