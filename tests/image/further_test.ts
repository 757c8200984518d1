import { assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { enlargeWhole } from "../../scripts/research/hard_set/pictures/hard_picture.ts";
import {
  colourHypotheses,
  furtherHypotheses,
  likelyHypothesis,
  likelySeparation,
} from "../../src/image/further.ts";
import { firstHypothesis, type Hypothesis } from "../../src/image/hypotheses.ts";
import type { GreyImage, Pixels } from "../../src/image/image.ts";
import { eraseRules } from "../../src/image/ink/rules.ts";
import { Page, PREPARATION_STEPS } from "../../src/image/page.ts";
import { Random } from "../../src/model/random.ts";
import {
  difference,
  drawGrey,
  drawInk,
  type Grey,
  greyOf,
  pageOf,
  rgba,
  twoOf,
  within,
} from "./ink/drawing.ts";

/** All hypotheses of the ink of a picture. */
function hypothesesOf(grey: GreyImage): Hypothesis[] {
  const page = pageOf(grey);
  const first = firstHypothesis(page);
  return [...first === undefined ? [] : [first], ...furtherHypotheses(page)];
}

const TWO = firstHypothesis(pageOf(twoOf(100)))!.pixels;

/** The hypothesis that is nearest to a two, and how far it is from it. */
function nearestToTwo(grey: GreyImage): { name: string; apart: number } {
  let nearest = { name: "none", apart: Infinity };
  for (const { name, pixels } of hypothesesOf(grey)) {
    const apart = difference(pixels, TWO);
    if (apart < nearest.apart) nearest = { name, apart };
  }
  return nearest;
}

/** A small two that lies on a sheet askew. */
function onTable(
  side: number,
  degrees: number,
  [sheet, pen, table]: readonly number[],
): Grey {
  const ink = drawInk({
    width: side,
    height: side,
    x: 0.42 * side,
    y: 0.35 * side,
    boxWidth: 0.14 * side,
    boxHeight: 0.2 * side,
    pen: 0.2 / 7 * side,
  });
  const [cos, sin] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
  return greyOf(side, side, (px, py) => {
    const [x, y] = [px - side / 2, py - side / 2];
    const isSheet = Math.abs(x * cos + y * sin) < 0.32 * side &&
      Math.abs(y * cos - x * sin) < 0.4 * side;
    return isSheet ? sheet + (pen - sheet) * ink[py * side + px] : table;
  });
}

Deno.test("furtherHypotheses finds a digit on a sheet of paper on a table, straight and askew", () => {
  for (const side of [200, 500]) {
    for (const degrees of [0, 7, -12]) {
      for (const tones of [[235, 30, 50], [40, 230, 150]]) {
        const { name, apart } = nearestToTwo(onTable(side, degrees, tones));
        assertLess(apart, 0.08, `${tones}, ${side}, ${degrees}°: ${name}`);
      }
    }
  }
});

Deno.test("furtherHypotheses finds a digit on a dark board whose ink is as light as the table", () => {
  for (const degrees of [0, 7]) {
    for (const tones of [[40, 230, 230], [80, 220, 255], [30, 250, 200]]) {
      const { name, apart } = nearestToTwo(onTable(200, degrees, tones));
      assertLess(apart, 0.08, `${tones}, ${degrees}°: ${name}`);
    }
  }
});

Deno.test("furtherHypotheses finds a digit on a sheet that lies on another", () => {
  const grey = onTable(500, 0, [235, 30, 150]);
  const nested = greyOf(700, 700, (x, y) => {
    const [u, v] = [x - 100, y - 100];
    return u >= 0 && v >= 0 && u < 500 && v < 500 ? grey.data[500 * v + u] : 20;
  });
  assertLess(nearestToTwo(nested).apart, 0.08);
});

/** The share of light that falls on a place in a picture, from 0 to 1 across and down. */
const LIGHTS: Readonly<Record<string, (u: number, v: number) => number>> = {
  "darker to the right": (u) => 1 - 0.6 * u,
  "darker downwards": (_, v) => 1 - 0.6 * v,
  "a dark corner": (u, v) => 1 - 0.6 * Math.min(1, Math.hypot(1 - u, 1 - v)),
  "a lamp": (u, v) => 1 - 0.6 * Math.hypot(u - 0.5, v - 0.5) / Math.SQRT1_2,
  "a shadow on the left": (u) => u < 0.3 ? 0.5 : 1,
  "a shadow above": (_, v) => v < 0.2 ? 0.5 : 1,
};

Deno.test("furtherHypotheses finds a digit in uneven light", () => {
  const ink = drawInk({
    width: 200,
    height: 200,
    x: 70,
    y: 55,
    boxWidth: 70,
    boxHeight: 100,
    pen: 14,
  });
  for (const [paper, pen] of [[230, 60], [215, 40]]) {
    for (const [what, light] of Object.entries(LIGHTS)) {
      const grey = greyOf(
        200,
        200,
        (x, y) =>
          light((x + 0.5) / 200, (y + 0.5) / 200) * (paper + (pen - paper) * ink[200 * y + x]),
      );
      const { name, apart } = nearestToTwo(grey);
      assertLess(apart, 0.05, `${what}, ${paper}: ${name}`);
    }
  }
});

Deno.test("furtherHypotheses finds a digit through strong noise", () => {
  const random = new Random(8);
  const ink = drawInk({
    width: 180,
    height: 180,
    x: 60,
    y: 40,
    boxWidth: 70,
    boxHeight: 100,
    pen: 14,
  });
  const noisy = greyOf(180, 180, (x, y) => 200 - 150 * ink[180 * y + x] + 32 * random.normal());
  assertLess(nearestToTwo(noisy).apart, 0.1);
});

/** A two on white, with a mark upon it. */
function marked(isMark: (x: number, y: number) => boolean): Grey {
  const { data } = drawGrey({
    width: 200,
    height: 200,
    x: 70,
    y: 55,
    boxWidth: 66,
    boxHeight: 94,
    pen: 12,
  });
  return greyOf(200, 200, (x, y) => isMark(x, y) ? 0 : data[200 * y + x]);
}

const MARKS: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  "a frame beside it": (x, y) => Math.max(Math.abs(x - 100), Math.abs(y - 102)) >> 1 === 40,
  "a frame that it touches": (x, y) =>
    x >= 50 && x < 160 && y >= 20 && y < 158 && (x < 53 || x >= 157 || y < 23 || y >= 155),
  "a circle that it touches": (x, y) => Math.abs(Math.hypot(x - 103, y - 112) - 66) < 2,
  "ruled paper": (_, y) => y % 40 === 10 || y % 40 === 11,
  "squared paper": (x, y) => y % 40 === 10 || x % 40 === 13,
  "an underline": (x, y) => x >= 30 && x < 170 && y >= 160 && y < 163,
  "a shadow along the edge": (x) => x < 15,
};

Deno.test("furtherHypotheses finds a digit with marks around, under and upon it", () => {
  for (const [what, isMark] of Object.entries(MARKS)) {
    const { name, apart } = nearestToTwo(marked(isMark));
    assertLess(apart, 0.07, `${what}: ${name}`);
  }
});

Deno.test("furtherHypotheses finds bold ink that covers most of the border", () => {
  const ink = drawInk({
    width: 64,
    height: 84,
    x: 10,
    y: 10,
    boxWidth: 44,
    boxHeight: 64,
    pen: 20,
  });
  const isDark = (i: number): boolean => ink[i] >= 0.5;
  // Cut out so closely that ink is on most of the border.
  const [left, top, width, height] = [4, 4, 56, 76];
  const grey = greyOf(width, height, (x, y) => {
    const isBorder = x === 0 || y === 0 || x === width - 1 || y === height - 1;
    return isBorder && x + y > 30 || isDark(64 * (y + top) + x + left) ? 20 : 230;
  });
  const inverted = furtherHypotheses(pageOf(grey)).find(({ name }) => name === "inverted");
  const first = firstHypothesis(pageOf(grey))!;
  // The first takes the light parts for ink.
  assertGreater(difference(first.pixels, inverted!.pixels), 0.2);
});

Deno.test("furtherHypotheses has every way but those that find nothing", () => {
  const plain = furtherHypotheses(pageOf(twoOf(100)));
  assertEquals(plain.map(({ name }) => name).filter((name) => name !== "erased"), [
    "even",
    "inverted",
  ]);
  const framed = furtherHypotheses(pageOf(marked(MARKS["a frame that it touches"])));
  for (const name of ["even", "erased", "even erased", "outline", "inverted"]) {
    assertEquals(framed.some((one) => one.name === name), true, name);
  }
  const sheet = furtherHypotheses(pageOf(onTable(300, 0, [235, 30, 50])));
  for (const name of ["sheet", "even sheet"]) {
    assertEquals(sheet.some((one) => one.name === name), true, name);
  }
});

Deno.test("furtherHypotheses corrects the light of pictures from 60 pixels on, 8 wide", () => {
  const namesOf = (width: number, height: number): string[] =>
    furtherHypotheses(
      pageOf(greyOf(width, height, (x, y) =>
        Math.abs(x - (width >> 1)) < 2 && y > 4 && y < height - 4 ? 0 : 255)),
    ).map(({ name }) =>
      name
    );
  assertEquals(namesOf(20, 59).includes("even"), false);
  assertEquals(namesOf(20, 60).includes("even"), true);
  assertEquals(namesOf(7, 60).includes("even"), false);
  assertEquals(namesOf(8, 60).includes("even"), true);
});

Deno.test("furtherHypotheses gives steps on request alone", () => {
  const page = pageOf(onTable(300, 0, [235, 30, 50]));
  for (const { name, steps } of furtherHypotheses(page)) assertEquals(steps, undefined, name);
  for (const { name, steps = [], pixels } of furtherHypotheses(page, { explain: true })) {
    assertEquals(steps[steps.length - 1].values, pixels, name);
  }
});

Deno.test("furtherHypotheses gives 28×28 values from 0 to 1 for any picture", () => {
  const tone = fc.oneof(fc.nat(255), fc.constantFrom(0, 255));
  const picture = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 70 }), tone)
    .chain(([width, height, paper]) =>
      fc.uint8Array({ minLength: width * height, maxLength: width * height }).map((values) => ({
        width,
        height,
        noise: values,
        sparse: values.map((value) => value < 235 ? paper : value),
      }))
    );
  const seen = new Set<string>();
  fc.assert(
    fc.property(picture, ({ width, height, noise, sparse }) => {
      for (const data of [noise, sparse]) {
        for (const { name, pixels, found, box } of hypothesesOf({ data, width, height })) {
          seen.add(name);
          assertEquals([pixels.length, found.length], [784, 784]);
          for (const ink of pixels) assertEquals(ink >= 0 && ink <= 1, true, name);
          for (const ink of found) assertEquals(ink >= 0 && ink <= 1, true, name);
          assertGreater(Math.min(box.width, box.height, box.x + 1, box.y + 1), 0);
          assertLessOrEqual(box.x + box.width, width);
          assertLessOrEqual(box.y + box.height, height);
        }
      }
    }),
    { numRuns: 150 },
  );
  for (const name of ["own", "even", "inverted"]) assertEquals(seen.has(name), true, name);
});

/** A thing with a surface of many shades, wider than any stroke, on a ground of one tone. */
function thing(side: number, ground: number, seed: number): { grey: Grey; inside: Uint8Array } {
  const random = new Random(seed);
  const [half, tall] = [random.uniform(0.25, 0.45), random.uniform(0.3, 0.45)];
  const inside = new Uint8Array(side * side);
  const grey = greyOf(side, side, (x, y) => {
    const [u, v] = [(x + 0.5) / side - 0.5, (y + 0.5) / side - 0.5];
    if (Math.abs(u) > half || Math.abs(v) > tall) return ground;
    inside[y * side + x] = 1;
    // Darker towards the edges, as round things are, with folds.
    return 120 + 80 * Math.cos(2.2 * u / half) * 0.7 + 50 * Math.sin(v * 30) + 10 * random.normal();
  });
  return { grey, inside };
}

/** The largest share of some pixels that a hypothesis takes for ink. */
function mostOf(grey: Grey, isInside: (i: number) => boolean): number {
  const page = pageOf(grey);
  const settings = { explain: true, without: ["specks"] } as const;
  const first = firstHypothesis(page, settings);
  const shares = [...first ? [first] : [], ...furtherHypotheses(page, settings)].map(
    ({ steps = [] }) => {
      const ink = steps.find(({ name }) => name === "ink")!.values;
      // In a sheet only a part of the picture is seen.
      if (ink.length !== grey.data.length) return 0;
      let [count, all] = [0, 0];
      for (let i = 0; i < ink.length; i++) {
        if (!isInside(i)) continue;
        all++;
        if (ink[i] > 0.1) count++;
      }
      return count / all;
    },
  );
  return Math.max(0, ...shares);
}

Deno.test("furtherHypotheses keeps a wide thing whole, not its outline, whatever its shades", () => {
  fc.assert(
    fc.property(fc.integer({ min: 70, max: 190 }), fc.nat(), (side, seed) => {
      const { grey, inside } = thing(side, 0, seed);
      assertGreater(mostOf(grey, (i) => inside[i] === 1), 0.9);
    }),
    { numRuns: 20 },
  );
  const reaching = greyOf(
    120,
    120,
    (x, y) => Math.abs(x - 60) < 35 ? 110 + 60 * Math.sin(y / 9) : 0,
  );
  assertGreater(mostOf(reaching, (i) => Math.abs(i % 120 - 60) < 35), 0.9);
});

Deno.test("furtherHypotheses keeps dark things on white whole, with folds and a weave", () => {
  const random = new Random(4);
  for (let n = 0; n < 12; n++) {
    const coat = new Uint8Array(784).map((_, i) => {
      const [across, y] = [Math.abs(i % 28 - 13.5), Math.floor(i / 28)];
      const isCoat = y > 1 && y < 26 && (across < 8 || across < 11 && y > 4 && y < 24);
      return isCoat ? 190 + 25 * Math.sin(y / 3) - 3 * across + 8 * random.normal() : 0;
    });
    // As an image viewer enlarges it.
    const { data } = enlargeWhole(coat, 200, true);
    const grey = greyOf(200, 200, (x, y) => data[4 * (200 * y + x)]);
    assertGreater(mostOf(grey, (i) => grey.data[i] <= 200), 0.85);
  }
});

Deno.test("furtherHypotheses sees a shadow on light paper for what it is, though the border is flat", () => {
  const ink = drawInk({
    width: 160,
    height: 160,
    x: 50,
    y: 35,
    boxWidth: 60,
    boxHeight: 86,
    pen: 12,
  });
  const isShaded = (x: number, y: number): boolean => x > 25 && x < 135 && y > 12 && y < 148;
  const grey = greyOf(
    160,
    160,
    (x, y) => (225 - 185 * ink[160 * y + x]) * (isShaded(x, y) ? 0.6 : 1),
  );
  assertLess(nearestToTwo(grey).apart, 0.05);
});

Deno.test("likelySeparation corrects the illumination where it is uneven", () => {
  const even = drawGrey({ paper: 230, ink: 60 });
  const uneven = greyOf(100, 100, (x, y) => even.data[100 * y + x] * (1 - 0.006 * x));
  assertEquals(likelySeparation(even).correct, undefined);
  assertEquals(likelySeparation(uneven).correct === undefined, false);
  const part = (width: number, height: number): GreyImage =>
    greyOf(width, height, (x, y) => uneven.data[100 * y + x]);
  assertEquals(likelySeparation(part(59, 59)).correct, undefined);
  assertEquals(likelySeparation(part(100, 7)).correct, undefined);
});

Deno.test("likelySeparation erases rules", () => {
  assertEquals(likelySeparation(drawGrey()).erase, eraseRules);
});

Deno.test("furtherHypotheses leaves out the hypotheses that it is told to, and nothing else", () => {
  const page = pageOf(onTable(300, 7, [235, 30, 50]));
  const all = furtherHypotheses(page);
  const names = [...new Set(all.map(({ name }) => name))];
  assertGreater(names.length, 3);
  for (const name of names) {
    assertEquals(
      furtherHypotheses(page, { without: [name] }),
      all.filter((hypothesis) => hypothesis.name !== name),
    );
  }
  assertEquals(firstHypothesis(page, { without: ["own"] }), undefined);
  assertEquals(furtherHypotheses(page, { without: ["own"] }), all);
});

Deno.test("furtherHypotheses corrects no illumination and erases no rules where these steps are left out", () => {
  const ink = drawInk();
  const shaded = greyOf(100, 100, (x, y) => (1 - 0.006 * x) * (230 - 170 * ink[100 * y + x]));
  const ruled = greyOf(100, 100, (x, y) => y % 22 === 12 ? 90 : 230 - 170 * ink[100 * y + x]);
  const pixelsOf = (grey: Grey, without: readonly string[]): Float32Array =>
    furtherHypotheses(pageOf(grey), { without }).find(({ name }) => name === "even")!.pixels;
  for (
    const [grey, step, other] of [[shaded, "light", "rules"], [ruled, "rules", "light"]] as const
  ) {
    const pixels = pixelsOf(grey, []);
    const [changed, unchanged] = [step, other].map((name) =>
      difference(pixelsOf(grey, [name]), pixels)
    );
    assertGreater(changed, 0.02, step);
    assertLess(unchanged, changed / 2, other);
  }
  const own = firstHypothesis(pageOf(ruled))!.pixels;
  const whole = firstHypothesis(pageOf(ruled), { without: ["rules"] })!.pixels;
  assertGreater(difference(own, whole), 0.015);
});

Deno.test("likelyHypothesis finds a digit, whatever steps are left out", () => {
  const page = pageOf(within(twoOf(90), 180, 50, 40));
  for (const without of [[], PREPARATION_STEPS, ...PREPARATION_STEPS.map((step) => [step])]) {
    const { name, pixels } = likelyHypothesis(page, { without })!;
    assertEquals(name, "likely");
    assertLess(difference(pixels, TWO), 0.03, `${without}`);
  }
  assertEquals(likelyHypothesis(pageOf(greyOf(40, 40, () => 90))), undefined);
});

/** A two in one colour on paper in another. */
function coloured(
  paper: readonly [number, number, number],
  pen: readonly [number, number, number],
  side = 160,
): Pixels {
  const ink = drawInk({
    width: side,
    height: side,
    x: 0.3 * side,
    y: 0.22 * side,
    boxWidth: 0.35 * side,
    boxHeight: 0.5 * side,
    pen: side / 14,
  });
  const mix = (share: number, c: number): number =>
    Math.round(paper[c] + share * (pen[c] - paper[c]));
  const data = rgba(ink, (share) => [mix(share, 0), mix(share, 1), mix(share, 2), 255]);
  return { data, width: side, height: side, channels: 4 };
}

Deno.test("colourHypotheses finds ink that differs from its paper in colour alone", async () => {
  // Both have a brightness of 128.
  for (const [paper, pen] of [[[225, 92, 60], [60, 155, 140]], [[128, 128, 128], [40, 150, 250]]]) {
    for (const side of [160, 1000]) {
      const picture = coloured(
        paper as [number, number, number],
        pen as [number, number, number],
        side,
      );
      const [hypothesis, ...more] = await colourHypotheses(new Page(picture));
      assertEquals([hypothesis.name, more.length, hypothesis.isFramed], ["colour", 0, false]);
      assertLess(difference(hypothesis.pixels, TWO), 0.05);
      // The box is that in the picture, which was looked at reduced.
      assertLess(Math.abs(hypothesis.box.height / side - 0.5 - 1 / 14), 0.02);
    }
  }
});

Deno.test("colourHypotheses decodes again what was read for its brightness alone", async () => {
  const picture = coloured([225, 92, 60], [60, 155, 140]);
  const grey = { ...greyOf(160, 160, () => 128), channels: 1 } as const;
  const inColour = (): Promise<Pixels> => Promise.resolve(picture);
  const [hypothesis] = await colourHypotheses(new Page({ ...grey, inColour }));
  assertLess(difference(hypothesis.pixels, TWO), 0.05);
});

Deno.test("colourHypotheses finds nothing in pictures without colour", async () => {
  assertEquals(await colourHypotheses(pageOf(twoOf(100))), []);
  assertEquals(await colourHypotheses(new Page(coloured([255, 255, 255], [0, 0, 0]))), []);
  assertEquals(await colourHypotheses(new Page(coloured([90, 90, 90], [90, 90, 90]))), []);
});
