import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { decodeJpeg } from "../../src/image/jpeg.ts";
import { readJpegHeader } from "../../src/image/jpeg_header.ts";
import { LeNetError, type LeNetErrorCode } from "../../src/model/error.ts";
import { assertError, assertRejection } from "../image/assert_error.ts";
import { BASELINE, frame, PROGRESSIVE, segment } from "../image/jpeg_files.ts";
import { concat } from "../image/png_encoder.ts";

const START = [0xff, 0xd8];
const END = [0xff, 0xd9];
const SCAN = segment(0xda, [1, 1, 0, 0, 63, 0]);
const MOST_PIXELS = 50_000_000;

const around = (...parts: ArrayLike<number>[]): Uint8Array => concat(START, ...parts, END);

/** Where the compressed data of a file begins. */
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
  "12 bits": ["image/unsupported", "12 bits", around(frame(8, 8, { bits: 12 }), SCAN)],
  "arithmetic coding": ["image/unsupported", "0xc9", around(frame(8, 8, { marker: 0xc9 }), SCAN)],
  "no loss": ["image/unsupported", "0xc3", around(frame(8, 8, { marker: 0xc3 }), SCAN)],
  "CMYK": ["image/unsupported", "4 components", around(frame(8, 8, { components: 4 }), SCAN)],
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
  Deno.test(`readJpegHeader refuses a file with ${name}`, () => {
    assertError(() => readJpegHeader(file, MOST_PIXELS), code, message);
  });
}

Deno.test("decodeJpeg refuses a file that is cut off anywhere", async () => {
  for (const file of [BASELINE, PROGRESSIVE]) {
    for (let size = 0; size < file.length; size++) {
      await assertRejection(() => decodeJpeg(file.slice(0, size)), "image/unreadable");
    }
  }
});

Deno.test("decodeJpeg refuses compressed data that ends too soon before a sound end", async () => {
  const data = firstScan(BASELINE);
  for (let size = data; size < BASELINE.length - 20; size += 40) {
    const cut = concat(BASELINE.subarray(0, size), END);
    await assertRejection(() => decodeJpeg(cut), "image/unreadable", "damaged");
  }
});

Deno.test("decodeJpeg refuses a sound frame around nothing, however large", async () => {
  for (const side of [8, 1000, 7000]) {
    const file = around(frame(side, side), SCAN);
    await assertRejection(() => decodeJpeg(file), "image/unreadable", "damaged");
  }
});

Deno.test("decodeJpeg gives pixels or a LeNetError, whichever bytes are changed", async () => {
  let decoded = 0;
  const changes = fc.array(
    fc.tuple(fc.nat({ max: BASELINE.length - 1 }), fc.nat({ max: 255 })),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(BASELINE, PROGRESSIVE), changes, async (file, changes) => {
      const changed = file.slice();
      for (const [at, value] of changes) changed[at % file.length] = value;
      try {
        const { data, width, height } = await decodeJpeg(changed, { maxPixels: 1_000_000 });
        assertEquals(data.length, 4 * width * height);
        decoded++;
      } catch (error) {
        if (!(error instanceof LeNetError)) throw error;
      }
    }),
    { numRuns: 300, seed: 1 },
  );
  // Some have to be sound, or nothing would be tested behind the first checks.
  assertLess(10, decoded);
});
