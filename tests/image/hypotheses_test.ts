import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import fc from "fast-check";
import { isMnistLike } from "../../src/image/frame.ts";
import { firstHypothesis, type Hypothesis } from "../../src/image/hypotheses.ts";
import type { Box, GreyImage, InkMap } from "../../src/image/image.ts";
import type { PreparationSettings } from "../../src/image/page.ts";
import { Random } from "../../src/model/random.ts";
import {
  boxAround,
  difference,
  drawGrey,
  type Drawing,
  drawInk,
  greyOf,
  pageOf,
  sumOf,
  twoOf,
  within,
} from "./ink/drawing.ts";

/** The first hypothesis, after the checks that hold for each. */
function first(grey: GreyImage, settings?: PreparationSettings): Hypothesis {
  const before = grey.data.slice();
  const hypothesis = firstHypothesis(pageOf(grey), settings);
  assertEquals(hypothesis !== undefined, true, "no ink was found");
  assertEquals(grey.data, before);
  const { name, pixels, found, box } = hypothesis!;
  assertEquals([name, pixels.length, found.length], ["own", 784, 784]);
  for (const ink of [...pixels, ...found]) assertEquals(ink >= 0 && ink <= 1, true, `${ink}`);
  assertEquals([Math.max(...pixels), Math.max(...found)], [1, 1]);
  assertEquals(isMnistLike(pixels), true);
  assertEquals(box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0, true);
  assertLessOrEqual(box.x + box.width, grey.width);
  assertLessOrEqual(box.y + box.height, grey.height);
  return hypothesis!;
}

/** The ink in each look at the picture, and how large the box of the digit is in the last. */
function looksAt(grey: GreyImage, settings?: PreparationSettings): readonly InkMap[] {
  const { steps = [] } = first(grey, { ...settings, explain: true });
  return steps.filter(({ name }) => name === "ink")
    .map(({ values, width, height }) => ({ data: values, width, height }));
}

/** The ink where the digit was found. */
function inkIn(grey: GreyImage): InkMap {
  const looks = looksAt(grey);
  return looks[looks.length - 1];
}

const TWO = first(twoOf(100)).pixels;

/** How far what was found is from a two, drawn by itself. */
function farFromTwo(grey: GreyImage): number {
  return difference(first(grey).pixels, TWO);
}

function assertBox(found: Box, wanted: Box, tolerance: number, message = ""): void {
  for (const side of ["x", "y", "width", "height"] as const) {
    const share = side.length === 1 ? tolerance / 2 : tolerance;
    assertAlmostEquals(found[side], wanted[side], share, `${side} ${message}`);
  }
}

Deno.test("firstHypothesis finds the box of a drawing and its soft edges, in either polarity", () => {
  const drawing = fc.record({
    width: fc.integer({ min: 70, max: 140 }),
    height: fc.integer({ min: 80, max: 140 }),
    x: fc.integer({ min: 8, max: 25 }),
    y: fc.integer({ min: 8, max: 25 }),
    boxWidth: fc.integer({ min: 20, max: 35 }),
    boxHeight: fc.integer({ min: 25, max: 45 }),
    pen: fc.integer({ min: 4, max: 7 }),
  });
  const tones = fc.constantFrom([255, 0], [0, 255], [200, 90], [60, 190]);
  fc.assert(
    fc.property(drawing, tones, (drawing: Drawing, [paper, ink]) => {
      const grey = drawGrey({ ...drawing, paper, ink });
      const drawn = drawInk(drawing);
      const map = inkIn(grey);
      assertEquals([map.width, map.height], [grey.width, grey.height]);
      assertBox(first(grey).box, boxAround({ ...map, data: drawn }), 2);
      drawn.forEach((ink, i) => assertAlmostEquals(map.data[i], ink, 0.02));
    }),
    { numRuns: 20 },
  );
});

Deno.test("firstHypothesis finds the same pixels in a negative", () => {
  const random = new Random(5);
  const tone = fc.nat(255);
  let found = 0;
  fc.assert(
    fc.property(tone, tone, fc.nat(9), fc.nat(40), (paper, ink, deviation, margin) => {
      const drawing = { width: 60 + margin, height: 75, x: 12, y: 12, boxWidth: 30, boxHeight: 45 };
      const { data, width, height } = drawGrey({ ...drawing, pen: 5, paper, ink });
      const grey = greyOf(
        width,
        height,
        (x, y) => data[y * width + x] + (deviation > 4 ? deviation * random.normal() : 0),
      );
      const negative = { ...grey, data: grey.data.map((level) => 255 - level) };
      const [a, b] = [grey, negative].map((one) => firstHypothesis(pageOf(one)));
      assertEquals(b?.pixels, a?.pixels);
      assertEquals(b?.box, a?.box);
      if (a !== undefined) found++;
    }),
    { numRuns: 60 },
  );
  assertGreater(found, 30);
});

Deno.test("firstHypothesis finds small digits in large pictures, and looks at them from near", () => {
  for (const [side, height] of [[600, 60], [1000, 50], [1600, 130], [2000, 60]]) {
    for (const tones of [{}, { ink: 240, paper: 15 }]) {
      const two = twoOf(height, tones);
      const inTwo = first(two).box;
      for (const [u, v] of [[0.02, 0.03], [0.98, 0.4], [0.45, 0.95]]) {
        const left = Math.floor(u * (side - two.width));
        const top = Math.floor(v * (side - two.height));
        const large = within(two, side, left, top);
        assertLess(farFromTwo(large), 0.04, `${height} of ${side}`);
        const wanted = { ...inTwo, x: left + inTwo.x, y: top + inTwo.y };
        assertBox(first(large).box, wanted, 0.1 * height + 2, `${height} of ${side}`);
        assertGreater(boxAround(inkIn(large)).height, 45, `${height} of ${side}`);
        const [coarse, ...more] = looksAt(large, { without: ["zoom"] });
        assertEquals([more.length, boxAround(coarse).height < 45], [0, true]);
      }
    }
  }
});

Deno.test("firstHypothesis never looks twice from the same distance at a small digit", () => {
  for (const [side, height] of [[390, 98], [400, 90], [400, 103], [600, 150], [900, 170]]) {
    const large = within(twoOf(height), side, Math.floor(0.3 * side), Math.floor(0.2 * side));
    assertLess(farFromTwo(large), 0.04, `${height} of ${side}`);
    // Of what is looked at next, each pixel shows less.
    const [whole, near, ...more] = looksAt(large);
    assertEquals(more, [], `${height} of ${side}`);
    const enlarged = boxAround(near).height;
    assertGreater(enlarged, 1.4 * height * whole.width / side, `${height} of ${side}`);
  }
});

Deno.test("firstHypothesis finds a bold digit in a picture hundreds of times as long as wide", () => {
  const bold = drawGrey({
    ...{ width: 36, height: 44, x: 8, y: 8, boxWidth: 20, boxHeight: 28, pen: 9 },
  });
  const expected = first(bold).pixels;
  for (const [width, height] of [[9000, 44], [44, 9000]]) {
    for (const at of [0.1, 0.5, 0.98]) {
      const left = Math.floor(at * Math.max(0, width - 36));
      const top = Math.floor(at * Math.max(0, height - 44));
      const long = greyOf(width, height, (x, y) => {
        const [u, v] = [x - left, y - top];
        return u >= 0 && v >= 0 && u < 36 && v < 44 ? bold.data[v * 36 + u] : 255;
      });
      assertLess(difference(first(long).pixels, expected), 0.02, `${width}×${height}, ${at}`);
    }
  }
});

Deno.test("firstHypothesis looks at pictures of any size with at most 200 pixels on a side", () => {
  const sizes = [[200, 150], [201, 100], [999, 700], [400, 1600], [1200, 10]];
  for (const [width, height] of sizes) {
    const grey = greyOf(width, height, (x, y) => {
      const [u, v] = [x / width - 0.5, y / height - 0.5];
      return Math.abs(u) < 0.3 && Math.abs(v) < 0.3 && Math.abs(u) > 0.2 ? 0 : 255;
    });
    const [map] = looksAt(grey);
    assertLessOrEqual(Math.max(map.width, map.height), 200, `${width}×${height}`);
    assertGreater(Math.max(map.width, map.height), 99, `${width}×${height}`);
  }
});

Deno.test("firstHypothesis finds all of a line of one pixel on a large canvas", () => {
  const size = { width: 600, height: 600 };
  const soft = drawInk({ ...size, x: 80, y: 60, boxWidth: 300, boxHeight: 430, pen: 1 });
  const length = sumOf(soft);
  for (const [paper, ink] of [[255, 0], [0, 255]]) {
    for (const line of [soft, soft.map(Math.round)]) {
      const grey = greyOf(600, 600, (x, y) => paper + line[600 * y + x] * (ink - paper));
      const { box } = first(grey);
      assertAlmostEquals(box.width, 300, 9);
      assertAlmostEquals(box.height, 432, 9);
      // A third as long, and no pixel missing.
      const { data } = inkIn(grey);
      assertGreater(data.filter((ink) => ink > 0.3).length, 0.9 * length / 3);
    }
  }
});

Deno.test("firstHypothesis takes a thick ring and a thick bar for what they are", () => {
  for (const pen of [20, 30, 40]) {
    const ring = first(
      greyOf(200, 200, (x, y) => Math.abs(Math.hypot(x - 100, y - 100) - 50) < pen / 2 ? 0 : 255),
    );
    assertAlmostEquals(ring.box.width, 100 + pen, 3, `ring, ${pen}`);
    const bar = first(
      greyOf(200, 200, (x, y) => Math.abs(x - 100) < pen / 2 && Math.abs(y - 100) < 70 ? 0 : 255),
    );
    assertAlmostEquals(bar.box.height, 140, 3, `bar, ${pen}`);
  }
});

Deno.test("firstHypothesis takes a wide thing whole, with and without a seam, of either polarity", () => {
  for (const [paper, ink] of [[255, 0], [0, 255], [90, 220]]) {
    const grey = greyOf(
      300,
      300,
      (x, y) => Math.abs(x - 150) < 70 && Math.abs(y - 150) < 70 ? ink : paper,
    );
    assertBox(first(grey).box, { x: 81, y: 81, width: 139, height: 139 }, 4);
    const { data } = inkIn(grey);
    assertGreater(data.filter((ink) => ink > 0.5).length, 0.9 * 70 * 70);
  }
  for (const seam of [0, 60, 120]) {
    const grey = greyOf(200, 200, (x, y) => {
      if (Math.abs(x - 100) > 60 || Math.abs(y - 100) > 80) return 0;
      return Math.abs(x - 100) < 4 ? seam : 200;
    });
    const { box } = first(grey);
    assertAlmostEquals(box.width, 120, 4);
    assertAlmostEquals(box.height, 160, 4);
  }
});

Deno.test("firstHypothesis finds a digit through noise and in the dark", () => {
  const random = new Random(8);
  const drawing = { width: 180, height: 180, x: 60, y: 40, boxWidth: 70, boxHeight: 100 };
  const data = drawInk({ ...drawing, pen: 100 / 7 });
  for (const [paper, contrast, deviation] of [[210, 150, 12], [200, 150, 26], [120, 60, 12]]) {
    const noisy = greyOf(
      180,
      180,
      (x, y) => paper - contrast * data[y * 180 + x] + deviation * random.normal(),
    );
    const wanted = boxAround({ data, width: 180, height: 180 });
    assertBox(first(noisy).box, wanted, 8, `${deviation}`);
  }
});

Deno.test("firstHypothesis keeps soft edges that reach further than a pixel, beside specks as well", () => {
  const ring = (x: number, y: number): number =>
    Math.min(1, Math.max(0, (12 - Math.abs(Math.hypot(x - 70, y - 70) - 40)) / 8));
  const isSpeck = (x: number, y: number): boolean => x >= 5 && x < 9 && y >= 130 && y < 133;
  for (const hasSpeck of [false, true]) {
    const grey = greyOf(
      140,
      140,
      (x, y) => hasSpeck && isSpeck(x, y) ? 0 : 255 - 255 * ring(x, y),
    );
    inkIn(grey).data.forEach((ink, i) =>
      assertAlmostEquals(ink, ring(i % 140, Math.floor(i / 140)), 0.03, `${i}`)
    );
  }
});

Deno.test("firstHypothesis takes a digit that ends at the border, and one that is cut by it", () => {
  const whole = twoOf(80);
  for (const cut of [0, 6, 12]) {
    const { width, height } = whole;
    const grey = greyOf(
      width,
      height,
      (x, y) => y < height - cut ? whole.data[(y + cut) * width + x] : 255,
    );
    const { box } = first(grey);
    assertAlmostEquals(box.height, 80 + 80 / 7 - Math.max(0, cut - 2), 3);
    assertEquals(box.y <= 2, true);
  }
});

Deno.test("firstHypothesis takes a line from edge to edge for what was drawn, when there is nothing else", () => {
  for (const isAcross of [true, false]) {
    const grey = greyOf(120, 120, (x, y) => {
      const along = isAcross ? y : x;
      return along >= 60 && along < 63 ? 0 : 255;
    });
    const { box } = first(grey);
    assertEquals([box.width, box.height], isAcross ? [120, 3] : [3, 120]);
    assertAlmostEquals(sumOf(inkIn(grey).data), 360, 1e-3);
  }
});

Deno.test("firstHypothesis leaves out specks and the rules of paper", () => {
  const two = within(twoOf(90), 180, 50, 40);
  const data = two.data.slice();
  for (const at of [10 * 180 + 10, 150 * 180 + 20, 30 * 180 + 160]) {
    for (const i of [at, at + 1, at + 180, at + 181]) data[i] = 0;
  }
  const expected = first(two).pixels;
  assertEquals(first({ ...two, data }).pixels, expected);
  assertGreater(first({ ...two, data }, { without: ["specks"] }).box.width, 140);
  const ruled = two.data.map((level, i) => Math.floor(i / 180) % 45 < 2 ? 0 : level);
  assertLess(difference(first({ ...two, data: ruled }).pixels, expected), 0.05);
});

Deno.test("firstHypothesis finds nothing where there is nothing", () => {
  const random = new Random(9);
  for (const [width, height] of [[1, 1], [1, 50], [50, 1], [7, 7], [60, 60], [450, 300]]) {
    for (const level of [0, 77, 255]) {
      assertEquals(firstHypothesis(pageOf(greyOf(width, height, () => level))), undefined);
      const noise = greyOf(width, height, () => level + random.uniform(-2, 2));
      assertEquals(firstHypothesis(pageOf(noise)), undefined, `${width}×${height}, ${level}`);
    }
  }
});

Deno.test("firstHypothesis finds nothing in noise, however strong", () => {
  const random = new Random(2);
  for (const [width, height] of [[28, 28], [60, 45], [280, 280]]) {
    for (const level of [0, 8, 128, 250]) {
      const noises: (() => number)[] = [
        () => level + random.uniform(-12, 12),
        () => level + 8 * random.normal(),
        () => 128 + 20 * random.normal(),
        () => random.uniform(0, 256),
      ];
      for (const [index, noise] of noises.entries()) {
        const found = firstHypothesis(pageOf(greyOf(width, height, noise)));
        assertEquals(found, undefined, `${width}×${height}, ${level}, ${index}`);
      }
    }
  }
});

Deno.test("firstHypothesis finds ink in pictures of a few pixels", () => {
  for (const [paper, ink] of [[255, 0], [0, 255]]) {
    const dot = first(greyOf(3, 3, (x, y) => x === 1 && y === 1 ? ink : paper));
    assertEquals(dot.box, { x: 1, y: 1, width: 1, height: 1 });
    const stroke = first(greyOf(5, 9, (x, y) => x === 2 && y > 0 && y < 8 ? ink : paper));
    assertEquals(stroke.box, { x: 2, y: 1, width: 1, height: 7 });
  }
});

Deno.test("firstHypothesis finds the digit beside a shadow along the edge of a scan", () => {
  const two = within(twoOf(30), 300, 180, 140);
  const plain = first(two);
  for (const [depth, soft] of [[12, 0], [30, 6]]) {
    const shade = (at: number): number =>
      Math.min(255, Math.max(20, 255 * (at - depth) / (soft + 1)));
    const scan = greyOf(300, 300, (x, y) => Math.min(two.data[300 * y + x], shade(x)));
    const { pixels, box } = first(scan);
    assertBox(box, plain.box, 4, `${depth}`);
    assertLess(difference(pixels, plain.pixels), 0.03, `${depth}`);
  }
});

/** A bar of 10×70 that hardly stands out, and shadows along so many edges, each fainter than the one before. */
function shaded(edges: number): GreyImage {
  const shadows = [0, 170, 225, 243].slice(0, edges);
  return greyOf(200, 200, (x, y) => {
    const shadow = [x, 199 - x, y, 199 - y].findIndex((depth, n) => n < edges && depth < 8);
    if (shadow >= 0) return shadows[shadow];
    return x >= 95 && x < 105 && y >= 65 && y < 135 ? 250 : 255;
  });
}

Deno.test("firstHypothesis looks four times for a digit, past a shadow at each but the last", () => {
  const bar = { x: 95, y: 65, width: 10, height: 70 };
  assertEquals(first(shaded(3)).box, bar);
  assertGreater(first(shaded(4)).box.width, 150);
});

Deno.test("firstHypothesis looks beside a shadow from three pixels away, where its soft edge ends", () => {
  assertEquals(looksAt(shaded(1)).map(({ width }) => width), [200, 200 - 8 - 3]);
});

Deno.test("firstHypothesis keeps soft edges as wide as a twentieth of the digit", () => {
  /** How far the ink reaches to the left of what surely is ink, of a bar that fades over 20 pixels. */
  const reach = (height: number): number => {
    const bar = greyOf(100, 100, (x, y) => {
      const isBeside = y < 10 || y >= 10 + height;
      return isBeside ? 255 : 255 * Math.min(1, Math.max(0, (Math.abs(x - 50) - 4) / 20));
    });
    const { data, width } = inkIn(bar);
    const columns = [...data.keys()].filter((i) => data[i] > 0).map((i) => i % width);
    return first(bar).box.x - Math.min(...columns);
  };
  assertEquals([60, 61, 80, 81].map(reach), [3, 4, 4, 5]);
});

Deno.test("firstHypothesis says whether the picture is an enlarged one of MNIST", () => {
  const mnist = TWO;
  for (const scale of [3, 8, 20]) {
    for (const isDark of [false, true]) {
      const side = 28 * scale;
      const grey = greyOf(side, side, (x, y) => {
        const ink = mnist[28 * Math.floor(y / scale) + Math.floor(x / scale)];
        return 255 * (isDark ? 1 - ink : ink);
      });
      assertEquals(first(grey).isFramed, true, `${scale}`);
      const moved = greyOf(side, side, (x, y) => grey.data[side * y + (x + 2 * scale) % side]);
      assertEquals(first(moved).isFramed, false, `${scale}`);
    }
  }
});

Deno.test("firstHypothesis squeezes a digit that was stretched upwards", () => {
  const thin = { boxWidth: 30, boxHeight: 42, pen: 3 };
  const plain = first(drawGrey({ width: 70, height: 80, x: 20, y: 20, ...thin })).pixels;
  const { data } = drawGrey({ width: 70, height: 80, x: 20, y: 20, ...thin });
  const tall = greyOf(70, 400, (x, y) => data[70 * Math.floor(y / 5) + x]);
  assertLess(difference(first(tall).pixels, plain), 0.06);
});

Deno.test("firstHypothesis gives the ink with its own strokes beside that with evened ones", () => {
  const usual = first(twoOf(100));
  assertEquals(usual.found === usual.pixels, true);
  const thin = drawGrey({
    width: 200,
    height: 200,
    x: 40,
    y: 30,
    boxWidth: 98,
    boxHeight: 140,
    pen: 2,
  });
  const { pixels, found } = first(thin);
  assertGreater(sumOf(pixels), 1.3 * sumOf(found));
  const { pixels: plain } = first(thin, { without: ["strokes"] });
  assertEquals(plain, found);
});

Deno.test("firstHypothesis gives steps on request, those of the last look at the end", () => {
  const large = within(twoOf(60), 900, 300, 200);
  assertEquals(first(large).steps, undefined);
  const { steps = [], pixels } = first(large, { explain: true });
  const look = ["even light", "surely ink", "ink"];
  assertEquals(steps.map(({ name }) => name), [...look, ...look, "strokes", "input"]);
  assertEquals(steps[steps.length - 1].values, pixels);
});

/** A bar of 20×60 in the middle of 200×200, and another one beside it. */
function beside(
  { left = 130, top = 70, width = 20, height = 60 } = {},
): boolean {
  return first(greyOf(200, 200, (x, y) => {
    const isDigit = x >= 90 && x < 110 && y >= 70 && y < 130;
    const isOther = x >= left && x < left + width && y >= top && y < top + height;
    return isDigit || isOther ? 0 : 255;
  })).hasNeighbours;
}

Deno.test("firstHypothesis finds neighbours that are at least half as high as the digit", () => {
  assertEquals(beside(), true);
  assertEquals(beside({ height: 30 }), true);
  assertEquals(beside({ height: 29 }), false);
});

Deno.test("firstHypothesis finds neighbours that have at least a fifth of the digit's ink", () => {
  // The soft edge is white: the digit has 1,200 pixels.
  assertEquals(beside({ width: 4, height: 60 }), true);
  assertEquals(beside({ width: 4, height: 59 }), false);
});

Deno.test("firstHypothesis finds neighbours on the same line alone, and none that the edge cuts", () => {
  assertEquals(beside({ top: 129 }), true);
  assertEquals(beside({ top: 130 }), false);
  assertEquals(beside({ top: 11 }), true);
  assertEquals(beside({ top: 10 }), false);
  assertEquals(beside({ left: 170, width: 29 }), true);
  assertEquals(beside({ left: 170, width: 30 }), false);
});

Deno.test("firstHypothesis finds neighbours that are out of sight in the last look", () => {
  const seven = (x: number, y: number, left: number): boolean =>
    x >= left && x < left + 20 && y >= 500 && y < 560;
  const hasNeighbours = (other: number): boolean =>
    first(greyOf(1000, 1000, (x, y) => seven(x, y, 490) || seven(x, y, other) ? 0 : 255))
      .hasNeighbours;
  assertEquals(hasNeighbours(700), true);
  assertEquals(hasNeighbours(495), false);
});
