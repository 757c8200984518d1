import { assertAlmostEquals, assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import fc from "fast-check";
import { encode } from "fast-png";
import { isMnistLike } from "../../src/image/frame.ts";
import type { DigitImage, DigitPixels } from "../../src/image/image.ts";
import { readPixels } from "../../src/image/read_image.ts";
import {
  type PreparedDigit,
  prepareDigit,
  preparePixels as prepare,
} from "../../scripts/research/shared/prepare_digit.ts";
import { Random } from "../../src/model/random.ts";
import { assertError, assertRejection } from "../assert_error.ts";
import { encodePng } from "./decode/png_encoder.ts";
import { boxOf, centreOf, difference, drawGrey, drawInk, rgba } from "./ink/drawing.ts";

function preparePixels(image: DigitPixels): PreparedDigit {
  return prepare(readPixels(image));
}

/** A two in the form of MNIST. */
const MNIST_TWO = Uint8Array.from(preparePixels(drawGrey()).pixels, (ink) => Math.round(255 * ink));

const UNIT_TWO = Float32Array.from(MNIST_TWO, (byte) => byte / 255);

function pngOf(grey: ArrayLike<number>, width: number, height: number): Uint8Array<ArrayBuffer> {
  return encodePng({ width, height, colourType: 0, depth: 8, samples: grey });
}

function rowsOf(values: ArrayLike<number>, width: number): number[][] {
  const flat = Array.from(values);
  return Array.from(
    { length: flat.length / width },
    (_, y) => flat.slice(y * width, (y + 1) * width),
  );
}

Deno.test("prepareDigit returns the same pixels for every form of a 28×28 picture", async () => {
  const png = pngOf(MNIST_TWO, 28, 28);
  const size = { width: 28, height: 28 };
  const forms: DigitImage[] = [
    MNIST_TWO,
    new Uint8ClampedArray(MNIST_TWO),
    UNIT_TWO,
    Float32Array.from(MNIST_TWO),
    Array.from(MNIST_TWO),
    Array.from(UNIT_TWO),
    rowsOf(MNIST_TWO, 28),
    rowsOf(UNIT_TWO, 28),
    { data: MNIST_TWO, ...size },
    { data: new Uint8ClampedArray(MNIST_TWO), ...size },
    { data: UNIT_TWO, ...size },
    { data: rgba(MNIST_TWO, (v) => [v, v, v, 255]), ...size },
    { data: Uint8Array.from(rgba(MNIST_TWO, (v) => [v, v, v, 255])), ...size },
    { data: Float32Array.from(rgba(MNIST_TWO, (v) => [v, v, v, 255])), ...size },
    { data: Float32Array.from(rgba(MNIST_TWO, (v) => [v, v, v, 255]), (v) => v / 255), ...size },
    new ImageData(new Uint8ClampedArray(rgba(MNIST_TWO, (v) => [v, v, v, 255])), 28, 28),
    png,
    Buffer.from(png),
    png.buffer,
    new Blob([png]),
    new File([png], "two.png"),
    new Response(png),
    new Blob([png]).stream(),
  ];
  for (const [index, form] of forms.entries()) {
    const { pixels, hasInk } = await prepareDigit(form);
    assertEquals([index, hasInk, pixels.length], [index, true, 784]);
    assertEquals(difference(pixels, UNIT_TWO) < 1e-7, true, `form ${index}`);
  }
});

Deno.test("prepareDigit returns the same pixels for every form of a large picture", async () => {
  const { data, width, height } = drawGrey({ width: 90, height: 120 });
  const expected = preparePixels({ data, width, height });
  const png = pngOf(data, width, height);
  const forms: DigitImage[] = [
    rowsOf(data, width),
    rowsOf(Float32Array.from(data, (v) => v / 255), width),
    { data: Float32Array.from(data, (v) => v / 255), width, height },
    { data: rgba(data, (v) => [v, v, v, 255]), width, height },
    png,
    new Response(png),
  ];
  for (const form of forms) assertEquals(await prepareDigit(form), expected);
});

Deno.test("preparePixels keeps the values of a picture like MNIST's, in fresh memory", () => {
  const { pixels } = preparePixels(UNIT_TWO);
  assertEquals(pixels, UNIT_TWO);
  assertEquals(pixels.buffer === UNIT_TWO.buffer, false);
  assertEquals(preparePixels(MNIST_TWO).pixels, UNIT_TWO);
  // Preparation would bring the strongest pixel to 1.
  const weaker = UNIT_TWO.map((ink) => 0.95 * ink);
  assertEquals(preparePixels(weaker).pixels, weaker);
});

Deno.test("preparePixels restores a 28×28 picture that was moved or inverted", () => {
  const moved = new Uint8Array(784);
  moved.set(MNIST_TWO.subarray(2 * 28 + 3));
  const inverted = MNIST_TWO.map((value) => 255 - value);
  for (const changed of [moved, inverted]) {
    const { pixels, hasInk } = preparePixels(changed);
    assertEquals(hasInk, true);
    assertLess(difference(pixels, UNIT_TWO), 0.001);
  }
});

/** Pixels of a drawing, after the checks that hold for every drawing. */
function prepared(image: DigitPixels): Float32Array {
  const { pixels, hasInk } = preparePixels(image);
  assertEquals([hasInk, pixels.length], [true, 784]);
  for (const value of pixels) assertEquals(value >= 0 && value <= 1, true, `${value}`);
  const { width, height } = boxOf(pixels);
  assertEquals(Math.max(width, height), 20);
  for (const centre of centreOf(pixels)) {
    assertGreaterOrEqual(centre, 13.49);
    assertLess(centre, 14.51);
  }
  assertEquals(Math.max(...pixels), 1);
  assertEquals(isMnistLike(pixels), true);
  return pixels;
}

Deno.test("preparePixels returns exactly the same for dark on light and light on dark", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 40, max: 120 }),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 155, max: 255 }),
      (size, ink, paper) => {
        const drawing = { width: size, height: size, x: 10, y: 8, boxWidth: 18, boxHeight: 24 };
        const { data } = drawGrey({ ...drawing, pen: 4, ink, paper });
        const negative = data.map((value) => 255 - value);
        const dark = prepared({ data, width: size, height: size });
        assertEquals(prepared({ data: negative, width: size, height: size }), dark);
      },
    ),
    { numRuns: 25 },
  );
});

Deno.test("preparePixels returns the same wherever the digit is, with and without a frame", () => {
  const expected = prepared(drawGrey());
  fc.assert(
    fc.property(fc.nat({ max: 60 }), fc.nat({ max: 60 }), fc.nat({ max: 40 }), (x, y, more) => {
      const drawing = { x: x + 4, y: y + 4, width: x + 44 + more, height: y + 59 + more };
      assertEquals(prepared(drawGrey(drawing)), expected);
    }),
    { numRuns: 25 },
  );
});

Deno.test("preparePixels returns nearly the same for every size of the digit", () => {
  const expected = prepared(drawGrey());
  for (const scale of [0.5, 0.8, 1.37, 2, 6]) {
    const size = Math.round(100 * scale);
    const pixels = prepared(drawGrey({
      width: size,
      height: size,
      x: 20 * scale,
      y: 20 * scale,
      boxWidth: 35 * scale,
      boxHeight: 50 * scale,
      pen: 7 * scale,
    }));
    assertLess(difference(pixels, expected), 0.03);
  }
});

Deno.test("preparePixels keeps the aspect ratio of the ink", () => {
  // What is higher or wider than any digit was stretched.
  for (const [boxWidth, boxHeight, ratio] of [[17, 90, 24 / 97], [60, 60, 1], [85, 32, 92 / 39]]) {
    const { width, height } = boxOf(prepared(drawGrey({ x: 5, y: 5, boxWidth, boxHeight })));
    const longer = Math.max(width, height);
    assertAlmostEquals(width, longer * Math.min(1, ratio), 1.5);
    assertAlmostEquals(height, longer * Math.min(1, 1 / ratio), 1.5);
  }
});

Deno.test("preparePixels finds faint ink, coloured ink, and ink on coloured paper", () => {
  const ink = drawInk();
  const expected = prepared(drawGrey());
  const size = { width: 100, height: 100 };
  const mix =
    (from: number[], to: number[]) => (share: number): [number, number, number, number] => {
      const [r, g, b] = from.map((value, c) => Math.round(value + share * (to[c] - value)));
      return [r, g, b, 255];
    };
  for (
    const [paper, pen] of [
      [[255, 255, 255], [200, 200, 200]],
      [[255, 255, 255], [20, 30, 200]],
      [[255, 240, 100], [180, 20, 20]],
      [[10, 60, 30], [230, 230, 230]],
      [[0, 0, 0], [255, 0, 0]],
    ]
  ) {
    const pixels = prepared({ data: rgba(ink, mix(paper, pen)), ...size });
    assertLess(difference(pixels, expected), 0.01);
  }
});

Deno.test("preparePixels finds ink of any colour on a transparent canvas", () => {
  const ink = drawInk();
  const expected = prepared(drawGrey());
  for (
    const [r, g, b] of [[0, 0, 0], [255, 255, 255], [200, 0, 0], [90, 90, 90], [180, 180, 180]]
  ) {
    for (const strength of [255, 100]) {
      const data = rgba(ink, (share) => [r, g, b, Math.round(share * strength)]);
      const pixels = prepared({ data, width: 100, height: 100 });
      assertLess(difference(pixels, expected), 0.01);
    }
  }
});

Deno.test("preparePixels finds the ink of a cut-out card of either polarity on a transparent background", () => {
  const ink = drawInk();
  const expected = prepared(drawGrey());
  const isCard = (i: number): boolean => Math.hypot(i % 100 - 48, Math.floor(i / 100) - 50) < 45;
  for (const [paper, pen] of [[250, 10], [10, 250], [200, 30]]) {
    const data = rgba(Array.from(ink.keys()), (i) => {
      const level = Math.round(paper + ink[i] * (pen - paper));
      return [level, level, level, isCard(i) ? 255 : 0];
    });
    const pixels = prepared({ data, width: 100, height: 100 });
    assertLess(difference(pixels, expected), 0.01);
  }
});

Deno.test("preparePixels finds a digit in noise", () => {
  const { data, width, height } = drawGrey({ ink: 40, paper: 220 });
  const random = new Random(1);
  const noisy = Uint8ClampedArray.from(data, (value) => value + 10 * random.normal());
  const pixels = prepared({ data: noisy, width, height });
  assertLess(difference(pixels, prepared(drawGrey())), 0.02);
});

Deno.test("preparePixels finds no ink in a blank picture of any colour and transparency", () => {
  const level = fc.nat({ max: 255 });
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(level, level, level, level, size, size, (r, g, b, a, width, height) => {
      const colour = rgba(new Array(width * height), () => [r, g, b, a]);
      for (const data of [colour, new Uint8Array(width * height).fill(r)]) {
        const { pixels, hasInk } = preparePixels({ data, width, height });
        assertEquals([hasInk, pixels.length, Math.max(...pixels)], [false, 784, 0]);
      }
    }),
  );
});

Deno.test("preparePixels finds no ink in noise", () => {
  const random = new Random(2);
  const sizes = [[28, 28], [60, 45], [280, 280]];
  for (const [width, height] of sizes) {
    for (const level of [8, 128, 250]) {
      const noises: (() => number)[] = [
        () => level + random.uniform(-12, 12),
        () => level + 8 * random.normal(),
        () => 128 + 20 * random.normal(),
        () => random.uniform(0, 256),
      ];
      for (const [index, noise] of noises.entries()) {
        const data = Uint8ClampedArray.from({ length: width * height }, noise);
        const { hasInk } = preparePixels({ data, width, height });
        assertEquals([level, index, hasInk], [level, index, false]);
      }
    }
  }
});

Deno.test("preparePixels returns 28×28 values from 0 to 1 for any picture", () => {
  const value = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 255));
  const picture = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
    .chain(([width, height]) =>
      fc.tuple(
        fc.constant(width),
        fc.constant(height),
        fc.uint8Array({ minLength: 4 * width * height, maxLength: 4 * width * height }),
        value,
      )
    );
  fc.assert(
    fc.property(picture, ([width, height, data, paper]) => {
      // Sparse changes on a flat ground look like ink more often than noise does.
      const flat = data.subarray(0, width * height).map((value) => value < 230 ? paper : value);
      for (const pixels of [data, flat]) {
        const digit = preparePixels({ data: pixels, width, height });
        assertEquals(digit.pixels.length, 784);
        for (const ink of digit.pixels) assertEquals(ink >= 0 && ink <= 1, true, `${ink}`);
        assertEquals(digit.pixels.some((ink) => ink > 0), digit.hasInk);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("preparePixels finds ink that extends from edge to edge in one direction", () => {
  for (const [width, height] of [[300, 9], [9, 300]]) {
    const data = new Uint8Array(width * height).fill(255);
    for (let i = 0; i < Math.max(width, height); i++) {
      data[width > height ? 4 * width + i : 9 * i + 4] = 0;
    }
    const { pixels, hasInk } = preparePixels({ data, width, height });
    assertEquals([hasInk, Math.max(...pixels)], [true, 1]);
  }
});

Deno.test("prepareDigit and readPixels reject values that are not pictures", async () => {
  for (const image of [null, undefined, "two.png", {}] as unknown as DigitPixels[]) {
    await assertRejection(
      () => prepareDigit(image),
      "image/unsupported",
    );
    assertError(() => preparePixels(image), "image/unsupported", "expected");
  }
});

Deno.test("prepareDigit returns the same for a PNG and for its pixels, at any size", async () => {
  for (const side of [28, 200, 201, 1400, 1401, 1601]) {
    const grey = Uint8Array.from(
      { length: side * side },
      (_, i) => {
        const [x, y] = [i % side / side, Math.floor(i / side) / side];
        return x > 0.4 && x < 0.47 && y > 0.2 && y < 0.75 ? (i * 31) % 97 : 255;
      },
    );
    const rgba = new Uint8Array(4 * grey.length).map((_, i) => i % 4 === 3 ? 255 : grey[i >> 2]);
    const file = encode({ width: side, height: side, channels: 1, data: grey });
    const { pixels } = await prepareDigit({ data: rgba, width: side, height: side });
    assertEquals((await prepareDigit(file)).pixels, pixels, `${side}`);
  }
});
