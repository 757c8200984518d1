import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeGif } from "../../../src/image/decode/gif.ts";
import type { RgbaImage } from "../../../src/image/image.ts";
import { assertError } from "../../assert_error.ts";
import { DRAWING, encodeGif, greys, INTERLACED } from "./gif_encoder.ts";

/** Red, green, blue and alpha of one pixel. */
function at({ data, width }: RgbaImage, x: number, y: number): number[] {
  return Array.from(data.subarray(4 * (y * width + x), 4 * (y * width + x + 1)));
}

/** The brightness of each pixel of an opaque grey picture. */
function levels({ data }: RgbaImage): number[] {
  return Array.from(data).filter((_, i) => i % 4 === 0);
}

Deno.test("decodeGif decodes files of other encoders, interlaced or not", () => {
  for (const file of [DRAWING, INTERLACED]) {
    const picture = decodeGif(file);
    assertEquals([picture.width, picture.height], [12, 10]);
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 12; x++) {
        assertEquals(at(picture, x, y), [10 * x, 16 * y, 255 - 8 * x, 255]);
      }
    }
  }
});

Deno.test("decodeGif decodes any picture of any number of colours", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 2, max: 8 }),
      fc.boolean(),
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      (width, height, bits, interlaced, leavesClearOut, random) => {
        const palette = greys(1 << bits);
        const colours = Array.from(
          { length: width * height },
          () => random.next().value! % (1 << bits),
        );
        const lzw = { leavesClearOut };
        const picture = decodeGif(
          encodeGif({ width, height, palette }, { width, height, colours, bits, interlaced, lzw }),
        );
        assertEquals([picture.width, picture.height], [width, height]);
        assertEquals(levels(picture), colours.map((colour) => palette[3 * colour]));
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

Deno.test("decodeGif decodes full code tables, cleared or kept", () => {
  const [width, height] = [150, 120];
  const colours = Array.from({ length: width * height }, (_, i) => i * i * 7 % 251 + i % 5);
  for (const keepsFullTable of [false, true]) {
    const file = encodeGif(
      { width, height, palette: greys(256) },
      { width, height, colours, lzw: { keepsFullTable } },
    );
    assertEquals(levels(decodeGif(file)), colours);
  }
});

Deno.test("decodeGif decodes long runs, in which a code is used in its own definition", () => {
  const [width, height] = [300, 200];
  const colours = new Array(width * height).fill(3);
  const file = encodeGif({ width, height, palette: greys(4) }, { width, height, colours, bits: 2 });
  assertEquals(levels(decodeGif(file)), colours.map(() => 255));
});

Deno.test("decodeGif leaves the screen transparent outside the frame", () => {
  const small = { width: 2, height: 1, left: 1, top: 2, colours: [0, 1], bits: 2 };
  const picture = decodeGif(encodeGif({ width: 4, height: 4, palette: greys(4) }, small));
  assertEquals([picture.width, picture.height], [4, 4]);
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      const expected = y !== 2 || x < 1 || x > 2
        ? [0, 0, 0, 0]
        : x === 1
        ? [0, 0, 0, 255]
        : [85, 85, 85, 255];
      assertEquals(at(picture, x, y), expected, `${x}, ${y}`);
    }
  }
});

Deno.test("decodeGif enlarges the screen for a frame that exceeds it", () => {
  const picture = { width: 3, height: 2, left: 2, top: 1, colours: [1, 1, 1, 1, 1, 1], bits: 2 };
  const { width, height } = decodeGif(
    encodeGif({ width: 0, height: 0, palette: greys(2) }, picture),
  );
  assertEquals([width, height], [5, 3]);
});

Deno.test("decodeGif makes the transparent colour transparent", () => {
  const picture = { width: 3, height: 1, colours: [0, 1, 2], bits: 2, transparent: 1 };
  const { data } = decodeGif(encodeGif({ width: 3, height: 1, palette: greys(4) }, picture));
  assertEquals([data[3], data[7], data[11]], [255, 0, 255]);
});

Deno.test("decodeGif prefers the palette of the frame to that of the screen", () => {
  const picture = { width: 1, height: 1, colours: [1], bits: 2, palette: [1, 2, 3, 4, 5, 6] };
  const file = encodeGif({ width: 1, height: 1, palette: greys(4) }, picture);
  assertEquals(Array.from(decodeGif(file).data), [4, 5, 6, 255]);
  assertEquals(Array.from(decodeGif(encodeGif({ width: 1, height: 1 }, picture)).data), [
    ...[4, 5, 6, 255],
  ]);
});

Deno.test("decodeGif decodes the first frame of an animation", () => {
  const screen = { width: 2, height: 1, palette: greys(4) };
  const first = { width: 2, height: 1, colours: [3, 0], bits: 2 };
  const second = { width: 2, height: 1, colours: [1, 2], bits: 2, transparent: 3 };
  assertEquals(decodeGif(encodeGif(screen, first, second)), decodeGif(encodeGif(screen, first)));
});

Deno.test("decodeGif skips extensions, stray zeros, and bytes after the trailer", () => {
  const file = encodeGif(
    { width: 2, height: 1, palette: greys(4) },
    { width: 2, height: 1, colours: [3, 0], bits: 2 },
  );
  const head = 13 + 12;
  const extensions = [0x21, 0xfe, 2, 72, 105, 0, 0x21, 0x01, 1, 0, 1, 0, 0, 0, 0x21, 0xff, 0];
  const longer = [...file.subarray(0, head), ...extensions, ...file.subarray(head), 1, 2, 3];
  assertEquals(decodeGif(Uint8Array.from(longer)), decodeGif(file));
  const old = file.slice();
  old[4] = "7".charCodeAt(0);
  assertEquals(decodeGif(old), decodeGif(file));
});

Deno.test("decodeGif checks the limits", () => {
  const size = DRAWING.length;
  assertError(() => decodeGif(DRAWING, { maxBytes: size - 1 }), "image/too-large", `${size} bytes`);
  assertError(() => decodeGif(DRAWING, { maxPixels: 119 }), "image/too-large", "12×10 pixels");
  assertError(() => decodeGif(DRAWING, { maxPixels: 0 }), "option/invalid", "maxPixels is 0");
  decodeGif(DRAWING, { maxBytes: size, maxPixels: 120 });
});
