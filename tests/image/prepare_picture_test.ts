import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DigitImage } from "../../src/image/image.ts";
import type { Pixels } from "../../src/image/image.ts";
import { preparePicture, resizePicture } from "../../src/image/prepare_picture.ts";
import { Random } from "../../src/model/random.ts";
import { assertRejection } from "../assert_error.ts";
import { GREY, PROGRESSIVE } from "./decode/jpeg_files.ts";
import { encodePng } from "./decode/png_encoder.ts";

const COLOUR = [3, 32, 32] as const;

const ONE_CHANNEL = [1, 28, 28] as const;

const random = new Random(5);

/** Random bytes. */
const noise = (length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, () => random.integer(256));

function unitOf(bytes: Uint8Array): Float32Array {
  const unit = new Float32Array(bytes);
  for (let i = 0; i < unit.length; i++) unit[i] /= 255;
  return unit;
}

function grey(data: readonly number[], width: number): Pixels {
  return { data: new Float32Array(data), width, height: data.length / width, channels: 1 };
}

function assertClose(found: Float32Array, expected: readonly number[]): void {
  assertEquals(found.length, expected.length);
  found.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-6));
}

/** The means of areas, computed by splitting each old pixel so that new ones consist of whole parts. */
function meansOfAreas({ data, width, height }: Pixels, newWidth: number, newHeight: number) {
  return Array.from({ length: newWidth * newHeight }, (_, i) => {
    const left = i % newWidth * width;
    const top = Math.floor(i / newWidth) * height;
    let sum = 0;
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) {
        sum += data[Math.floor(y / newHeight) * width + Math.floor(x / newWidth)];
      }
    }
    return sum / (width * height);
  });
}

Deno.test("preparePicture keeps the values of a CIFAR-10 record exactly, in RGB, RGBA and PNG", async () => {
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

Deno.test("preparePicture keeps the values of 28×28 pixels exactly, light or dark", async () => {
  for (const border of [0, 255]) {
    const pixels = noise(784).fill(border, 0, 300);
    const png = encodePng({ width: 28, height: 28, colourType: 0, depth: 8, samples: pixels });
    for (const form of [pixels, png, { data: pixels, width: 28, height: 28 }]) {
      assertEquals(await preparePicture(form, ONE_CHANNEL), unitOf(pixels));
    }
  }
});

Deno.test("preparePicture makes a picture light on dark for a network of one channel", async () => {
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

Deno.test("preparePicture resizes the whole picture, of any aspect ratio", async () => {
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

Deno.test("preparePicture accepts a grey file for a network of three channels", async () => {
  const image = await preparePicture(GREY, COLOUR);
  assertEquals(image.subarray(0, 1024), image.subarray(1024, 2048));
  assertEquals(image.subarray(0, 1024), image.subarray(2048));
});

Deno.test("preparePicture rejects bare pixels of one channel for a network of three", async () => {
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

Deno.test("preparePicture rejects other values and pictures above the limits", async () => {
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

Deno.test("resizePicture reduces to the mean of the area of each pixel", () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 0, max: 20 }),
  );
  fc.assert(fc.property(sizes, fc.infiniteStream(fc.nat({ max: 255 })), (sizes, stream) => {
    const [newWidth, newHeight, more, higher] = sizes;
    const [width, height] = [newWidth + more, newHeight + higher];
    const picture = grey([...stream.take(width * height)].map((value) => value / 255), width);
    assertClose(
      resizePicture(picture, [1, newHeight, newWidth]),
      meansOfAreas(picture, newWidth, newHeight),
    );
  }));
});

Deno.test("resizePicture enlarges as PyTorch's bilinear interpolation does", () => {
  // interpolate([[0, 4, 1], [8, 2, 6]] / 8, size=(3, 5), mode="bilinear", align_corners=False)
  const expected = [0, 1.6, 4, 2.2, 1, 4, 3.6, 3, 3.3, 3.5, 8, 5.6, 2, 4.4, 6];
  assertClose(
    resizePicture(grey([0, 4, 1, 8, 2, 6].map((value) => value / 8), 3), [1, 3, 5]),
    expected.map((value) => value / 8),
  );
});

Deno.test("resizePicture keeps bytes of the right size exactly, in grey, RGB and brightness", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const unit = new Float32Array(bytes);
  for (let i = 0; i < unit.length; i++) unit[i] /= 255;
  const size = { width: 32, height: 8 };
  assertEquals(resizePicture({ data: bytes, ...size, channels: 1 }, [1, 8, 32]), unit);
  const rgba = Uint8Array.from({ length: 1024 }, (_, i) => i % 4 === 3 ? 255 : i >> 2);
  assertEquals(resizePicture({ data: rgba, ...size, channels: 4 }, [1, 8, 32]), unit);
  assertEquals(
    resizePicture({ data: rgba, ...size, channels: 4 }, [3, 8, 32]),
    Float32Array.from([...unit, ...unit, ...unit]),
  );
});

Deno.test("resizePicture returns planes of channels, and weights brightness by Rec. 601", () => {
  const data = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255);
  const picture: Pixels = { data, width: 3, height: 1, channels: 4 };
  assertEquals([...resizePicture(picture, [3, 1, 3])], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const luma = resizePicture(picture, [1, 1, 3]);
  [0.299, 0.587, 0.114].forEach((weight, i) => assertAlmostEquals(luma[i], weight, 0.002));
});

Deno.test("resizePicture composites transparent pixels over white", () => {
  const data = Uint8Array.of(0, 0, 0, 0, 200, 100, 0, 51);
  const picture: Pixels = { data, width: 2, height: 1, channels: 4 };
  const [red, green, blue] = [200, 100, 0].map((value) => 0.2 * value / 255 + 0.8);
  assertClose(resizePicture(picture, [3, 1, 2]), [1, red, 1, green, 1, blue]);
  const floats: Pixels = {
    ...picture,
    data: Float32Array.from(data, (value) => value / 255),
  };
  assertClose(resizePicture(floats, [3, 1, 2]), [1, red, 1, green, 1, blue]);
  assertClose(resizePicture(picture, [3, 1, 1]), [red, green, blue].map((v) => (1 + v) / 2));
});
