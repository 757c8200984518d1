import { assertAlmostEquals, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { GreyImage, InkMap } from "../../../src/image/image.ts";
import { evenLight, fitSurface, isEven, surfaceAt } from "../../../src/image/ink/illumination.ts";
import { findInkLevels, inkCurve } from "../../../src/image/ink/threshold.ts";
import { Random } from "../../../src/model/random.ts";
import { drawInk, type Grey, greyOf } from "./drawing.ts";

/** The share of light that falls on a place in a picture, from 0 to 1 across and down. */
type Light = (u: number, v: number) => number;

/** The ink of pictures of several sizes, in which the digit is somewhere else. */
const DRAWINGS = [
  { width: 100, height: 100 },
  { width: 161, height: 120, x: 55, y: 25, boxWidth: 40, boxHeight: 65, pen: 8 },
  { width: 200, height: 200, x: 70, y: 45, boxWidth: 70, boxHeight: 100, pen: 12 },
].map((drawing) => ({ ...drawing, data: drawInk(drawing) }));

/** Black on white, grey on white, and chalk on boards. */
const TONES = [[230, 60], [215, 110], [40, 140], [60, 220], [90, 230]] as const;

/** From full light to 1/2.5 of it. */
const GRADIENTS: Readonly<Record<string, Light>> = {
  "darker to the right": (u) => 1 - 0.6 * u,
  "darker to the left": (u) => 0.4 + 0.6 * u,
  "darker downwards": (_, v) => 1 - 0.6 * v,
  "darker to a corner": (u, v) => 1 - 0.3 * (u + v),
  "a dark corner": (u, v) => 1 - 0.6 * Math.min(1, Math.hypot(1 - u, 1 - v)),
  "a lamp": (u, v) => 1 - 0.6 * Math.hypot(u - 0.5, v - 0.5) / Math.SQRT1_2,
};

/** The shadows of a hand, a head, a phone: half of the light, with hard edges. */
const SHADOWS: Readonly<Record<string, Light>> = {
  "on the left": (u) => u < 0.35 ? 0.5 : 1,
  "on the right": (u) => u > 0.6 ? 0.5 : 1,
  "above": (_, v) => v < 0.4 ? 0.5 : 1,
  "below": (_, v) => v > 0.7 ? 0.5 : 1,
  "in a corner": (u, v) => u + v < 0.8 ? 0.45 : 1,
};

/** A two in some light, and where its ink is. */
function lit(
  { data: drawn, width, height }: InkMap,
  [paper, ink]: readonly [number, number],
  light: Light,
): { grey: Grey; drawn: Float32Array } {
  const grey = greyOf(width, height, (x, y) => {
    const reflected = paper + drawn[y * width + x] * (ink - paper);
    return light((x + 0.5) / width, (y + 0.5) / height) * reflected;
  });
  return { grey, drawn };
}

/** How many pixels are ink that should be paper or paper that should be ink, as a share of the ink. */
function errorOf(grey: GreyImage, direction: 1 | -1, drawn: Float32Array): number {
  const levels = findInkLevels(grey, direction);
  if (levels === undefined) return 1;
  const curve = inkCurve(levels);
  let [wrong, ink] = [0, 0];
  drawn.forEach((share, i) => {
    if (share >= 0.5) ink++;
    if ((curve[grey.data[i]] >= 0.5) !== (share >= 0.5)) wrong++;
  });
  return wrong / ink;
}

/** The values of a surface on a grid. */
function gridOf(
  coefficients: readonly number[],
  columns: number,
  rows: number,
): Float32Array<ArrayBuffer> {
  const surface = Float64Array.from(coefficients);
  return Float32Array.from(
    { length: columns * rows },
    (_, i) => surfaceAt(surface, i % columns / columns, Math.floor(i / columns) / rows),
  );
}

/** The largest distance between a fitted surface and what it should be, over the grid. */
function worst(values: Float32Array, wanted: Float32Array, columns: number, rows: number): number {
  const fitted = gridOf(Array.from(fitSurface(values, columns, rows)), columns, rows);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(fitted[i] - value)), 0);
}

const coefficient = fc.integer({ min: -100, max: 100 }).map((hundredths) => hundredths / 100);

const coefficients = fc.array(coefficient, { minLength: 6, maxLength: 6 });

Deno.test("evenLight recovers a digit under gradients up to a factor of 2.5, in either polarity", () => {
  for (const drawing of DRAWINGS) {
    for (const tones of drawing.width < 200 ? TONES : TONES.slice(0, 1)) {
      for (const [what, light] of Object.entries(GRADIENTS)) {
        const { grey, drawn } = lit(drawing, tones, light);
        const even = evenLight(grey);
        const text = `${what}, ${tones} in ${drawing.width}`;
        assertEquals(even.direction, tones[1] > tones[0] ? 1 : -1, text);
        assertLess(errorOf(even, even.direction, drawn), 0.12, text);
        assertEquals([even.width, even.height], [grey.width, grey.height]);
        assertEquals(even.data.length, grey.data.length);
      }
    }
  }
});

Deno.test("evenLight recovers a dark digit beside and under hard shadows", () => {
  for (const drawing of DRAWINGS) {
    for (const [what, light] of Object.entries(SHADOWS)) {
      const { grey, drawn } = lit(drawing, [230, 60], light);
      const even = evenLight(grey);
      assertEquals(even.direction, -1, what);
      // A tile of the smallest picture is as wide as its strokes.
      const most = drawing.width === 100 ? 0.14 : 0.12;
      assertLess(errorOf(even, -1, drawn), most, `${what} in ${drawing.width}`);
    }
  }
});

Deno.test("evenLight recovers a light digit beside hard shadows of either side", () => {
  for (const tones of [[40, 140], [60, 220], [90, 230]] as const) {
    for (const what of ["on the left", "on the right"]) {
      const { grey, drawn } = lit(DRAWINGS[1], tones, SHADOWS[what]);
      const even = evenLight(grey);
      assertEquals(even.direction, 1, what);
      assertLess(errorOf(even, 1, drawn), 0.12, `${what}, ${tones}`);
    }
  }
});

Deno.test("evenLight tells which way ink stands out, whatever the light and wherever its edges", () => {
  const tones = fc.constantFrom(...TONES);
  const drawing = fc.constantFrom(...DRAWINGS);
  const edge = fc.integer({ min: 20, max: 80 });
  const dark = fc.integer({ min: 45, max: 100 });
  const degrees = fc.nat(359);
  fc.assert(
    fc.property(drawing, tones, edge, dark, degrees, (drawing, tones, edge, dark, degrees) => {
      const angle = degrees * Math.PI / 180;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const { grey } = lit(
        drawing,
        tones,
        (u, v) => (u - 0.5) * cos + (v - 0.5) * sin > edge / 100 - 0.5 ? dark / 100 : 1,
      );
      assertEquals(evenLight(grey).direction, tones[1] > tones[0] ? 1 : -1);
    }),
    { numRuns: 40 },
  );
});

Deno.test("evenLight brings all paper near to the tone that the lightest of it has", () => {
  for (const [what, light] of Object.entries(GRADIENTS)) {
    const { grey, drawn } = lit(DRAWINGS[0], [230, 60], light);
    const { data } = evenLight(grey);
    const paper = Array.from(data).filter((_, i) => drawn[i] === 0).sort((a, b) => a - b);
    const at = (share: number): number => paper[Math.floor(share * (paper.length - 1))];
    // Under a lamp the light falls off in every direction within a tile.
    assertLess(at(0.98) - at(0.02), what === "a lamp" ? 24 : 16, what);
    assertLessOrEqual(Math.max(...grey.data) - at(0.5), 100, what);
  }
});

Deno.test("evenLight keeps a blank picture blank, whatever its size and tone", () => {
  const side = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(side, side, fc.nat(255), (width, height, tone) => {
      const grey = greyOf(width, height, () => tone);
      const { data } = evenLight(grey);
      assertEquals(data.length, width * height);
      for (const level of data) assertAlmostEquals(level, tone, 1);
    }),
    { numRuns: 60 },
  );
});

Deno.test("evenLight makes the blank pictures of a gradient blank, and leaves its input alone", () => {
  for (const light of Object.values(GRADIENTS)) {
    const grey = greyOf(90, 70, (x, y) => 220 * light((x + 0.5) / 90, (y + 0.5) / 70));
    const before = grey.data.slice();
    const { data } = evenLight(grey);
    assertEquals(grey.data, before);
    const levels = Array.from(data).sort((a, b) => a - b);
    assertLess(levels[0.98 * levels.length] - levels[0.02 * levels.length], 12);
  }
});

Deno.test("isEven holds for drawings of any tone and size, and under noise", () => {
  const even: Light = () => 1;
  for (const drawing of DRAWINGS) {
    for (const tones of TONES) assertEquals(isEven(lit(drawing, tones, even).grey), true);
    const random = new Random(3);
    for (const deviation of [2, 6, 12]) {
      const { grey: { data, width, height } } = lit(drawing, [215, 50], even);
      const noisy = Uint8ClampedArray.from(data, (level) => level + deviation * random.normal());
      assertEquals(isEven({ data: noisy, width, height }), true, `${deviation}`);
    }
  }
  for (const [width, height] of [[30, 30], [300, 40], [50, 200]]) {
    assertEquals(isEven(greyOf(width, height, () => 140)), true);
  }
});

Deno.test("isEven does not hold in a gradient or in a shadow that reaches the border", () => {
  for (const drawing of DRAWINGS) {
    for (const tones of [[230, 60], [215, 110]] as const) {
      for (const [what, light] of [...Object.entries(GRADIENTS), ...Object.entries(SHADOWS)]) {
        assertEquals(isEven(lit(drawing, tones, light).grey), false, `${what}, ${tones}`);
      }
    }
  }
});

Deno.test("isEven does not hold in a gradient over a small picture, where all strokes are soft", () => {
  const data = drawInk({
    width: 60,
    height: 60,
    x: 20,
    y: 12,
    boxWidth: 20,
    boxHeight: 32,
    pen: 4,
  });
  const small = { data, width: 60, height: 60 };
  for (const [what, light] of Object.entries(GRADIENTS)) {
    if (what === "a lamp") continue;
    assertEquals(isEven(lit(small, [230, 60], light).grey), false, what);
  }
  assertEquals(isEven(lit(small, [230, 60], () => 1).grey), true);
});

Deno.test("isEven does not hold for a shadow in the middle, though the border is even", () => {
  const drawing = DRAWINGS[2];
  const light: Light = (u, v) => Math.max(Math.abs(u - 0.5), Math.abs(v - 0.5)) < 0.4 ? 0.6 : 1;
  assertEquals(isEven(lit(drawing, [230, 60], light).grey), false);
  assertEquals(isEven(lit(drawing, [230, 60], () => 1).grey), true);
});

Deno.test("isEven holds for pictures too small to tell", () => {
  for (const [width, height] of [[1, 1], [7, 100], [100, 7], [7, 7]]) {
    assertEquals(isEven(greyOf(width, height, (x, y) => 2 * (x + y))), true);
  }
});

Deno.test("surfaceAt sums up 1, u, v, u², uv and v²", () => {
  const [u, v] = [0.3, 0.7];
  [1, u, v, u * u, u * v, v * v].forEach((term, k) => {
    const surface = new Float64Array(6);
    surface[k] = 2;
    assertAlmostEquals(surfaceAt(surface, u, v), 2 * term, 1e-12);
  });
  assertAlmostEquals(surfaceAt(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3), 1 + 4 + 9 + 16 + 30 + 54);
});

Deno.test("fitSurface finds a surface of second order again", () => {
  const side = fc.integer({ min: 4, max: 24 });
  fc.assert(
    fc.property(coefficients, side, side, (coefficients, columns, rows) => {
      const values = gridOf(coefficients, columns, rows);
      assertLess(worst(values, values, columns, rows), 1e-4);
    }),
    { numRuns: 50 },
  );
});

Deno.test("fitSurface finds it among 30 % of values that lie on one side of it", () => {
  fc.assert(
    fc.property(coefficients, fc.nat(), fc.boolean(), (coefficients, seed, isDark) => {
      const random = new Random(seed);
      const wanted = gridOf(coefficients, 24, 18);
      const outliers = random.shuffle(Array.from(wanted.keys())).slice(0, 0.3 * wanted.length);
      const values = wanted.slice();
      for (const i of outliers) values[i] += (isDark ? -1 : 1) * random.uniform(0.5, 2);
      assertLess(worst(values, wanted, 24, 18), 1e-3);
    }),
    { numRuns: 40 },
  );
});

Deno.test("fitSurface finds it beside strokes and blots as thick as tiles, under noise", () => {
  const random = new Random(7);
  const wanted = gridOf([4.5, 0.8, -0.5, -0.7, 0.3, 0.2], 24, 24);
  const isRing = (x: number, y: number): boolean => Math.abs(Math.hypot(x - 11, y - 13) - 6) < 1;
  const isBlot = (x: number, y: number): boolean => x >= 14 && x < 21 && y >= 3 && y < 8;
  for (const isInk of [isRing, isBlot]) {
    const values = wanted.map((value, i) =>
      value + 0.02 * random.normal() - (isInk(i % 24, Math.floor(i / 24)) ? 1.5 : 0)
    );
    assertLess(worst(values, wanted, 24, 24), 0.03);
  }
});

Deno.test("fitSurface follows a grid too small for a surface of second order", () => {
  for (const [columns, rows] of [[1, 1], [1, 9], [9, 1], [2, 2], [3, 1], [24, 2]]) {
    const values = gridOf([5, 0.5, -0.25, 0, 0, 0], columns, rows);
    const surface = fitSurface(values, columns, rows);
    assertEquals(surface.length, 6);
    assertEquals(surface.every(Number.isFinite), true);
    assertLess(worst(values, values, columns, rows), 1e-3, `${columns}×${rows}`);
  }
});
