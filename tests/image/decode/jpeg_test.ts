import { assertEquals, assertLessOrEqual } from "@std/assert";
import { decodeJpeg } from "../../../src/image/decode/jpeg.ts";
import type { RgbaImage } from "../../../src/image/image.ts";
import { assertRejection } from "../../assert_error.ts";
import { BASELINE, frame, GREY, PROGRESSIVE, segment, withOrientation } from "./jpeg_files.ts";

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
