import type { LeNetErrorCode } from "../../src/errors.ts";
import { decodeWebp } from "../../src/image/decode/webp.ts";
import { assertRejection } from "../assert_error.ts";
import {
  ANIMATED,
  chunk,
  extended,
  LOSSLESS,
  lossless,
  LOSSLESS_ALPHA,
  LOSSY,
  lossy,
  LOSSY_ALPHA,
  riff,
  triple,
} from "../image/decode/webp_files.ts";
import { assertRefused } from "./assert_refused.ts";
import { assertSurvives } from "./assert_survives.ts";

const MIB = 1024 * 1024;

const PICTURE = LOSSLESS.subarray(12);

/** A frame of an animation that claims 24×16 pixels from column 2x and row 2y. */
const frame = (x: number, y: number, ...chunks: Uint8Array[]): Uint8Array =>
  chunk("ANMF", [
    ...triple(x),
    ...triple(y),
    ...triple(23),
    ...triple(15),
    ...triple(0),
    0,
    ...chunks.flatMap((part) => Array.from(part)),
  ]);

const FILES: Record<string, [LeNetErrorCode, message: string, file: () => Uint8Array]> = {
  "a start alone": ["image/unreadable", "ends at byte 12", () => LOSSLESS.slice(0, 12)],
  "no chunk": ["image/unreadable", "holds no picture", () => riff()],
  "less length than its start has": [
    "image/unreadable",
    "holds no picture",
    () => Uint8Array.from([...LOSSLESS.slice(0, 4), 0, 0, 0, 0, ...LOSSLESS.slice(8)]),
  ],
  "a length beyond the file": [
    "image/unreadable",
    "expected 4294967303",
    () => Uint8Array.from([...LOSSLESS.slice(0, 4), 255, 255, 255, 255, ...LOSSLESS.slice(8)]),
  ],
  "half a chunk header": [
    "image/unreadable",
    "longer than the file",
    () => riff([86, 80, 56]),
  ],
  "a chunk longer than the file": [
    "image/unreadable",
    "longer than the file",
    () => riff([...PICTURE.slice(0, 4), 255, 255, 255, 255, ...PICTURE.slice(8)]),
  ],
  "an unknown chunk alone": ["image/unreadable", "no picture", () => riff(chunk("what", [1, 2]))],
  "a header alone": ["image/unreadable", "no picture", () => riff(extended(24, 16))],
  "a header of nine bytes": [
    "image/unreadable",
    "too short",
    () => riff(chunk("VP8X", Array(9).fill(1)), PICTURE),
  ],
  "the largest canvas there is": [
    "image/too-large",
    "16777216×16777216",
    () => riff(extended(2 ** 24, 2 ** 24), PICTURE),
  ],
  "the largest lossless size": [
    "image/too-large",
    "16384×16384",
    () => riff(lossless(16384, 16384)),
  ],
  "the largest lossy size": ["image/too-large", "16383×16383", () => riff(lossy(16383, 16383))],
  "a large picture on a small canvas": [
    "image/too-large",
    "16384×16384",
    () => riff(extended(1, 1), lossless(16384, 16384)),
  ],
  "a picture that leaves its canvas": [
    "image/unreadable",
    "leaves its 23×16",
    () => riff(extended(23, 16), PICTURE),
  ],
  "a frame that leaves its canvas": [
    "image/unreadable",
    "leaves its 24×16",
    () => riff(extended(24, 16, 2), frame(1, 0, PICTURE)),
  ],
  "a frame of another size than its picture": [
    "image/unreadable",
    "9×9 pixels in a frame of 24×16",
    () => riff(extended(24, 16, 2), frame(0, 0, lossless(9, 9))),
  ],
  "a frame without a picture": [
    "image/unreadable",
    "without a picture",
    () => riff(extended(24, 16, 2), frame(0, 0)),
  ],
  "a frame of 15 bytes": [
    "image/unreadable",
    "too short",
    () => riff(extended(24, 16, 2), chunk("ANMF", Array(15).fill(0))),
  ],
  "a lossy picture without columns": ["image/unreadable", "0×8", () => riff(lossy(0, 8))],
  "a lossy picture without rows": ["image/unreadable", "8×0", () => riff(lossy(8, 0))],
  "a lossy picture of nine bytes": [
    "image/unreadable",
    "without a header",
    () => riff(chunk("VP8 ", LOSSY.slice(20, 29))),
  ],
  "a lossless picture of four bytes": [
    "image/unreadable",
    "without a header",
    () => riff(chunk("VP8L", LOSSLESS.slice(20, 24))),
  ],
  "a picture that needs the one before it": [
    "image/unreadable",
    "without a header",
    () => riff(chunk("VP8 ", [LOSSY[20] | 1, ...LOSSY.slice(21, -1)])),
  ],
  "a lossless picture of another version": [
    "image/unreadable",
    "without a header",
    () => riff(chunk("VP8L", [...LOSSLESS.slice(20, 24), LOSSLESS[24] | 0x20, 1, 2, 3])),
  ],
  "49 million lossless pixels and nothing else": [
    "image/unreadable",
    "damaged",
    () => riff(lossless(7000, 7000)),
  ],
  "49 million lossless pixels in noise": [
    "image/unreadable",
    "damaged",
    () => riff(lossless(7000, 7000, Array(40).fill(255))),
  ],
  "49 million lossy pixels in zeros": [
    "image/unreadable",
    "damaged",
    () => riff(lossy(7000, 7000, Array(40).fill(0))),
  ],
  "49 million lossy pixels in noise": [
    "image/unreadable",
    "damaged",
    () => riff(lossy(7000, 7000, Array(4000).fill(255))),
  ],
  "32 MiB of empty chunks": [
    "image/too-large",
    "100000 chunks",
    () => {
      const file = new Uint8Array(32 * MIB);
      file.set(riff(extended(1, 1)));
      new DataView(file.buffer).setUint32(4, file.length - 8, true);
      return file;
    },
  ],
  "33 MiB": ["image/too-large", "bytes, expected at most", () => new Uint8Array(33 * MIB)],
};

for (const [name, [code, message, file]] of Object.entries(FILES)) {
  Deno.test(`decodeWebp rejects a file with ${name} within 100 ms and 64 MiB`, async () => {
    const webp = file();
    await assertRefused(() => decodeWebp(webp), code, message);
  });
}

Deno.test("decodeWebp rejects a file that is truncated anywhere", async () => {
  for (const file of [LOSSLESS, LOSSLESS_ALPHA, LOSSY, LOSSY_ALPHA, ANIMATED]) {
    await decodeWebp(file);
    // A shorter file is not recognised as WebP.
    for (let size = 12; size < file.length; size++) {
      await assertRejection(() => decodeWebp(file.slice(0, size)), "image/unreadable", "ends at");
    }
  }
});

Deno.test("decodeWebp rejects truncated data in a valid file", async () => {
  for (const [file, most] of [[LOSSLESS, 40], [LOSSY, 145]] as const) {
    const name = String.fromCharCode(...file.subarray(12, 16));
    for (let size = 10; size < most; size += 5) {
      const cut = riff(chunk(name, file.subarray(20, 20 + size)));
      await assertRejection(() => decodeWebp(cut), "image/unreadable", "damaged");
    }
  }
});

Deno.test("decodeWebp returns pixels or throws a LeNetError, whichever bytes are changed", async () => {
  await assertSurvives(
    decodeWebp,
    [LOSSLESS, LOSSLESS_ALPHA, LOSSY, LOSSY_ALPHA, ANIMATED],
    400,
  );
});
