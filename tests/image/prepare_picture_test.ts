import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { DigitImage } from "../../src/image/digit_image.ts";
import { preparePicture } from "../../src/image/prepare_picture.ts";
import { Random } from "../../src/model/random.ts";
import { assertRejection } from "./assert_error.ts";
import { GREY, PROGRESSIVE } from "./jpeg_files.ts";
import { encodePng } from "./png_encoder.ts";

const COLOUR = [3, 32, 32] as const;
const ONE_CHANNEL = [1, 28, 28] as const;

/** What is read of files; 784 bytes of any content, as a dataset has them. */
const random = new Random(5);
const noise = (length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, () => random.integer(256));

function unitOf(bytes: Uint8Array): Float32Array {
  const unit = new Float32Array(bytes);
  for (let i = 0; i < unit.length; i++) unit[i] /= 255;
  return unit;
}

Deno.test("preparePicture gives a record of CIFAR-10 back exactly, from RGB, RGBA and a PNG", async () => {
  const record = noise(3072);
  const size = { width: 32, height: 32 };
  const interleaved = (channels: number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(
      { length: channels * 1024 },
      (_, i) => i % channels === 3 ? 255 : record[i % channels * 1024 + Math.floor(i / channels)],
    );
  const rgb = interleaved(3);
  const forms: DigitImage[] = [
    { data: rgb, ...size },
    { data: unitOf(rgb) as Float32Array<ArrayBuffer>, ...size },
    { data: new Uint8ClampedArray(interleaved(4)), ...size },
    encodePng({ ...size, colourType: 2, depth: 8, samples: rgb }),
  ];
  for (const form of forms) assertEquals(await preparePicture(form, COLOUR), unitOf(record));
});

Deno.test("preparePicture gives 28×28 pixels back exactly, whatever their border", async () => {
  for (const border of [0, 255]) {
    const pixels = noise(784).fill(border, 0, 300);
    const png = encodePng({ width: 28, height: 28, colourType: 0, depth: 8, samples: pixels });
    for (const form of [pixels, png, { data: pixels, width: 28, height: 28 }]) {
      assertEquals(await preparePicture(form, ONE_CHANNEL), unitOf(pixels));
    }
  }
});

Deno.test("preparePicture gives its networks of one channel light on dark", async () => {
  const shirt = (background: number, cloth: number): DigitImage => ({
    data: Uint8Array.from(
      { length: 56 * 70 },
      (_, i) => i % 56 > 14 && i % 56 < 40 && i > 560 ? cloth : background,
    ),
    width: 56,
    height: 70,
  });
  const dark = await preparePicture(shirt(0, 200), ONE_CHANNEL);
  const light = await preparePicture(shirt(255, 55), ONE_CHANNEL);
  dark.forEach((value, i) => assertAlmostEquals(value, light[i], 1e-6));
  assertAlmostEquals(dark[0], 0, 1e-6);
  assertAlmostEquals(dark[14 * 28 + 14], 200 / 255, 1e-6);
});

Deno.test("preparePicture takes all of a picture, whatever its proportions", async () => {
  for (const jpeg of [PROGRESSIVE, new Blob([PROGRESSIVE]), new Response(PROGRESSIVE)]) {
    const image = await preparePicture(jpeg, COLOUR);
    assertEquals(image.length, 3072);
    for (const [x, y] of [[0, 0], [31, 0], [0, 31], [16, 16], [31, 31]]) {
      // The drawing has 24×16 pixels, its colours are straight lines across and down.
      const column = (x + 0.5) * 24 / 32 - 0.5;
      const row = (y + 0.5) * 16 / 32 - 0.5;
      const drawn = [10 * column, 16 * row, 255 - 8 * column];
      drawn.forEach((value, c) =>
        assertAlmostEquals(image[c * 1024 + y * 32 + x], value / 255, 9 / 255)
      );
    }
  }
});

Deno.test("preparePicture takes a grey file for a network of three channels", async () => {
  const image = await preparePicture(GREY, COLOUR);
  assertEquals(image.subarray(0, 1024), image.subarray(1024, 2048));
  assertEquals(image.subarray(0, 1024), image.subarray(2048));
});

Deno.test("preparePicture refuses bare pixels of one channel where three are wanted", async () => {
  const forms: DigitImage[] = [
    new Uint8Array(784),
    Array(784).fill(0),
    [[0, 1], [1, 0]],
    { data: new Float32Array(1024), width: 32, height: 32 },
  ];
  for (const form of forms) {
    await assertRejection(() => preparePicture(form, COLOUR), "image/invalid", "one channel");
  }
});

Deno.test("preparePicture refuses what is no picture, and keeps to the limits", async () => {
  const text = new TextEncoder().encode("This is no picture.");
  await assertRejection(() => preparePicture(text, COLOUR), "image/unsupported", "JPEG");
  const cut = PROGRESSIVE.slice(0, 300);
  await assertRejection(() => preparePicture(cut, COLOUR), "image/unreadable");
  await assertRejection(
    () => preparePicture(PROGRESSIVE, COLOUR, { maxPixels: 100 }),
    "image/too-large",
  );
  await assertRejection(
    () => preparePicture(new Blob([PROGRESSIVE]), COLOUR, { maxBytes: 100 }),
    "image/too-large",
  );
});
