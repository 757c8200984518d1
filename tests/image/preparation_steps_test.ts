import { assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  PREPARATION_STEPS,
  type PreparationPicture,
  type PreparationStep,
} from "../../src/image/page.ts";
import type { PreparedDigit } from "../../scripts/research/shared/prepare_digit.ts";
import { preparePixels } from "../../scripts/research/shared/prepare_digit.ts";
import { difference, drawGrey, type Drawing, drawInk, type Grey, greyOf } from "./ink/drawing.ts";

/** A two on white, with more upon it. */
function drawn(drawing: Drawing, isMore: (x: number, y: number) => boolean): Grey {
  const { data, width, height } = drawGrey(drawing);
  return greyOf(width, height, (x, y) => isMore(x, y) ? 0 : data[y * width + x]);
}

const LARGE: Drawing = { width: 140, height: 140, x: 50, y: 40 };

const SPECKS = [[10, 10], [20, 100], [110, 20], [90, 120], [30, 60]];

const INK = drawInk();

/** For each step a picture that needs it, and no other. */
const PICTURES: Readonly<Record<PreparationStep, Grey>> = {
  light: greyOf(100, 100, (x, y) => (1 - 0.006 * x) * (230 - 170 * INK[100 * y + x])),
  specks: drawn(
    LARGE,
    (x, y) => SPECKS.some(([left, top]) => x >= left && x < left + 3 && y >= top && y < top + 3),
  ),
  rules: drawn(LARGE, (_, y) => y % 40 === 30 || y % 40 === 31),
  zoom: drawn(
    { width: 1000, height: 1000, x: 700, y: 600, boxWidth: 70, boxHeight: 100, pen: 14 },
    () => false,
  ),
  strokes: drawn(
    { width: 200, height: 200, x: 40, y: 30, boxWidth: 98, boxHeight: 140, pen: 2 },
    () => false,
  ),
  // An L: most of its ink is in one corner of its box.
  centre: greyOf(120, 120, (x, y) => {
    const isStem = x >= 40 && x < 50 && y >= 30 && y < 90;
    return isStem || y >= 78 && y < 90 && x >= 40 && x < 80 ? 0 : 255;
  }),
};

function prepare(
  grey: Grey,
  without?: readonly PreparationStep[],
  explain = false,
): PreparedDigit {
  return preparePixels({ ...grey, channels: 1 }, {
    ...(without && { without }),
    ...(explain && { explain }),
  });
}

Deno.test("PREPARATION_STEPS has every step once", () => {
  assertEquals<readonly string[]>(PREPARATION_STEPS, Object.keys(PICTURES));
  assertEquals(new Set(PREPARATION_STEPS).size, PREPARATION_STEPS.length);
});

for (const step of PREPARATION_STEPS) {
  Deno.test(`preparePixels without ${step} changes what needs ${step}, and only then`, () => {
    const grey = PICTURES[step];
    const { pixels, hasInk } = prepare(grey);
    assertEquals(hasInk, true);
    for (const other of PREPARATION_STEPS) {
      const less = prepare(grey, [other]);
      assertEquals(less.hasInk, true, other);
      const changed = difference(less.pixels, pixels);
      if (other === step) assertGreater(changed, 0.015, other);
      else assertEquals(changed, 0, other);
    }
    const plain = prepare(drawn({}, () => false)).pixels;
    assertEquals(prepare(drawn({}, () => false), [step]).pixels, plain);
    if (step !== "centre") assertLess(difference(pixels, plain), 0.035);
  });
}

Deno.test("preparePixels takes every other step when several are left out", () => {
  const grey = PICTURES.rules;
  const without: PreparationStep[] = ["light", "specks", "zoom", "strokes", "centre"];
  const { pixels, hasInk } = prepare(grey, without);
  assertEquals(hasInk, true);
  assertEquals(prepare(grey, []).pixels, prepare(grey).pixels);
  const none = prepare(grey, PREPARATION_STEPS);
  assertEquals([none.hasInk, none.pixels.length], [true, 784]);
  assertGreater(difference(none.pixels, pixels), 0.015);
});

/** The pictures of each step, after the checks that hold for each. */
function stepsOf(grey: Grey, without?: readonly PreparationStep[]): readonly PreparationPicture[] {
  const { steps = [], ...prepared } = prepare(grey, without, true);
  for (const { name, values, width, height } of steps) {
    assertEquals(values.length, width * height, name);
    for (const value of values) assertEquals(value >= 0 && value <= 1.000001, true);
  }
  assertEquals(prepared, prepare(grey, without));
  if (prepared.hasInk) assertEquals(steps[steps.length - 1].values, prepared.pixels);
  return steps;
}

const LOOK = ["even light", "surely ink", "ink"];

Deno.test("preparePixels gives its steps in order, on request", () => {
  const grey = drawn({}, () => false);
  const pictures = stepsOf(grey);
  assertEquals(
    pictures.map(({ name }) => name),
    ["brightness", ...LOOK, "strokes", "input"],
  );
  const [brightness, even, surely, ink, strokes, input] = pictures;
  for (const picture of [brightness, even, surely, ink, strokes]) {
    assertEquals([picture.width, picture.height], [100, 100], picture.name);
  }
  assertEquals([input.width, input.height], [28, 28]);
  assertEquals(brightness.values, Float32Array.from(grey.data, (level) => level / 255));
  assertEquals(new Set(surely.values), new Set([0, 1]));
  for (const [i, value] of ink.values.entries()) {
    assertLess(Math.abs(value - INK[i]), 0.02);
    if (INK[i] > 0.5) assertEquals(surely.values[i], 1);
  }
});

Deno.test("preparePixels gives the steps of every look, the whole picture first", () => {
  const pictures = stepsOf(PICTURES.zoom);
  const names = pictures.map(({ name }) => name);
  assertEquals([names[0], ...names.slice(-2)], ["brightness", "strokes", "input"]);
  const looks = pictures.slice(1, -2);
  assertGreater(looks.length, 3);
  looks.forEach(({ name }, i) => assertEquals(name, LOOK[i % 3]));
  assertEquals([pictures[0].width, looks[0].width], [1000, 200]);
  assertEquals(stepsOf(PICTURES.zoom, ["zoom"]).length, 6);
});

Deno.test("preparePixels gives the steps of what it does not change, too", () => {
  const known = prepare(drawn({}, () => false)).pixels;
  const grey = { data: Uint8ClampedArray.from(known, (ink) => 255 * ink), width: 28, height: 28 };
  assertEquals(stepsOf(grey).map(({ name }) => name), ["brightness", "input"]);
  const blank = stepsOf(greyOf(50, 40, () => 200));
  assertEquals(blank.map(({ name }) => name), ["brightness"]);
});

Deno.test("preparePixels gives steps to keep: none shares memory with the pixels", () => {
  const known = prepare(drawn({}, () => false)).pixels;
  const bytes = Uint8ClampedArray.from(known, (ink) => 255 * ink);
  for (const grey of [PICTURES.zoom, PICTURES.strokes, { data: bytes, width: 28, height: 28 }]) {
    const { pixels, steps = [] } = prepare(grey, [], true);
    const before = steps.map(({ values }) => values.slice());
    pixels.fill(0.5);
    assertEquals(steps.map(({ values }) => values), before);
  }
});
