import { assertEquals, assertLessOrEqual } from "@std/assert";
import { decodeJpeg } from "../../../src/image/decode/jpeg.ts";
import type { RgbaImage } from "../../../src/image/image.ts";
import { assertRejection } from "../../assert_error.ts";
import {
  BASELINE,
  encodeSquares,
  frame,
  GREY,
  PROGRESSIVE,
  segment,
  withOrientation,
} from "./jpeg_files.ts";

/** The colour of the drawing in every column and row. */
function drawn(x: number, y: number): [red: number, green: number, blue: number] {
  return [10 * x, 16 * y, 255 - 8 * x];
}

function assertPixels(
  { data, width, height }: RgbaImage,
  colour: (x: number, y: number) => readonly number[],
  tolerance: number,
): void {
  assertEquals(data.length, 4 * width * height);
  for (let i = 0; i < width * height; i++) {
    assertEquals(data[4 * i + 3], 255);
    for (const [c, value] of colour(i % width, Math.floor(i / width)).entries()) {
      assertLessOrEqual(Math.abs(data[4 * i + c] - value), tolerance, `pixel ${i}, channel ${c}`);
    }
  }
}

Deno.test("decodeJpeg decodes baseline with chroma subsampling and restart markers", async () => {
  const picture = await decodeJpeg(BASELINE);
  assertEquals([picture.width, picture.height], [24, 16]);
  assertPixels(picture, drawn, 12);
});

Deno.test("decodeJpeg decodes progressive", async () => {
  const picture = await decodeJpeg(PROGRESSIVE);
  assertEquals([picture.width, picture.height], [24, 16]);
  assertPixels(picture, drawn, 4);
});

Deno.test("decodeJpeg decodes grey", async () => {
  const picture = await decodeJpeg(GREY);
  assertPixels(picture, (x, y) => {
    const [red, green, blue] = drawn(x, y);
    return Array(3).fill(0.299 * red + 0.587 * green + 0.114 * blue);
  }, 3);
});

Deno.test("decodeJpeg applies the EXIF orientation", async () => {
  // Where the upright picture's pixel (x, y) is stored, 24 columns by 16 rows.
  const stored: Record<number, (x: number, y: number) => [x: number, y: number]> = {
    1: (x, y) => [x, y],
    2: (x, y) => [23 - x, y],
    3: (x, y) => [23 - x, 15 - y],
    4: (x, y) => [x, 15 - y],
    5: (x, y) => [y, x],
    6: (x, y) => [y, 15 - x],
    7: (x, y) => [23 - y, 15 - x],
    8: (x, y) => [23 - y, x],
  };
  for (const [orientation, place] of Object.entries(stored)) {
    const picture = await decodeJpeg(withOrientation(PROGRESSIVE, Number(orientation)));
    const isTurned = Number(orientation) > 4;
    assertEquals([picture.width, picture.height], isTurned ? [16, 24] : [24, 16]);
    assertPixels(picture, (x, y) => drawn(...place(x, y)), 4);
  }
});

/** Squares in CMYK, inverted as Adobe has it, and their red, green and blue. */
const INKS: readonly (readonly [cmyk: number[], rgb: number[]])[] = [
  [[255, 255, 255, 255], [255, 255, 255]],
  [[255, 255, 255, 0], [0, 0, 0]],
  [[255, 255, 255, 128], [128, 128, 128]],
  [[0, 255, 255, 255], [0, 255, 255]],
  [[255, 0, 255, 255], [255, 0, 255]],
  [[255, 255, 0, 255], [255, 255, 0]],
  [[200, 100, 50, 255], [200, 100, 50]],
];

/** JPEGs with four components, and the same picture in red, green and blue. */
const FOUR_COMPONENTS: Record<string, Uint8Array> = {
  CMYK: encodeSquares({ samples: INKS.map(([cmyk]) => cmyk), transform: 0 }),
  YCCK: encodeSquares({
    samples: INKS.map(([[...inks]]) => {
      // The inks themselves, not inverted, take the places of red, green and blue.
      const [cyan, magenta, yellow] = inks.map((ink) => 255 - ink);
      return [
        0.299 * cyan + 0.587 * magenta + 0.114 * yellow,
        128 - 0.168736 * cyan - 0.331264 * magenta + 0.5 * yellow,
        128 + 0.5 * cyan - 0.418688 * magenta - 0.081312 * yellow,
        inks[3],
      ].map((value) => Math.min(255, Math.round(value)));
    }),
    transform: 2,
  }),
};

for (const [name, file] of Object.entries(FOUR_COMPONENTS)) {
  Deno.test(`decodeJpeg decodes ${name} with the platform`, async () => {
    const picture = await decodeJpeg(file);
    assertEquals([picture.width, picture.height], [8 * INKS.length, 8]);
    assertPixels(picture, (x) => INKS[Math.floor(x / 8)][1], 3);
    await assertRejection(() => decodeJpeg(file, { maxPixels: 447 }), "image/too-large", "56×8");
  });
}

Deno.test("decodeJpeg names CMYK where the platform decodes nothing", async () => {
  const { createImageBitmap } = globalThis;
  Reflect.deleteProperty(globalThis, "createImageBitmap");
  try {
    await assertRejection(
      () => decodeJpeg(FOUR_COMPONENTS.CMYK),
      "image/unsupported",
      "the JPEG has 4 components, expected 1 (grey) or 3 (colour)",
    );
    assertEquals((await decodeJpeg(GREY)).width, 24);
  } finally {
    Object.assign(globalThis, { createImageBitmap });
  }
});

Deno.test("decodeJpeg decodes squares in three components as in four", async () => {
  const samples = INKS.map(([, rgb]) => rgb);
  const picture = await decodeJpeg(encodeSquares({ samples, transform: 0 }));
  assertPixels(picture, (x) => INKS[Math.floor(x / 8)][1], 1);
});

Deno.test("decodeJpeg skips extraneous bytes between segments and after the end", async () => {
  const expected = await decodeJpeg(PROGRESSIVE);
  const stray = Uint8Array.from([0xff, 0xd8, 1, 2, 3, ...PROGRESSIVE.subarray(2), 4, 5, 6]);
  assertEquals(await decodeJpeg(stray), expected);
});

Deno.test("decodeJpeg decodes several at once", async () => {
  const files = [BASELINE, GREY, PROGRESSIVE, BASELINE];
  const alone = [];
  for (const file of files) alone.push(await decodeJpeg(file));
  assertEquals(await Promise.all(files.map((file) => decodeJpeg(file))), alone);
});

Deno.test("decodeJpeg decodes a file after a damaged one", async () => {
  // A scan without its Huffman tables.
  const scan = segment(0xda, [1, 1, 0, 0, 63, 0]);
  const damaged = Uint8Array.from([0xff, 0xd8, ...frame(8, 8), ...scan, 7, 0xff, 0xd9]);
  await assertRejection(() => decodeJpeg(damaged), "image/unreadable", "damaged");
  assertPixels(await decodeJpeg(BASELINE), drawn, 12);
});

Deno.test("decodeJpeg checks the limits", async () => {
  const size = BASELINE.length;
  await assertRejection(() => decodeJpeg(BASELINE, { maxBytes: size - 1 }), "image/too-large");
  await assertRejection(
    () => decodeJpeg(BASELINE, { maxPixels: 24 * 16 - 1 }),
    "image/too-large",
    "24×16 pixels, expected at most 383",
  );
  await assertRejection(() => decodeJpeg(BASELINE, { maxPixels: 0 }), "option/invalid");
  await decodeJpeg(BASELINE, { maxBytes: size, maxPixels: 24 * 16 });
});
