import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import { corruptDataset, CORRUPTIONS } from "../../scripts/research/corruptions/corruptions.ts";
import { rotate, scale, shear, translate } from "../../scripts/research/corruptions/geometry.ts";
import { brightness, cannyEdges, fog, plasma } from "../../scripts/research/corruptions/light.ts";
import { dottedLine, stripe, zigzag } from "../../scripts/research/corruptions/lines.ts";
import {
  glassBlur,
  impulseNoise,
  motionBlur,
  shotNoise,
  spatter,
} from "../../scripts/research/corruptions/noise.ts";
import { takeDataset } from "../../src/data/dataset.ts";
import { Random } from "../../src/model/random.ts";
import { digitAt, DIGITS } from "./hard_set/digits.ts";

const NAMES = Object.keys(CORRUPTIONS);

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

/** The total, the centre and the spread (variances and covariance) of a picture's ink. */
function inkOf(pixels: ArrayLike<number>) {
  let [mass, x, y, xx, xy, yy] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 784; i++) {
    const [column, row, value] = [i % 28, Math.floor(i / 28), pixels[i]];
    mass += value;
    x += value * column;
    y += value * row;
    xx += value * column ** 2;
    xy += value * column * row;
    yy += value * row ** 2;
  }
  [x, y] = [x / mass, y / mass];
  return { mass, x, y, xx: xx / mass - x * x, xy: xy / mass - x * y, yy: yy / mass - y * y };
}

/** A picture that is white where the test says so. */
function picture(isWhite: (x: number, y: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 784 }, (_, i) => isWhite(i % 28, Math.floor(i / 28)) ? 255 : 0);
}

/** An upright bar in the middle. */
const BAR = picture((x, y) => x >= 12 && x <= 15 && y >= 6 && y <= 21);

Deno.test("CORRUPTIONS are fifteen", () => assertEquals(NAMES.length, 15));

Deno.test("CORRUPTIONS give the same picture for the same seed, another than it was, and keep it", () => {
  for (const name of NAMES) {
    for (const seed of SEEDS) {
      const pixels = digitAt(seed);
      const before = pixels.slice();
      const corrupted = CORRUPTIONS[name](pixels, new Random(seed));
      assertEquals(corrupted, CORRUPTIONS[name](pixels, new Random(seed)), name);
      assertEquals(pixels, before, name);
      assertEquals(corrupted.length, 784, name);
      assertEquals(corrupted.every((value, i) => value === before[i]), false, name);
    }
  }
});

Deno.test("CORRUPTIONS that are drawn by chance differ from seed to seed", () => {
  const fixed = ["scale", "brightness", "stripe", "canny-edges"];
  for (const name of NAMES) {
    const found = new Set(
      SEEDS.map((seed) => CORRUPTIONS[name](digitAt(7), new Random(seed)).join()),
    );
    if (fixed.includes(name)) assertEquals(found.size, 1, name);
    else assertGreater(found.size, 1, name);
  }
});

Deno.test("CORRUPTIONS take any 784 bytes", () => {
  const pixels = fc.uint8Array({ minLength: 784, maxLength: 784 });
  fc.assert(
    fc.property(pixels, fc.constantFrom(...NAMES), fc.integer(), (pixels, name, seed) => {
      const corrupted = CORRUPTIONS[name](pixels, new Random(seed));
      return corrupted instanceof Uint8Array && corrupted.length === 784;
    }),
  );
  for (const name of NAMES) {
    for (const value of [0, 255]) {
      const corrupted = CORRUPTIONS[name](new Uint8Array(784).fill(value), new Random(1));
      assertEquals(corrupted.length, 784, name);
    }
  }
});

Deno.test("shotNoise leaves black black, knows four shades, and keeps the mean of a dark grey", () => {
  const grey = new Uint8Array(784).fill(51);
  const values = SEEDS.flatMap((seed) => [...shotNoise(grey, new Random(seed))]);
  assertEquals([...new Set(values)].sort((a, b) => a - b), [0, 85, 170, 255]);
  // Of a Poisson variable with mean 0.6, cut off at 3, the mean is 0.5960.
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  assertAlmostEquals(mean, 0.596 * 85, 2);
  assertEquals(shotNoise(new Uint8Array(784), new Random(1)), new Uint8Array(784));
});

Deno.test("impulseNoise loses 17 % of the pixels, half to white and half to black", () => {
  const grey = new Uint8Array(784).fill(100);
  const values = SEEDS.flatMap((seed) => [...impulseNoise(grey, new Random(seed))]);
  const share = (value: number) => values.filter((other) => other === value).length / values.length;
  assertAlmostEquals(share(255), 0.085, 0.01);
  assertAlmostEquals(share(0), 0.085, 0.01);
  assertAlmostEquals(share(100), 0.83, 0.01);
});

Deno.test("glassBlur softens edges, and keeps the ink and nearly its place", () => {
  for (const seed of SEEDS) {
    const blurred = glassBlur(BAR, new Random(seed));
    const [before, after] = [inkOf(BAR), inkOf(blurred)];
    assertAlmostEquals(after.mass / before.mass, 1, 0.02);
    assertAlmostEquals(after.x, before.x, 1);
    assertAlmostEquals(after.y, before.y, 1);
    assertGreater(blurred.filter((value) => value > 0 && value < 255).length, 50);
  }
});

Deno.test("motionBlur drags a dot into a trail to one side, no steeper than level by 45°", () => {
  const dot = picture((x, y) => x === 20 && y === 14);
  for (const seed of SEEDS) {
    const blurred = motionBlur(dot, new Random(seed));
    let last = -1;
    for (let i = 0; i < 784; i++) {
      if (blurred[i] === 0) continue;
      const [right, down] = [i % 28 - 20, Math.floor(i / 28) - 14];
      assertEquals(right <= 0, true);
      assertEquals(Math.abs(down) <= Math.abs(right), true);
      last = Math.max(last, -right);
    }
    assertGreater(last, 3);
    assertAlmostEquals(inkOf(blurred).mass / 255, 1, 0.05);
    const brightest = blurred.indexOf(Math.max(...blurred));
    assertGreater(brightest % 28, 18);
  }
});

Deno.test("shear slants a bar to either side by the sine of 0.4 radians, and makes it taller", () => {
  const slants = SEEDS.map((seed) => {
    const { x, y, xy, yy } = inkOf(shear(BAR, new Random(seed)));
    assertAlmostEquals(Math.sqrt(yy / inkOf(BAR).yy), 1 / Math.cos(0.4), 0.02);
    assertAlmostEquals(x, 13.5, 0.05);
    assertAlmostEquals(y, 13.5, 0.05);
    return xy / yy;
  });
  for (const slant of slants) assertAlmostEquals(Math.abs(slant), Math.sin(0.4), 0.02);
  assertEquals(new Set(slants.map(Math.sign)).size, 2);
});

Deno.test("rotate turns a bar around the middle by 0.4 radians either way, and keeps its ink", () => {
  const angles = SEEDS.map((seed) => {
    const { mass, x, y, xx, xy, yy } = inkOf(rotate(BAR, new Random(seed)));
    assertAlmostEquals(x, 13.5, 0.05);
    assertAlmostEquals(y, 13.5, 0.05);
    assertAlmostEquals(mass / inkOf(BAR).mass, 1, 0.02);
    return Math.atan2(2 * xy, yy - xx) / 2;
  });
  for (const angle of angles) assertAlmostEquals(Math.abs(angle), 0.4, 0.02);
  assertEquals(new Set(angles.map(Math.sign)).size, 2);
});

Deno.test("scale shrinks a picture to 70 % around its middle", () => {
  const [before, after] = [inkOf(BAR), inkOf(scale(BAR))];
  assertAlmostEquals(after.x, 13.5, 0.05);
  assertAlmostEquals(after.y, 13.5, 0.05);
  assertAlmostEquals(after.mass / before.mass, 0.49, 0.02);
  assertAlmostEquals(Math.sqrt(after.yy / before.yy), 0.7, 0.02);
});

Deno.test("translate moves the ink by 3 pixels across and down, to all four sides", () => {
  const moves = SEEDS.map((seed) => {
    const [before, after] = [inkOf(BAR), inkOf(translate(BAR, new Random(seed)))];
    assertEquals(after.mass, before.mass);
    return [after.x - before.x, after.y - before.y].map((move) => Number(move.toFixed(9)));
  });
  assertEquals(moves.flat().every((move) => Math.abs(move) === 3), true);
  assertEquals(new Set(moves.map(String)).size, 4);
});

Deno.test("brightness adds half of white, up to white", () => {
  const pixels = Uint8Array.from({ length: 784 }, (_, i) => i % 256);
  brightness(pixels).forEach((value, i) => {
    assertAlmostEquals(value, Math.min(255, pixels[i] + 127.5), 0.5);
  });
});

Deno.test("stripe inverts the outer quarters, and twice gives the picture back", () => {
  const pixels = digitAt(3);
  const striped = stripe(pixels);
  striped.forEach((value, i) => {
    const isInside = i % 28 >= 7 && i % 28 < 21;
    assertEquals(value, isInside ? pixels[i] : 255 - pixels[i]);
  });
  assertEquals([...stripe(striped)], [...pixels]);
});

Deno.test("plasma reaches from 0 to 1, goes on beyond its edges, and is smooth", () => {
  const side = 64;
  const heights = plasma(side, 2, new Random(4));
  assertEquals(Math.min(...heights), 0);
  assertEquals(Math.max(...heights), 1);
  const step = (dx: number, dy: number): number =>
    heights.reduce((sum, height, i) => {
      const [x, y] = [(i + dx) % side, (Math.floor(i / side) + dy) % side];
      return sum + Math.abs(height - heights[y * side + x]);
    }, 0) / heights.length;
  assertLess(4 * step(1, 0), step(32, 0));
  assertLess(4 * step(0, 1), step(0, 32));
  const seam = Array.from(
    { length: side },
    (_, y) => Math.abs(heights[y * side] - heights[y * side + side - 1]),
  ).reduce((sum, value) => sum + value, 0) / side;
  assertLess(seam, 2 * step(1, 0));
});

Deno.test("fog lightens the ground, and leaves the ink a quarter of its contrast", () => {
  for (const seed of SEEDS) {
    const foggy = fog(BAR, new Random(seed));
    const [ground, ink] = [0, 255].map((value) => {
      const values = foggy.filter((_, i) => BAR[i] === value);
      return values.reduce((sum, other) => sum + other, 0) / values.length;
    });
    assertGreater(ground, 10);
    assertAlmostEquals(ink - ground, 255 / 4, 25);
  }
});

Deno.test("spatter puts dark mud on ground and ink, here and there", () => {
  const [ground, ink] = [0, 255].map((value) =>
    SEEDS.flatMap((seed) => [...spatter(new Uint8Array(784).fill(value), new Random(seed))])
  );
  assertLess(Math.max(...ground), 64);
  assertGreater(Math.max(...ground), 55);
  assertLess(Math.min(...ink), 75);
  assertGreater(Math.min(...ink), 62);
  const clean = ground.filter((value) => value === 0).length / ground.length;
  assertGreater(clean, 0.6);
  assertLess(clean, 0.95);
  assertEquals(ink.filter((value) => value === 255).length / ink.length, clean);
});

Deno.test("dottedLine draws dashes of two columns from the left to the right, and takes no ink away", () => {
  for (const seed of SEEDS) {
    const lined = dottedLine(new Uint8Array(784), new Random(seed));
    for (let x = 0; x < 28; x++) {
      const column = lined.filter((_, i) => i % 28 === x);
      const isDash = Math.floor(x / 2) % 2 === 1 && x < 27;
      assertEquals(column.some((value) => value > 0), isDash, `column ${x}`);
      assertLess(column.filter((value) => value > 0).length, 4);
    }
    const digit = digitAt(seed);
    assertEquals(dottedLine(digit, new Random(seed)).every((value, i) => value >= digit[i]), true);
  }
});

Deno.test("zigzag swings about a level line, and takes no ink away", () => {
  for (const seed of SEEDS) {
    const lined = zigzag(new Uint8Array(784), new Random(seed));
    const { mass, y, yy } = inkOf(lined);
    assertGreater(mass, 255 * 10);
    assertGreater(Math.sqrt(yy), 0.5);
    assertLess(Math.sqrt(yy), 3.5);
    assertEquals(y >= 0 && y < 28, true);
    const digit = digitAt(seed);
    assertEquals(zigzag(digit, new Random(seed)).every((value, i) => value >= digit[i]), true);
  }
});

Deno.test("cannyEdges gives thin outlines in black and white, and nothing where nothing is", () => {
  for (const seed of SEEDS) {
    assertEquals(new Set(cannyEdges(digitAt(seed))), new Set([0, 255]));
  }
  for (const value of [0, 90, 255]) {
    assertEquals(cannyEdges(new Uint8Array(784).fill(value)), new Uint8Array(784));
  }
  const edges = cannyEdges(BAR);
  // Through the middle of the bar: one edge on each side, at the bar's border.
  const row = [...edges.subarray(14 * 28, 15 * 28)].flatMap((value, x) => value === 255 ? [x] : []);
  assertEquals(row.filter((x) => x < 14).every((x) => Math.abs(x - 11.5) < 1), true);
  assertEquals(row.filter((x) => x >= 14).every((x) => Math.abs(x - 15.5) < 1), true);
  assertEquals(row.length >= 2 && row.length <= 4, true);
});

Deno.test("corruptDataset corrupts each picture by its place and the seed alone", () => {
  for (const name of ["impulse-noise", "stripe"]) {
    const corrupted = corruptDataset(DIGITS, name, 2);
    assertEquals([corrupted.count, corrupted.labels], [DIGITS.count, DIGITS.labels]);
    const first = corruptDataset(takeDataset(DIGITS, 5), name, 2);
    assertEquals([...first.images], [...corrupted.images.subarray(0, 5 * 784)]);
  }
  const [one, other] = [1, 2].map((seed) => corruptDataset(DIGITS, "impulse-noise", seed).images);
  assertEquals(one.every((value, i) => value === other[i]), false);
});
