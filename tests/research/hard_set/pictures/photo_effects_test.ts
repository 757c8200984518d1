import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import fc from "fast-check";
import {
  addDust,
  addSaltAndPepper,
  addSensorNoise,
  blur,
  gaussianBlur,
} from "../../../../scripts/research/hard_set/pictures/blur_and_noise.ts";
import {
  drawRulings,
  pickRulings,
} from "../../../../scripts/research/hard_set/pictures/hard_picture.ts";
import { IDENTITY, rotate } from "../../../../scripts/research/hard_set/pictures/homography.ts";
import {
  addLightGradient,
  castShadow,
} from "../../../../scripts/research/hard_set/pictures/illumination.ts";
import {
  blankPaper,
  colouredMaterials,
  darkOnLight,
  lightOnDark,
  luma,
  paint,
  type Photo,
} from "../../../../scripts/research/hard_set/pictures/picture.ts";
import { Random } from "../../../../src/model/random.ts";

const SEEDS = Array.from({ length: 40 }, (_, seed) => new Random(seed));

const white = (side: number): Photo => blankPaper(side, side, [200, 200, 200]);

const least = ({ data }: Photo): number => data.reduce((a, b) => Math.min(a, b));

const most = ({ data }: Photo): number => data.reduce((a, b) => Math.max(a, b));

/** A white photo with one black pixel in the middle. */
function speck(side: number): Photo {
  const photo = white(side);
  const middle = 3 * (Math.floor(side / 2) * side + Math.floor(side / 2));
  photo.data.fill(0, middle, middle + 3);
  return photo;
}

/** The sum of the darkness of a photo, and its variances about the centre. */
function spreadOf({ data, width }: Photo): { mass: number; across: number; down: number } {
  let [mass, across, down] = [0, 0, 0];
  for (let i = 0; i < data.length / 3; i++) {
    const dark = 200 - data[3 * i];
    mass += dark;
    across += dark * (i % width - Math.floor(width / 2)) ** 2;
    down += dark * (Math.floor(i / width) - Math.floor(width / 2)) ** 2;
  }
  return { mass, across: across / mass, down: down / mass };
}

Deno.test("gaussianBlur spreads a speck by its standard deviation, and keeps its sum", () => {
  for (const deviation of [0.7, 1.2, 2, 4, 6]) {
    const { mass, across, down } = spreadOf(gaussianBlur(speck(81), deviation));
    assertAlmostEquals(mass, 200, 0.2);
    for (const variance of [across, down]) {
      assertAlmostEquals(Math.sqrt(variance), deviation, 0.15 * deviation + 0.1);
    }
  }
});

Deno.test("blur spreads a speck by about as much with each kernel, and keeps a flat photo flat", () => {
  for (const random of SEEDS) {
    const { mass, across, down } = spreadOf(blur(speck(61), 3, random));
    assertAlmostEquals(mass, 200, 0.5);
    // A line spreads it one way only.
    assertLess(Math.sqrt(Math.max(across, down)), 3.6);
    assertGreater(Math.sqrt(across + down), 2.4);
    for (const value of blur(white(20), 3, random).data) assertAlmostEquals(value, 200, 0.05);
  }
});

Deno.test("addLightGradient gives about the wanted ratio of the brightest to the darkest illumination", () => {
  for (const random of SEEDS) {
    const photo = white(64);
    addLightGradient(photo, 2.5, random);
    assertLessOrEqual(most(photo), 200);
    assertGreater(most(photo) / least(photo), 1.8);
    assertLess(most(photo) / least(photo), 2.6);
  }
});

Deno.test("castShadow leaves the given illumination in the shadow and all of it elsewhere", () => {
  const pictures = SEEDS.map((random) => {
    const photo = white(64);
    castShadow(photo, 0.5, random);
    assertGreaterOrEqual(least(photo), 99.9);
    assertLessOrEqual(most(photo), 200);
    return photo;
  });
  const both = pictures.filter((photo) => least(photo) < 110 && most(photo) > 190);
  assertGreater(both.length, 0.8 * pictures.length);
});

Deno.test("addSensorNoise has mean zero and the given standard deviation", () => {
  const photo = white(100);
  addSensorNoise(photo, 20, new Random(1));
  const mean = photo.data.reduce((a, b) => a + b) / photo.data.length;
  const variance = photo.data.reduce((a, b) => a + (b - mean) ** 2, 0) / photo.data.length;
  assertAlmostEquals(mean, 200, 1);
  assertAlmostEquals(Math.sqrt(variance), 20, 1);
});

Deno.test("addSaltAndPepper makes the given share of all pixels black or white", () => {
  const photo = white(100);
  addSaltAndPepper(photo, 0.02, new Random(1));
  const changed = photo.data.filter((value) => value !== 200);
  assertEquals(changed.every((value) => value === 0 || value === 255), true);
  assertAlmostEquals(changed.length / photo.data.length, 0.02, 0.002);
});

Deno.test("addDust adds specks no larger than the given radius", () => {
  const photo = white(200);
  addDust(photo, 5, 4, new Random(1));
  const dusty = photo.data.filter((value) => value !== 200).length / 3;
  assertGreater(dusty, 5);
  assertLess(dusty, 5 * 5 ** 2 * Math.PI);
});

Deno.test("colouredMaterials differ in luma by at least the given contrast", () => {
  fc.assert(fc.property(fc.integer(), fc.nat(90), (seed, contrast) => {
    const { ink, paper } = colouredMaterials(contrast, new Random(seed));
    assertGreaterOrEqual(Math.abs(luma(ink) - luma(paper)), contrast);
    for (const value of [...ink, ...paper]) {
      assertGreaterOrEqual(value, 0);
      assertLessOrEqual(value, 255);
    }
  }));
});

Deno.test("darkOnLight draws dark ink on light paper, lightOnDark the opposite", () => {
  for (const random of SEEDS) {
    const [plain, dark] = [darkOnLight(random), lightOnDark(random)];
    assertGreater(luma(plain.paper) - luma(plain.ink), 100);
    assertGreater(luma(dark.ink) - luma(dark.paper), 100);
  }
});

Deno.test("drawRulings draws a horizontal line at every spacing, and a vertical one if squared", () => {
  const rulings = {
    spacing: 10,
    thickness: 1,
    offset: [3.5, 5.5] as const,
    colour: [0, 0, 0] as const,
  };
  const draw = (squared: boolean, map = IDENTITY): Float32Array => {
    const coverage = { data: new Float32Array(900), width: 30, height: 30 };
    drawRulings({ ...rulings, squared }, map, coverage);
    return coverage.data;
  };
  draw(false).forEach((ink, i) =>
    assertAlmostEquals(ink, Math.floor(i / 30) % 10 === 5 ? 1 : 0, 1e-6)
  );
  draw(true).forEach((ink, i) => {
    const isLine = Math.floor(i / 30) % 10 === 5 || i % 30 % 10 === 3;
    assertAlmostEquals(ink, isLine ? 1 : 0, 1e-6);
  });
  // Rotated, a line crosses several rows.
  const rows = draw(false, rotate(10)).map((ink, i) => ink > 0.5 ? Math.floor(i / 30) : -1);
  assertGreater(new Set(rows).size, 12);
});

Deno.test("pickRulings draws lines that are never darker than ink nor thicker than thin strokes", () => {
  for (const random of SEEDS) {
    for (const squared of [false, true]) {
      const materials = darkOnLight(random);
      const { colour, thickness, spacing } = pickRulings(squared, 100, materials, 1, random);
      assertGreaterOrEqual(luma(colour), luma(materials.ink) - 1);
      assertLess(luma(colour), luma(materials.paper));
      assertLessOrEqual(thickness, 3);
      assertGreaterOrEqual(spacing, 40);
    }
  }
});

Deno.test("paint mixes the colour in by its coverage", () => {
  const photo = blankPaper(3, 1, [100, 100, 100]);
  paint(photo, { data: Float32Array.of(0, 0.5, 1), width: 3, height: 1 }, [0, 100, 200]);
  assertEquals([...photo.data], [100, 100, 100, 50, 100, 150, 0, 100, 200]);
});
