import { assertEquals } from "@std/assert";
import { decodeBmp } from "../../../src/image/decode/bmp.ts";
import type { RgbaImage } from "../../../src/image/image.ts";
import { assertError } from "../../assert_error.ts";
import { type BmpSource, encodeBmp, packRows } from "./bmp_encoder.ts";

/** The pixels of a picture, row by row. */
function pixels({ data, width, height }: RgbaImage): string[] {
  assertEquals(data.length, 4 * width * height);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const at = 4 * (y * width + x);
      return Array.from(data.subarray(at, at + 4)).join(" ");
    }).join(", "));
}

const BLACK: [number, number, number] = [0, 0, 0];

const RED: [number, number, number] = [255, 0, 0];

const GREEN: [number, number, number] = [0, 128, 0];

const BLUE: [number, number, number] = [0, 0, 255];

const PALETTE = [BLACK, RED, GREEN, BLUE];

/** Palette indices, top row first. */
const ROWS = [[0, 1, 2, 3, 1], [3, 2, 1, 0, 2], [1, 1, 1, 0, 3]];

const SHOWN = ROWS.map((row) => row.map((index) => `${PALETTE[index].join(" ")} 255`).join(", "));

const upwards = <T>(rows: readonly T[]): T[] => [...rows].reverse();

Deno.test("decodeBmp decodes palette colours of 4 and 8 bits with headers of every length", () => {
  for (const header of [12, 40, 52, 56, 64, 108, 124]) {
    for (const depth of [4, 8]) {
      // The oldest header has no number of colours.
      const palette = header === 12 ? [...PALETTE, ...Array(2 ** depth - 4).fill(BLACK)] : PALETTE;
      const data = packRows(upwards(ROWS), depth);
      const file = encodeBmp({ width: 5, height: 3, depth, data, header, palette });
      assertEquals(pixels(decodeBmp(file)), SHOWN, `${header}, ${depth}`);
    }
  }
});

Deno.test("decodeBmp decodes 1 bit, in rows longer than one word", () => {
  const row = Array.from({ length: 37 }, (_, x) => x * x % 3 === 1 ? 1 : 0);
  const data = packRows([row], 1);
  const file = encodeBmp({ width: 37, height: 1, depth: 1, data, palette: [GREEN, RED] });
  const expected = row.map((index) => index ? "255 0 0 255" : "0 128 0 255");
  assertEquals(pixels(decodeBmp(file)), [expected.join(", ")]);
});

Deno.test("decodeBmp decodes top-down rows", () => {
  const data = packRows(ROWS, 8);
  const file = encodeBmp({ width: 5, height: -3, depth: 8, data, palette: PALETTE });
  assertEquals(pixels(decodeBmp(file)), SHOWN);
});

Deno.test("decodeBmp decodes 16, 24 and 32 bits without masks", () => {
  const values: Record<number, (colour: readonly number[]) => number> = {
    16: ([red, green, blue]) => red >> 3 << 10 | green >> 3 << 5 | blue >> 3,
    24: ([red, green, blue]) => red << 16 | green << 8 | blue,
    // The fourth byte is not alpha without a mask.
    32: ([red, green, blue]) => 77 * 2 ** 24 + (red << 16 | green << 8 | blue),
  };
  for (const depth of [16, 24, 32]) {
    const rows = ROWS.map((row) => row.map((index) => values[depth](PALETTE[index])));
    const file = encodeBmp({ width: 5, height: 3, depth, data: packRows(upwards(rows), depth) });
    // Five bits of green are 16 of 31.
    const shown = depth === 16 ? SHOWN.map((row) => row.replaceAll("128", "132")) : SHOWN;
    assertEquals(pixels(decodeBmp(file)), shown, `${depth}`);
  }
});

Deno.test("decodeBmp decodes masks of any position and length", () => {
  const one = (depth: number, value: number, masks: number[], header: number): string => {
    const compression = header === 40 && masks.length > 3 ? 6 : 3;
    const data = packRows([[value]], depth);
    const source = { width: 1, height: 1, depth, data, masks, header, compression };
    return pixels(decodeBmp(encodeBmp(source)))[0];
  };
  for (const header of [40, 56, 108, 124]) {
    assertEquals(one(16, 0xffe0, [0xf800, 0x07e0, 0x001f], header), "255 255 0 255");
    assertEquals(one(16, 0x8f3c, [0x0f00, 0x00f0, 0x000f, 0xf000], header), "255 51 204 136");
    assertEquals(
      one(32, 0x40302010, [0xff, 0xff00, 0xff0000, 0xff000000], header),
      "16 32 48 64",
    );
    // Of ten bits the highest eight are used.
    const ten = [0x3ff00000, 0xffc00, 0x3ff];
    assertEquals(one(32, 0x3fc00001 + (0x200 << 10), ten, header), "255 128 0 255");
    assertEquals(one(32, 0xff, [0xff, 0, 0], header), "255 0 0 255");
  }
  assertEquals(one(32, 0x00102030, [0xff0000, 0xff00, 0xff], 52), "16 32 48 255");
});

Deno.test("decodeBmp takes a picture whose alpha is 0 everywhere as opaque", () => {
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  const alphas = (first: number): number[] => {
    const data = packRows([[first, 0x00445566]], 32);
    const source = { width: 2, height: 1, depth: 32, data, masks, header: 124, compression: 3 };
    return Array.from(decodeBmp(encodeBmp(source)).data).filter((_, i) => i % 4 === 3);
  };
  assertEquals(alphas(0x00112233), [255, 255]);
  assertEquals(alphas(0x01112233), [1, 0]);
});

Deno.test("decodeBmp decodes run lengths of 8 and 4 bits", () => {
  const source = { width: 5, height: 3, palette: PALETTE };
  const data8 = encodeBmp({
    ...source,
    depth: 8,
    compression: 1,
    data: [
      // Bottom-up: a colour three times, a jump, a colour once, and the end of the row.
      ...[3, 1, 0, 2, 1, 0, 1, 3, 0, 0],
      // A list of five, padded to six.
      ...[0, 5, 3, 2, 1, 0, 2, 0, 0, 0],
      // A run beyond the end of the row, as some encoders write it.
      ...[0, 2, 1, 0, 1, 1, 4, 2, 0, 1],
    ],
  });
  const [top, middle, bottom] = pixels(decodeBmp(data8));
  assertEquals(middle, SHOWN[1]);
  assertEquals(bottom, `${"255 0 0 255, ".repeat(3)}0 0 0 0, 0 0 255 255`);
  assertEquals(top, "0 0 0 0, 255 0 0 255, 0 128 0 255, 0 128 0 255, 0 128 0 255");
  const runs4 = [3, 0x11, 1, 0, 1, 0x30, 0, 0, 0, 5, 0x32, 0x10, 0x20, 0, 0, 0, 5, 0x01, 0, 1];
  const data4 = encodeBmp({ ...source, depth: 4, compression: 2, data: runs4 });
  assertEquals(pixels(decodeBmp(data4)), [
    "0 0 0 255, 255 0 0 255, 0 0 0 255, 255 0 0 255, 0 0 0 255",
    SHOWN[1],
    SHOWN[2],
  ]);
});

Deno.test("decodeBmp skips bytes between header and pixels, and after the pixels", () => {
  const data = packRows(upwards(ROWS), 8);
  const file = encodeBmp({ width: 5, height: 3, depth: 8, data, palette: PALETTE });
  const start = file.length - data.length;
  const longer = Uint8Array.from([...file.subarray(0, start), 9, 9, 9, 9, ...data, 1, 2, 3]);
  longer[10] += 4;
  assertEquals(pixels(decodeBmp(longer)), SHOWN);
});

Deno.test("decodeBmp checks the limits", () => {
  const source: BmpSource = { width: 2, height: 2, depth: 24, data: Array(16).fill(7) };
  const file = encodeBmp(source);
  const maxBytes = file.length;
  assertError(() => decodeBmp(file, { maxBytes: maxBytes - 1 }), "image/too-large", "bytes");
  assertError(() => decodeBmp(file, { maxPixels: 3 }), "image/too-large", "2×2 pixels");
  assertError(() => decodeBmp(file, { maxPixels: NaN }), "option/invalid", "maxPixels is NaN");
  decodeBmp(file, { maxBytes, maxPixels: 4 });
});
