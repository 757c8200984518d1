import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import {
  borderOf,
  findInkLevels,
  histogram,
  inkCurve,
  isFaint,
  noiseOf,
  otsuLevels,
  quantile,
} from "../../../src/image/ink/threshold.ts";
import { Random } from "../../../src/model/random.ts";
import { drawGrey, type Grey, greyOf } from "./drawing.ts";

Deno.test("findInkLevels finds background, direction and full ink", () => {
  for (const [paper, ink] of [[255, 0], [0, 255], [200, 120], [90, 160], [128, 60]]) {
    const levels = findInkLevels(drawGrey({ paper, ink }))!;
    assertEquals(levels.background, paper);
    assertEquals(levels.direction, ink > paper ? 1 : -1);
    assertAlmostEquals(levels.full, Math.abs(ink - paper), 1);
    assertEquals(levels.floor, 0);
  }
});

Deno.test("findInkLevels finds them in a picture that is cropped to the ink", () => {
  const levels = findInkLevels(drawGrey({ width: 42, height: 57, x: 3.5, y: 3.5 }))!;
  assertEquals(levels, { background: 255, direction: -1, floor: 0, edge: 76.5, full: 255 });
});

Deno.test("findInkLevels does not take a shadow for noise", () => {
  const { data, width, height } = drawGrey();
  const shaded = data.map((value, i) => value * (1 - i % width / 250));
  const { floor, edge } = findInkLevels({ data: shaded, width, height })!;
  assertEquals([floor < 5, edge < 90], [true, true]);
});

Deno.test("findInkLevels finds ink that is a few pixels of a very large picture", () => {
  const data = new Uint8Array(1000 * 1000).fill(250);
  for (let i = 0; i < 40; i++) data[(300 + i) * 1000 + 500] = 30;
  assertEquals(findInkLevels({ data, width: 1000, height: 1000 })?.full, 220);
});

Deno.test("findInkLevels takes no account of a few stray pixels of the other direction", () => {
  const grey = drawGrey({ paper: 200, ink: 100 });
  for (let i = 0; i < 8; i++) grey.data[1000 + i] = i % 2 ? 255 : 0;
  const levels = findInkLevels(grey)!;
  assertEquals(levels.direction, -1);
  assertAlmostEquals(levels.full, 100, 1);
});

Deno.test("findInkLevels takes up to 12 pixels of a large picture for stray", () => {
  const withInk = (count: number): Grey =>
    greyOf(200, 200, (x, y) => y % 10 === 5 && x === 100 && y < 10 * count ? 30 : 200);
  // Twenty rows of the picture may have a pixel.
  for (const [count, isInk] of [[11, false], [14, true]] as const) {
    assertEquals(findInkLevels(withInk(count)) !== undefined, isInk, `${count}`);
  }
});

Deno.test("findInkLevels takes what three quarters of the ink have for full ink", () => {
  const fullOf = (faint: number): number =>
    findInkLevels(greyOf(120, 120, (x, y) => {
      const isInk = x >= 10 && x < 110 && y >= 10 && y < 40;
      return isInk ? (x - 10 < faint ? 120 : 40) : 220;
    }))!.full;
  assertEquals([fullOf(70), fullOf(80)], [180, 100]);
});

Deno.test("findInkLevels measures the noise and puts the edge of ink above it", () => {
  const random = new Random(3);
  const { data, width, height } = drawGrey({ paper: 200, ink: 50 });
  const noisy = Uint8ClampedArray.from(data, (value) => value + 12 * random.normal());
  const { floor, edge } = findInkLevels({ data: noisy, width, height })!;
  assertAlmostEquals(floor, 1.5 * 12, 4);
  assertGreater(edge, 4 * 12);
});

Deno.test("findInkLevels and otsuLevels find ink from a difference of 5 on", () => {
  for (const [paper, ink] of [[200, 195], [195, 200], [5, 0]]) {
    assertEquals(findInkLevels(drawGrey({ paper, ink }))?.full, 5);
    assertEquals(otsuLevels(drawGrey({ paper, ink }))?.full, 5);
  }
});

Deno.test("findInkLevels finds none where nothing stands out", () => {
  for (const [paper, ink] of [[200, 196], [196, 200], [4, 0]]) {
    assertEquals(findInkLevels(drawGrey({ paper, ink })), undefined);
    assertEquals(otsuLevels(drawGrey({ paper, ink })), undefined);
  }
  for (const level of [0, 9, 255]) {
    assertEquals(findInkLevels({ data: Uint8Array.of(level), width: 1, height: 1 }), undefined);
  }
  const { data, width, height } = drawGrey({ paper: 128, ink: 90 });
  const random = new Random(4);
  const noisy = Uint8ClampedArray.from(data, (value) => value + 15 * random.normal());
  assertEquals(findInkLevels({ data: noisy, width, height }), undefined);
});

Deno.test("inkCurve rises straight from the floor to full ink, in either direction", () => {
  const levels = { background: 200, floor: 10, edge: 50, full: 110 } as const;
  const dark = inkCurve({ ...levels, direction: -1 });
  assertEquals([255, 200, 190, 140, 90, 0].map((level) => dark[level]), [0, 0, 0, 0.5, 1, 1]);
  const light = inkCurve({ ...levels, background: 55, direction: 1 });
  assertEquals([0, 55, 65, 115, 165, 255].map((level) => light[level]), [0, 0, 0, 0.5, 1, 1]);
});

Deno.test("findInkLevels takes the side on which ink is known to be", () => {
  // What stands out more is lighter, such as a lamp that is reflected.
  const grey = drawGrey({ paper: 120, ink: 60 });
  for (let i = 0; i < 200; i++) grey.data[1000 + i] = 250;
  assertEquals(findInkLevels(grey)?.direction, 1);
  const known = findInkLevels(grey, -1)!;
  assertEquals([known.direction, known.background], [-1, 120]);
  assertAlmostEquals(known.full, 60, 1);
  assertEquals(findInkLevels(drawGrey({ paper: 200, ink: 40 }), 1), undefined);
});

Deno.test("findInkLevels finds the same when it is told how often each brightness occurs", () => {
  const grey = drawGrey({ paper: 190, ink: 70 });
  assertEquals(findInkLevels(grey, undefined, histogram(grey.data)), findInkLevels(grey));
});

Deno.test("findInkLevels finds the levels of a negative on the other side", () => {
  const random = new Random(6);
  const level = fc.nat(255);
  fc.assert(
    fc.property(level, level, fc.nat(15), (paper, ink, deviation) => {
      const drawn = drawGrey({ width: 50, height: 60, x: 12, y: 12, boxWidth: 25, paper, ink });
      const data = Uint8ClampedArray.from(
        drawn.data,
        (value) => value + deviation * random.normal(),
      );
      const size = { width: 50, height: 60 };
      const levels = findInkLevels({ data, ...size });
      const negative = findInkLevels({ data: data.map((value) => 255 - value), ...size });
      assertEquals(
        negative,
        levels && {
          ...levels,
          background: 255 - levels.background,
          direction: levels.direction > 0 ? -1 : 1,
        },
      );
    }),
    { numRuns: 30 },
  );
});

/** A flat picture with a block of another tone in the middle. */
function blockOf(side: number, size: number, [paper, ink]: readonly number[]): Grey {
  const first = (side - size) >> 1;
  const isIn = (at: number): boolean => at >= first && at < first + size;
  return greyOf(side, side, (x, y) => isIn(x) && isIn(y) ? ink : paper);
}

/** The same on a checkerboard of the two tones beside that of the paper: the noise of its border is known. */
function noisyBlockOf(step: number, [paper, ink]: readonly number[]): Grey {
  const { data } = blockOf(30, 10, [paper, ink]);
  const isPaper = (x: number, y: number): boolean => data[30 * y + x] === paper;
  return greyOf(30, 30, (x, y) => isPaper(x, y) ? paper + ((x + y) % 2 - 0.5) * step : ink);
}

Deno.test("otsuLevels finds background, direction, full ink and an edge between them", () => {
  for (const [paper, ink] of [[255, 0], [0, 255], [200, 120], [90, 160], [128, 60]]) {
    const levels = otsuLevels(drawGrey({ paper, ink }))!;
    assertEquals(levels.background, paper);
    assertEquals(levels.direction, ink > paper ? 1 : -1);
    assertAlmostEquals(levels.full, Math.abs(ink - paper), 1);
    assertEquals(levels.floor, 0);
    assertAlmostEquals(levels.edge, Math.abs(ink - paper) / 2, Math.abs(ink - paper) / 8);
  }
});

Deno.test("otsuLevels takes the part with more of the border for the background, however much is ink", () => {
  // So many columns of 20 are dark: 38 pixels of the border are a half.
  const halves = (columns: number): Grey => greyOf(20, 20, (x) => x < columns ? 10 : 240);
  assertEquals(otsuLevels(halves(10))?.direction, -1);
  assertEquals(otsuLevels(halves(11))?.direction, 1);
  for (const tones of [[30, 220], [220, 30]]) {
    const direction = tones[1] > tones[0] ? 1 : -1;
    assertEquals(otsuLevels(blockOf(40, 38, tones))?.direction, direction);
    assertEquals(otsuLevels(blockOf(40, 4, tones))?.direction, direction);
  }
});

Deno.test("otsuLevels takes the other part for the background when it is to be inverted", () => {
  for (const [paper, ink] of [[30, 220], [220, 30]]) {
    const levels = otsuLevels(blockOf(40, 20, [paper, ink]), undefined, true)!;
    assertEquals([levels.background, levels.full], [ink, 190]);
    assertEquals(levels.direction, ink > paper ? -1 : 1);
  }
});

Deno.test("otsuLevels puts the edge where two tones part best, however few pixels are ink", () => {
  for (const [paper, ink] of [[200, 50], [40, 130]]) {
    const random = new Random(7);
    const { data, width, height } = drawGrey({ paper, ink });
    const noisy = Uint8ClampedArray.from(data, (value) => value + 6 * random.normal());
    const levels = otsuLevels({ data: noisy, width, height })!;
    const middle = Math.abs(ink - paper) / 2;
    assertAlmostEquals(levels.edge, middle, 12);
    assertAlmostEquals(levels.floor, 1.5 * 6, 2);
    assertAlmostEquals(levels.full, 2 * middle, 12);
  }
});

Deno.test("otsuLevels finds ink from five deviations of the noise on", () => {
  // Neighbours differ by 4: five deviations are 5 · 1.0484 · 4 = 20.97.
  assertEquals(otsuLevels(noisyBlockOf(4, [102, 82])), undefined);
  assertEquals(otsuLevels(noisyBlockOf(4, [102, 81]))?.full, 21);
  assertEquals(otsuLevels(noisyBlockOf(4, [102, 122])), undefined);
  assertEquals(otsuLevels(noisyBlockOf(4, [102, 123]))?.full, 21);
});

Deno.test("otsuLevels never has a floor above half of the edge", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 100, maxLength: 100 }), fc.boolean(), (data, flip) => {
      for (const values of [data, data.map((value) => value > 90 ? 200 : value >> 3)]) {
        const levels = otsuLevels({ data: values, width: 10, height: 10 }, undefined, flip);
        if (levels === undefined) continue;
        assertEquals(levels.floor >= 0 && levels.floor <= levels.edge / 2, true);
        assertEquals(levels.edge > 0 && levels.full >= 4.5, true);
      }
    }),
  );
});

Deno.test("otsuLevels finds nothing in a picture of one tone, and in noise", () => {
  const random = new Random(4);
  for (const [width, height] of [[1, 1], [1, 30], [30, 1], [60, 50]]) {
    for (const level of [0, 9, 128, 255]) {
      assertEquals(otsuLevels(greyOf(width, height, () => level)), undefined);
    }
  }
  for (const noise of [() => 128 + 20 * random.normal(), () => random.uniform(0, 256)]) {
    assertEquals(otsuLevels(greyOf(60, 50, noise)), undefined);
  }
});

Deno.test("otsuLevels finds the same when it is told how often each brightness occurs", () => {
  const grey = drawGrey({ paper: 190, ink: 70 });
  assertEquals(otsuLevels(grey, histogram(grey.data)), otsuLevels(grey));
});

Deno.test("otsuLevels takes the same pixels of a negative for ink", () => {
  const random = new Random(6);
  const level = fc.nat(255);
  const inkOf = ({ data }: Grey, levels: ReturnType<typeof otsuLevels>): boolean[] =>
    Array.from(
      data,
      (value) =>
        levels !== undefined && levels.direction * (value - levels.background) >= levels.edge,
    );
  let found = 0;
  fc.assert(
    fc.property(level, level, fc.nat(15), (paper, ink, deviation) => {
      const drawn = drawGrey({ width: 50, height: 60, x: 12, y: 12, boxWidth: 25, paper, ink });
      const grey = greyOf(
        50,
        60,
        (x, y) => drawn.data[50 * y + x] + deviation * random.normal(),
      );
      const negative = { ...grey, data: grey.data.map((value) => 255 - value) };
      const levels = otsuLevels(grey);
      if (levels !== undefined) found++;
      assertEquals(inkOf(negative, otsuLevels(negative)), inkOf(grey, levels));
    }),
    { numRuns: 50 },
  );
  assertGreater(found, 15);
});

Deno.test("isFaint holds for what differs by 2 from its background, of either polarity", () => {
  for (const sign of [-1, 1]) {
    assertEquals(isFaint(blockOf(50, 10, [100, 100 + sign])), false);
    assertEquals(isFaint(blockOf(50, 10, [100, 100 + 2 * sign])), true);
    assertEquals(isFaint(blockOf(50, 10, [100, 100 + 4 * sign])), true);
  }
  for (const level of [0, 77, 255]) assertEquals(isFaint(greyOf(40, 30, () => level)), false);
  assertEquals(isFaint(greyOf(1, 1, () => 9)), false);
});

Deno.test("isFaint holds from five deviations of the noise on", () => {
  // Neighbours differ by 2: five deviations are 5 · 1.0484 · 2 = 10.5.
  for (const sign of [-1, 1]) {
    assertEquals(isFaint(noisyBlockOf(2, [101, 101 + 10 * sign])), false);
    assertEquals(isFaint(noisyBlockOf(2, [101, 101 + 11 * sign])), true);
  }
});

Deno.test("isFaint takes no account of a few stray pixels", () => {
  const strewn = (count: number): Grey => {
    const grey = greyOf(100, 100, () => 100);
    for (let n = 0; n < count; n++) grey.data[1010 + 700 * n] = 104;
    return grey;
  };
  assertEquals([isFaint(strewn(9)), isFaint(strewn(11))], [false, true]);
});

Deno.test("noiseOf measures the deviation of noise, whatever light it is in", () => {
  const random = new Random(5);
  for (const deviation of [4, 10, 25]) {
    for (const slope of [0, 60]) {
      const row = Uint8ClampedArray.from(
        { length: 2000 },
        (_, i) => 128 + slope * (i / 2000 - 0.5) + deviation * random.normal(),
      );
      assertLess(Math.abs(noiseOf(new Uint8Array(row)) / deviation - 1), 0.15);
    }
  }
  const edges = Uint8Array.from({ length: 300 }, (_, i) => i % 50 < 25 ? 30 : 220);
  for (const row of [edges, Uint8Array.of(9), new Uint8Array(50)]) assertEquals(noiseOf(row), 0);
});

Deno.test("borderOf goes once around, clockwise from the upper left corner", () => {
  const around = (width: number, height: number): number[] =>
    Array.from(borderOf(greyOf(width, height, (x, y) => 10 * y + x)));
  assertEquals(around(4, 3), [0, 1, 2, 3, 13, 23, 22, 21, 20, 10]);
  assertEquals(around(1, 1), [0]);
  assertEquals(around(3, 1), [0, 1, 2]);
  assertEquals(around(1, 3), [0, 10, 20]);
  assertEquals(around(2, 2), [0, 1, 11, 10]);
});

Deno.test("borderOf has every outermost pixel once", () => {
  const side = fc.integer({ min: 1, max: 15 });
  fc.assert(fc.property(side, side, (width, height) => {
    const border = borderOf(greyOf(width, height, (x, y) => y * width + x));
    const outermost = Array.from({ length: width * height }, (_, i) => i).filter((i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return x === 0 || y === 0 || x === width - 1 || y === height - 1;
    });
    assertEquals(Array.from(border).sort((a, b) => a - b), outermost);
  }));
});

Deno.test("histogram counts every value once", () => {
  const values = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    // Mostly flat, as drawings are.
    fc.uint8Array({ maxLength: 60 })
      .map((tones) => Uint8Array.from({ length: 5 * tones.length }, (_, i) => tones[i / 5 | 0])),
  );
  fc.assert(fc.property(values, fc.nat(3), (all, start) => {
    const values = all.subarray(start);
    const counts = Array(256).fill(0);
    for (const value of values) counts[value]++;
    assertEquals(Array.from(histogram(values)), counts);
  }));
});

Deno.test("quantile gives the median, and the mean of the middle two", () => {
  const median = (...values: number[]): number => quantile(histogram(Uint8Array.from(values)), 0.5);
  assertEquals(median(7), 7);
  assertEquals(median(1, 2, 200), 2);
  assertEquals(median(1, 2, 5, 200), 3.5);
  assertEquals(median(3, 3, 3, 200), 3);
});

Deno.test("quantile gives the ends for 0 and 1, and 0 when there is nothing", () => {
  const counts = histogram(Uint8Array.from([9, 30, 80]));
  assertEquals([quantile(counts, 0), quantile(counts, 1)], [9, 80]);
  assertEquals(quantile(new Uint32Array(256), 0.5), 0);
});

Deno.test("quantile of a negative mirrors that of the picture", () => {
  const share = fc.constantFrom(0.001, 0.25, 0.5, 0.75, 0.999);
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), share, (values, share) => {
    const negative = values.map((value) => 255 - value);
    assertEquals(
      quantile(histogram(negative), 1 - share),
      255 - quantile(histogram(values), share),
    );
  }));
});
