import type { LeNetErrorCode } from "../../src/errors.ts";
import { decodeJpeg, readJpegFrame } from "../../src/image/decode/jpeg.ts";
import { assertError, assertRejection } from "../assert_error.ts";
import { BASELINE, frame, PROGRESSIVE, segment } from "../image/decode/jpeg_files.ts";
import { concat } from "../image/decode/png_encoder.ts";
import { assertRefused } from "./assert_refused.ts";
import { assertSurvives } from "./assert_survives.ts";

const MIB = 1024 * 1024;

const START = [0xff, 0xd8];

const END = [0xff, 0xd9];

const SCAN = segment(0xda, [1, 1, 0, 0, 63, 0]);

const MAX_PIXELS = 50_000_000;

const around = (...parts: ArrayLike<number>[]): Uint8Array => concat(START, ...parts, END);

/** Offset of the compressed data of a file. */
function firstScan(jpeg: Uint8Array): number {
  for (let at = 2;;) {
    const length = jpeg[at + 2] * 256 + jpeg[at + 3];
    at += 2 + length;
    if (jpeg[at - 2 - length + 1] === 0xda) return at;
  }
}

const FILES: Record<string, [LeNetErrorCode, message: string, Uint8Array]> = {
  "nothing at all": ["image/unreadable", "start marker", new Uint8Array()],
  "text": ["image/unreadable", "start marker", new TextEncoder().encode("This is no picture.")],
  "a start alone": ["image/unreadable", "ends at byte 3", Uint8Array.from([0xff, 0xd8, 0xff])],
  "a start and an end": ["image/unreadable", "holds no picture", around()],
  "a frame without a scan": ["image/unreadable", "holds no picture", around(frame(8, 8))],
  "a scan without a frame": ["image/unreadable", "holds no picture", around(SCAN)],
  "two frames": ["image/unreadable", "two frames", around(frame(8, 8), frame(9, 9), SCAN)],
  "no columns": ["image/unreadable", "0×8", around(frame(0, 8), SCAN)],
  "no rows": ["image/unreadable", "8×0", around(frame(8, 0), SCAN)],
  "the largest size there is": [
    "image/too-large",
    "65535×65535",
    around(frame(65535, 65535), SCAN),
  ],
  "a frame header of 5 bytes": [
    "image/unreadable",
    "5 bytes",
    around(segment(0xc0, [8, 0, 8, 0, 8]), SCAN),
  ],
  "a segment longer than the file": [
    "image/unreadable",
    "before its end marker",
    around([0xff, 0xe0, 0xff, 0xff]),
  ],
  "a segment of no length": [
    "image/unreadable",
    "before its end marker",
    around([0xff, 0xe0, 0, 0]),
  ],
  "101 scans": [
    "image/too-large",
    "100 scans",
    around(frame(7000, 7000, { marker: 0xc2 }), ...Array(101).fill(SCAN)),
  ],
};

for (const [name, [code, message, file]] of Object.entries(FILES)) {
  Deno.test(`readJpegFrame rejects a file with ${name}`, () => {
    assertError(() => readJpegFrame(file, MAX_PIXELS), code, message);
  });
}

/** Kinds of JPEG that only some platforms decode. Their data are damaged, so that none does. */
const RARE: Record<string, [message: string, frame: Uint8Array]> = {
  "12 bits": ["12 bits", frame(8, 8, { bits: 12 })],
  "arithmetic coding": ["0xc9", frame(8, 8, { marker: 0xc9 })],
  "lossless coding": ["0xc3", frame(8, 8, { marker: 0xc3 })],
  "two components": ["2 components", frame(8, 8, { components: 2 })],
  "CMYK": ["4 components", frame(8, 8, { components: 4 })],
};

for (const [name, [message, header]] of Object.entries(RARE)) {
  Deno.test(`decodeJpeg rejects a file with ${name} where the platform does, and names it`, async () => {
    const file = around(header, SCAN, [0]);
    await assertRejection(() => decodeJpeg(file), "image/unsupported", message);
    await assertRejection(() => decodeJpeg(file), "image/unsupported", "convert it to PNG");
    await assertRejection(() => decodeJpeg(file, { maxPixels: 63 }), "image/too-large", "8×8");
  });
}

/** A file of 32 MiB, filled with the same few bytes after the start of a valid one. */
function filled(...unit: number[]): Uint8Array {
  const file = new Uint8Array(32 * MIB);
  for (let at = 0; at < file.length; at++) file[at] = unit[at % unit.length];
  file.set(concat(START, frame(8, 8), SCAN));
  return file;
}

/** The file with another size in its frame header. */
function resized(jpeg: Uint8Array, width: number, height: number): Uint8Array {
  const at = jpeg.findIndex((byte, i) => byte === 0xff && [0xc0, 0xc2].includes(jpeg[i + 1]));
  const copy = jpeg.slice();
  copy.set([height >> 8, height & 255, width >> 8, width & 255], at + 5);
  return copy;
}

const COSTLY: Record<string, [LeNetErrorCode, message: string, () => Uint8Array]> = {
  ...Object.fromEntries(
    Object.entries(FILES).map((
      [name, [code, message, file]],
    ) => [name, [code, message, () => file]]),
  ),
  "49 million pixels and no data": [
    "image/unreadable",
    "more than its 0 bytes of data can hold",
    () => around(frame(7000, 7000), SCAN),
  ],
  "49 million pixels in the data of 384": [
    "image/unreadable",
    "can hold",
    () => resized(BASELINE, 7000, 7000),
  ],
  "49 million progressive pixels in the data of 384": [
    "image/unreadable",
    "can hold",
    () => resized(PROGRESSIVE, 7000, 7000),
  ],
  "32 MiB of fill bytes": ["image/unreadable", "before its end marker", () => filled(0xff)],
  "32 MiB of stuffed zeros": ["image/unreadable", "before its end marker", () => filled(0xff, 0)],
  "32 MiB of restarts": ["image/unreadable", "before its end marker", () => filled(0xff, 0xd0)],
  "32 MiB of empty segments": [
    "image/too-large",
    "100000 segments",
    () => filled(0xff, 0xe0, 0, 2),
  ],
  "33 MiB": ["image/too-large", "bytes, expected at most", () => new Uint8Array(33 * MIB)],
};

for (const [name, [code, message, file]] of Object.entries(COSTLY)) {
  Deno.test(`decodeJpeg rejects a file with ${name} within 100 ms and 64 MiB`, async () => {
    const jpeg = file();
    await assertRefused(() => decodeJpeg(jpeg), code, message);
  });
}

Deno.test("decodeJpeg rejects a file that is truncated anywhere", async () => {
  for (const file of [BASELINE, PROGRESSIVE]) {
    for (let size = 0; size < file.length; size++) {
      await assertRejection(() => decodeJpeg(file.slice(0, size)), "image/unreadable");
    }
  }
});

Deno.test("decodeJpeg rejects truncated data before a valid end marker", async () => {
  const data = firstScan(BASELINE);
  for (let size = data; size < BASELINE.length - 20; size += 40) {
    const cut = concat(BASELINE.subarray(0, size), END);
    await assertRejection(() => decodeJpeg(cut), "image/unreadable", "the JPEG");
  }
});

Deno.test("decodeJpeg rejects a picture with the data of a smaller one", async () => {
  for (const file of [BASELINE, PROGRESSIVE]) {
    for (const [width, height] of [[24, 32], [48, 16], [200, 200]]) {
      const larger = resized(file, width, height);
      await assertRejection(() => decodeJpeg(larger), "image/unreadable", "damaged");
    }
  }
});

Deno.test("decodeJpeg returns pixels or throws a LeNetError, whichever bytes are changed", async () => {
  await assertSurvives(decodeJpeg, [BASELINE, PROGRESSIVE], 300);
});
