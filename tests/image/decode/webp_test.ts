import { assertEquals, assertLessOrEqual } from "@std/assert";
import { decodeWebp } from "../../../src/image/decode/webp.ts";
import type { RgbaImage } from "../../../src/image/image.ts";
import { assertRejection } from "../../assert_error.ts";
import { orientationNotes } from "./jpeg_files.ts";
import {
  ANIMATED,
  chunk,
  extended,
  LOSSLESS,
  LOSSLESS_ALPHA,
  LOSSY,
  LOSSY_ALPHA,
  riff,
} from "./webp_files.ts";

/** The colour of the drawing in every column and row. */
const drawn = (x: number, y: number): number[] => [10 * x, 16 * y, 255 - 8 * x, 255];

/** The same, less opaque from left to right. */
const fading = (x: number, y: number): number[] => [10 * x, 16 * y, 255 - 8 * x, 255 - 10 * x];

function assertPixels(
  { data, width, height }: RgbaImage,
  colour: (x: number, y: number) => readonly number[],
  tolerance: number,
): void {
  assertEquals(data.length, 4 * width * height);
  for (let i = 0; i < width * height; i++) {
    for (const [c, value] of colour(i % width, Math.floor(i / width)).entries()) {
      assertLessOrEqual(Math.abs(data[4 * i + c] - value), tolerance, `pixel ${i}, channel ${c}`);
    }
  }
}

/** The chunk of a picture in a file with no other chunk. */
const pictureOf = (webp: Uint8Array): Uint8Array => webp.subarray(12);

Deno.test("decodeWebp decodes lossless files, with and without alpha", async () => {
  for (const [file, colour] of [[LOSSLESS, drawn], [LOSSLESS_ALPHA, fading]] as const) {
    const picture = await decodeWebp(file);
    assertEquals([picture.width, picture.height], [24, 16]);
    assertPixels(picture, colour, 0);
  }
});

Deno.test("decodeWebp decodes lossy files, with and without alpha", async () => {
  for (const [file, colour] of [[LOSSY, drawn], [LOSSY_ALPHA, fading]] as const) {
    const picture = await decodeWebp(file);
    assertEquals([picture.width, picture.height], [24, 16]);
    assertPixels(picture, colour, 32);
  }
});

Deno.test("decodeWebp decodes the first frame of an animation, on a transparent canvas", async () => {
  const picture = await decodeWebp(ANIMATED);
  assertEquals([picture.width, picture.height], [24, 16]);
  assertPixels(picture, (x, y) => {
    const isInside = x >= 4 && x < 12 && y >= 2 && y < 8;
    return isInside ? drawn(x - 4, y - 2) : [0, 0, 0, 0];
  }, 0);
});

Deno.test("decodeWebp applies the EXIF orientation", async () => {
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
  const name = new TextEncoder().encode("Exif\0\0");
  for (const [orientation, place] of Object.entries(stored)) {
    for (const littleEnd of [false, true]) {
      const notes = orientationNotes(Number(orientation), littleEnd);
      const exif = chunk("EXIF", littleEnd ? [...name, ...notes] : notes);
      const file = riff(extended(24, 16, 0x08), pictureOf(LOSSLESS), exif);
      const picture = await decodeWebp(file);
      const isTurned = Number(orientation) > 4;
      assertEquals([picture.width, picture.height], isTurned ? [16, 24] : [24, 16]);
      assertPixels(picture, (x, y) => drawn(...place(x, y)), 0);
    }
  }
});

Deno.test("decodeWebp ignores damaged EXIF", async () => {
  const expected = await decodeWebp(LOSSLESS);
  const notes = orientationNotes(6);
  const damaged = [
    ...Array.from(notes.keys(), (size) => notes.slice(0, size)).slice(0, 22),
    notes.with(19, 9),
    notes.with(19, 0),
    notes.with(13, 4),
    notes.with(4, 255),
    notes.with(8, 255).with(11, 19),
  ];
  for (const exif of damaged) {
    const file = riff(extended(24, 16), pictureOf(LOSSLESS), chunk("EXIF", exif));
    assertEquals(await decodeWebp(file), expected);
  }
});

Deno.test("decodeWebp skips colour profiles, unknown chunks, and bytes after the end", async () => {
  const expected = await decodeWebp(LOSSLESS);
  const file = riff(
    extended(24, 16, 0x20),
    chunk("ICCP", [1, 2, 3]),
    chunk("what", []),
    pictureOf(LOSSLESS),
    chunk("XMP ", [60]),
  );
  assertEquals(await decodeWebp(Uint8Array.from([...file, 1, 2, 3])), expected);
});

Deno.test("decodeWebp decodes several files at once, and after a damaged one", async () => {
  const files = [LOSSY, LOSSLESS, ANIMATED, LOSSY];
  const alone = [];
  for (const file of files) alone.push(await decodeWebp(file));
  const damaged = riff(chunk("VP8L", [...LOSSLESS.slice(20, 25), 1, 2, 3, 4, 5]));
  await assertRejection(() => decodeWebp(damaged), "image/unreadable", "damaged");
  assertEquals(await Promise.all(files.map((file) => decodeWebp(file))), alone);
});

Deno.test("decodeWebp checks the limits", async () => {
  const size = LOSSY.length;
  await assertRejection(() => decodeWebp(LOSSY, { maxBytes: size - 1 }), "image/too-large");
  await assertRejection(
    () => decodeWebp(LOSSY, { maxPixels: 24 * 16 - 1 }),
    "image/too-large",
    "24×16 pixels, expected at most 383",
  );
  // The limit applies to the canvas, not to the frame.
  await assertRejection(() => decodeWebp(ANIMATED, { maxPixels: 48 }), "image/too-large", "24×16");
  await assertRejection(() => decodeWebp(LOSSY, { maxPixels: -1 }), "option/invalid");
  await decodeWebp(LOSSY, { maxBytes: size, maxPixels: 24 * 16 });
});
