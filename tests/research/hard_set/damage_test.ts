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
  blurGauss,
} from "../../../scripts/research/hard_set/pictures/damage.ts";
import {
  brightness,
  colouredMaterials,
  darkMaterials,
  lightUnevenly,
  paint,
  paperOf,
  plainMaterials,
  throwShadow,
} from "../../../scripts/research/hard_set/pictures/light.ts";
import { IDENTITY, turn } from "../../../scripts/research/hard_set/pictures/projection.ts";
import type { Photo } from "../../../scripts/research/hard_set/pictures/rgba_picture.ts";
import { drawRulings, pickRulings } from "../../../scripts/research/hard_set/pictures/rulings.ts";
import { Random } from "../../../src/model/random.ts";

const SEEDS = Array.from({ length: 40 }, (_, seed) => new Random(seed));

const white = (side: number): Photo => paperOf(side, side, [200, 200, 200]);

const least = ({ data }: Photo): number => data.reduce((a, b) => Math.min(a, b));

const most = ({ data }: Photo): number => data.reduce((a, b) => Math.max(a, b));

/** A picture that is white but for one black pixel in the middle. */
function speck(side: number): Photo {
  const photo = white(side);
  const middle = 3 * (Math.floor(side / 2) * side + Math.floor(side / 2));
  photo.data.fill(0, middle, middle + 3);
  return photo;
}

/** How far the darkness of a picture spreads from its middle: the variances across and down. */
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

Deno.test("blurGauss spreads a speck as far as it is asked to, losing nothing of it", () => {
  for (const deviation of [0.7, 1.2, 2, 4, 6]) {
    const { mass, across, down } = spreadOf(blurGauss(speck(81), deviation));
    assertAlmostEquals(mass, 200, 0.2);
    for (const variance of [across, down]) {
      assertAlmostEquals(Math.sqrt(variance), deviation, 0.15 * deviation + 0.1);
    }
  }
});

Deno.test("blur spreads a speck as far in all of its ways, and leaves an even picture even", () => {
  for (const random of SEEDS) {
    const { mass, across, down } = spreadOf(blur(speck(61), 3, random));
    assertAlmostEquals(mass, 200, 0.5);
    // A line spreads it one way only.
    assertLess(Math.sqrt(Math.max(across, down)), 3.6);
    assertGreater(Math.sqrt(across + down), 2.4);
    for (const value of blur(white(20), 3, random).data) assertAlmostEquals(value, 200, 0.05);
  }
});

Deno.test("lightUnevenly leaves the brightest place about the given times as bright as the darkest", () => {
  for (const random of SEEDS) {
    const photo = white(64);
    lightUnevenly(photo, 2.5, random);
    assertLessOrEqual(most(photo), 200);
    assertGreater(most(photo) / least(photo), 1.8);
    assertLess(most(photo) / least(photo), 2.6);
  }
});

Deno.test("throwShadow leaves the given light in the shadow and all of it elsewhere", () => {
  const pictures = SEEDS.map((random) => {
    const photo = white(64);
    throwShadow(photo, 0.5, random);
    assertGreaterOrEqual(least(photo), 99.9);
    assertLessOrEqual(most(photo), 200);
    return photo;
  });
  const both = pictures.filter((photo) => least(photo) < 110 && most(photo) > 190);
  assertGreater(both.length, 0.8 * pictures.length);
});

Deno.test("addSensorNoise deviates as it is asked to, around the picture", () => {
  const photo = white(100);
  addSensorNoise(photo, 20, new Random(1));
  const mean = photo.data.reduce((a, b) => a + b) / photo.data.length;
  const variance = photo.data.reduce((a, b) => a + (b - mean) ** 2, 0) / photo.data.length;
  assertAlmostEquals(mean, 200, 1);
  assertAlmostEquals(Math.sqrt(variance), 20, 1);
});

Deno.test("addSaltAndPepper turns the given share of all pixels black or white", () => {
  const photo = white(100);
  addSaltAndPepper(photo, 0.02, new Random(1));
  const changed = photo.data.filter((value) => value !== 200);
  assertEquals(changed.every((value) => value === 0 || value === 255), true);
  assertAlmostEquals(changed.length / photo.data.length, 0.02, 0.002);
});

Deno.test("addDust leaves specks no larger than asked for", () => {
  const photo = white(200);
  addDust(photo, 5, 4, new Random(1));
  const dusty = photo.data.filter((value) => value !== 200).length / 3;
  assertGreater(dusty, 5);
  assertLess(dusty, 5 * 5 ** 2 * Math.PI);
});

Deno.test("colouredMaterials differ in brightness at least as much as asked for", () => {
  fc.assert(fc.property(fc.integer(), fc.nat(90), (seed, contrast) => {
    const { ink, paper } = colouredMaterials(contrast, new Random(seed));
    assertGreaterOrEqual(Math.abs(brightness(ink) - brightness(paper)), contrast);
    for (const value of [...ink, ...paper]) {
      assertGreaterOrEqual(value, 0);
      assertLessOrEqual(value, 255);
    }
  }));
});

Deno.test("plainMaterials are dark on light, darkMaterials light on dark", () => {
  for (const random of SEEDS) {
    const [plain, dark] = [plainMaterials(random), darkMaterials(random)];
    assertGreater(brightness(plain.paper) - brightness(plain.ink), 100);
    assertGreater(brightness(dark.ink) - brightness(dark.paper), 100);
  }
});

Deno.test("drawRulings draws a line at every spacing, across and, if squared, down", () => {
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
  // Turned, a line runs over several rows.
  const rows = draw(false, turn(10)).map((ink, i) => ink > 0.5 ? Math.floor(i / 30) : -1);
  assertGreater(new Set(rows).size, 12);
});

Deno.test("pickRulings are never darker than ink nor thicker than thin strokes", () => {
  for (const random of SEEDS) {
    for (const squared of [false, true]) {
      const materials = plainMaterials(random);
      const { colour, thickness, spacing } = pickRulings(squared, 100, materials, 1, random);
      assertGreaterOrEqual(brightness(colour), brightness(materials.ink) - 1);
      assertLess(brightness(colour), brightness(materials.paper));
      assertLessOrEqual(thickness, 3);
      assertGreaterOrEqual(spacing, 40);
    }
  }
});

Deno.test("paint mixes colours by how much is covered", () => {
  const photo = paperOf(3, 1, [100, 100, 100]);
  paint(photo, { data: Float32Array.of(0, 0.5, 1), width: 3, height: 1 }, [0, 100, 200]);
  assertEquals([...photo.data], [100, 100, 100, 50, 100, 150, 0, 100, 200]);
});
