import type { LeNetErrorCode } from "../../src/errors.ts";
import { decodeBmp } from "../../src/image/decode/bmp.ts";
import { assertError } from "../assert_error.ts";
import { type BmpSource, encodeBmp, packRows } from "../image/decode/bmp_encoder.ts";
import { assertRefused } from "./assert_refused.ts";
import { assertSurvives } from "./assert_survives.ts";

const MIB = 1024 * 1024;

const GREYS = Array.from({ length: 16 }, (_, i) => [16 * i, 16 * i, 16 * i] as const);

/** Valid files of every kind. */
const SOUND: readonly Uint8Array[] = [
  { depth: 1, palette: GREYS.slice(0, 2) },
  { depth: 4, palette: GREYS },
  { depth: 8, palette: GREYS, header: 124 },
  { depth: 16 },
  { depth: 16, compression: 3, masks: [0xf800, 0x07e0, 0x001f] },
  { depth: 24 },
  { depth: 24, header: 12 },
  { depth: 32, compression: 3, masks: [255, 0xff00, 0xff0000, 0xff000000], header: 108 },
].map((source) => {
  const row = Array.from({ length: 5 }, (_, x) => x * 3 % 2 ** Math.min(source.depth, 4));
  return encodeBmp({
    width: 5,
    height: 3,
    data: packRows([row, row, row], source.depth),
    ...source,
  });
});

const RUNS = [4, 1, 1, 2, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0, 2, 1, 0, 3, 7, 0, 1];

const SOUND_RUNS = encodeBmp({
  width: 5,
  height: 3,
  depth: 8,
  compression: 1,
  palette: GREYS,
  data: RUNS,
});

const one = (source: Partial<BmpSource>): Uint8Array =>
  encodeBmp({ width: 1, height: 1, depth: 24, data: [1, 2, 3, 0], ...source });

const ofRuns = (...data: number[]): Uint8Array =>
  one({ width: 5, height: 3, depth: 8, compression: 1, palette: GREYS, data });

/** A file with a number of 32 bits changed. */
function changed(file: Uint8Array, at: number, value: number): Uint8Array {
  const copy = file.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

const FILES: Record<string, [LeNetErrorCode, message: string, file: () => Uint8Array]> = {
  "nothing at all": ["image/unreadable", "ends at byte 0", () => new Uint8Array()],
  "fourteen bytes": ["image/unreadable", "ends at byte 14", () => one({}).slice(0, 14)],
  "a header of no length": [
    "image/unsupported",
    "header of 0 bytes",
    () => changed(one({}), 14, 0),
  ],
  "a header longer than there is": [
    "image/unsupported",
    "header of 4294967295 bytes",
    () => changed(one({}), 14, 0xffffffff),
  ],
  "no columns": ["image/unreadable", "0×1", () => one({ width: 0 })],
  "no rows": ["image/unreadable", "1×0", () => one({ height: 0 })],
  "columns below 0": ["image/unreadable", "-5×1", () => one({ width: -5 })],
  "the largest size there is": [
    "image/too-large",
    "2147483647×2147483648",
    () => one({ width: 2 ** 31 - 1, height: -(2 ** 31) }),
  ],
  "49 million pixels in four bytes": [
    "image/unreadable",
    "before its pixels are complete",
    () => one({ width: 7000, height: 7000, depth: 1, palette: GREYS }),
  ],
  "49 million pixels in no run": [
    "image/unreadable",
    "end-of-bitmap",
    () => one({ width: 7000, height: 7000, depth: 8, compression: 1, palette: GREYS }),
  ],
  "no bits": ["image/unsupported", "0 bits", () => one({ depth: 0 })],
  "2 bits": ["image/unsupported", "2 bits", () => one({ depth: 2, palette: GREYS })],
  "64 bits": ["image/unsupported", "64 bits", () => one({ depth: 64 })],
  "a JPEG in it": ["image/unsupported", "compression 4", () => one({ compression: 4 })],
  "compression that does not exist": [
    "image/unsupported",
    "compression 77",
    () => one({ compression: 77 }),
  ],
  "run lengths of 24 bits": ["image/unsupported", "compression 1", () => one({ compression: 1 })],
  "run lengths of OS/2": [
    "image/unsupported",
    "compression 3",
    () => one({ compression: 3, header: 64, depth: 32 }),
  ],
  "run lengths and top-down rows": [
    "image/unreadable",
    "top-down",
    () => one({ height: -1, depth: 8, compression: 1, palette: GREYS }),
  ],
  "a mask with a gap": [
    "image/unreadable",
    "mask 0xf0f",
    () => one({ depth: 16, compression: 3, masks: [0xf0f, 0xf0, 0xf000] }),
  ],
  "masks that are cut off": [
    "image/unreadable",
    "ends at byte 60",
    () => one({ depth: 16, compression: 3, masks: [1, 2, 4] }).slice(0, 60),
  ],
  "an alpha mask beyond a short header and the file": [
    "image/unreadable",
    "ends at byte",
    () => one({ depth: 32, compression: 6, header: 52 }).slice(0, 66),
  ],
  "no palette": ["image/unreadable", "lacks its palette", () => one({ depth: 8 })],
  "a palette larger than the file": [
    "image/unreadable",
    "colour 3 of a palette of 1",
    () => one({ depth: 8, palette: GREYS.slice(0, 1), colours: 2 ** 32 - 1, data: [3, 0, 0, 0] }),
  ],
  "a colour that the palette lacks": [
    "image/unreadable",
    "colour 9 of a palette of 4",
    () => one({ depth: 4, palette: GREYS.slice(0, 4), data: [0x90, 0, 0, 0] }),
  ],
  "pixels in the header": [
    "image/unreadable",
    "begin at byte 20",
    () => changed(one({}), 10, 20),
  ],
  "pixels beyond the file": [
    "image/unreadable",
    "before its pixels are complete",
    () => changed(one({}), 10, 0xffffffff),
  ],
  "runs that do not end": ["image/unreadable", "end-of-bitmap", () => ofRuns(5, 1, 0, 0)],
  "a run that is cut off": ["image/unreadable", "end-of-bitmap", () => ofRuns(5, 1, 5)],
  "a list that is cut off": [
    "image/unreadable",
    "end-of-bitmap",
    () => ofRuns(0, 5, 1, 2, 3),
  ],
  "a jump that is cut off": ["image/unreadable", "end-of-bitmap", () => ofRuns(0, 2, 1)],
  "a run beyond its row": ["image/unreadable", "leaves the picture", () => ofRuns(9, 1, 0, 1)],
  "a list beyond its row": [
    "image/unreadable",
    "leaves the picture",
    () => ofRuns(5, 1, 0, 5, 1, 2, 3, 4, 5, 0, 0, 1),
  ],
  "a run after a jump beyond the picture": [
    "image/unreadable",
    "leaves the picture",
    () => ofRuns(0, 2, 0, 200, 1, 1, 0, 1),
  ],
  "a run in a row that is too many": [
    "image/unreadable",
    "leaves the picture",
    () => ofRuns(0, 0, 0, 0, 0, 0, 1, 1, 0, 1),
  ],
  "a run of a colour that the palette lacks": [
    "image/unreadable",
    "colour 16 of a palette of 16",
    () => ofRuns(1, 16, 0, 1),
  ],
  "32 MiB of ends of rows": [
    "image/unreadable",
    "end-of-bitmap",
    () => {
      const file = new Uint8Array(32 * MIB);
      file.set(ofRuns());
      return file;
    },
  ],
  "33 MiB": ["image/too-large", "bytes, expected at most", () => new Uint8Array(33 * MIB)],
};

for (const [name, [code, message, file]] of Object.entries(FILES)) {
  Deno.test(`decodeBmp rejects a file with ${name} within 100 ms and 64 MiB`, async () => {
    const bmp = file();
    await assertRefused(async () => await decodeBmp(bmp), code, message);
  });
}

Deno.test("decodeBmp rejects a file that is truncated anywhere", () => {
  for (const file of [...SOUND, SOUND_RUNS]) {
    decodeBmp(file);
    for (let size = 0; size < file.length; size++) {
      assertError(() => decodeBmp(file.slice(0, size)), "image/unreadable", "the BMP");
    }
  }
});

Deno.test("decodeBmp returns pixels or throws a LeNetError, whichever bytes are changed", async () => {
  await assertSurvives(decodeBmp, [...SOUND, SOUND_RUNS], 3000);
});
