import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { deflateSync } from "node:zlib";
import { LeNetError, type LeNetErrorCode } from "../../src/errors.ts";
import { decodePng } from "../../src/image/decode/png.ts";
import { assertRejection } from "../assert_error.ts";
import {
  chunk,
  concat,
  encodePng,
  ihdr,
  pngAround,
  SIGNATURE,
} from "../image/decode/png_encoder.ts";
import { assertRefused } from "./assert_refused.ts";

const MIB = 1024 * 1024;

/** A valid file with every chunk that the pixels depend on. */
const SOUND = encodePng({
  width: 5,
  height: 3,
  colourType: 3,
  depth: 2,
  palette: [0, 0, 0, 255, 255, 255, 9, 9, 9, 7, 7, 7],
  transparency: [255, 0],
  samples: [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2],
  idatBytes: 9,
});

/** Rows of zeros before compression: each begins with its filter. */
const zeros = (bytes: number): Uint8Array => deflateSync(new Uint8Array(bytes), { level: 9 });

const BOMB = zeros(128 * MIB);

const one = (header: ArrayLike<number>, compressed: ArrayLike<number> = zeros(2)): Uint8Array =>
  pngAround(header, compressed);

function changed(png: Uint8Array, at: number, value: number): Uint8Array {
  const copy = png.slice();
  copy[at] = value;
  return copy;
}

/** 32 MiB of valid chunks that have little or no effect. */
function manyChunks(type: string, data: readonly number[]): Uint8Array {
  const small = chunk(type, data);
  const png = new Uint8Array(32 * MIB);
  png.set(concat(SIGNATURE, ihdr(1, 1)));
  for (let at = 33; at + small.length <= png.length; at += small.length) png.set(small, at);
  return png;
}

const FILES: Record<string, [LeNetErrorCode, message: string, file: () => Uint8Array]> = {
  "nothing at all": ["image/unreadable", "signature", () => new Uint8Array()],
  "eight bytes": ["image/unreadable", "ends at byte 8", () => Uint8Array.from(SIGNATURE)],
  "text": ["image/unreadable", "signature", () => new TextEncoder().encode("This is no picture.")],
  "60,000 × 60,000 pixels": [
    "image/too-large",
    "60000×60000",
    () => one(ihdr(60000, 60000, 1)),
  ],
  "the largest size there is": [
    "image/too-large",
    "2147483647×2147483647",
    () => one(ihdr(0x7fffffff, 0x7fffffff, 16, 6)),
  ],
  "a size above the largest": ["image/unreadable", "4294967295", () => one(ihdr(0xffffffff, 1))],
  "no columns": ["image/unreadable", "0×1", () => one(ihdr(0, 1))],
  "no rows": ["image/unreadable", "1×0", () => one(ihdr(1, 0))],
  "49 million pixels in ten bytes": [
    "image/unreadable",
    "can hold",
    () => one(ihdr(7000, 7000, 16, 6)),
  ],
  "49 million interlaced pixels in ten bytes": [
    "image/unreadable",
    "can hold",
    () => one(ihdr(7000, 7000, 8, 6, 1)),
  ],
  "a row of 50 million pixels in ten bytes": [
    "image/unreadable",
    "can hold",
    () => one(ihdr(50_000_000, 1, 16, 6)),
  ],
  "one pixel and 128 MiB of data": [
    "image/unreadable",
    "more data than its 1×1",
    () => one(ihdr(1, 1), BOMB),
  ],
  "one row more than promised": [
    "image/unreadable",
    "more data than its 4×4",
    () => one(ihdr(4, 4), zeros(25)),
  ],
  "one byte more than promised": [
    "image/unreadable",
    "more data than its 4×4",
    () => one(ihdr(4, 4), zeros(21)),
  ],
  "one byte less than promised": [
    "image/unreadable",
    "before its 4×4 pixels are complete",
    () => one(ihdr(4, 4), zeros(19)),
  ],
  "an interlaced picture that ends after six passes": [
    "image/unreadable",
    "before its 2×2 pixels are complete",
    () => one(ihdr(2, 2, 8, 0, 1), zeros(4)),
  ],
  "data that is not compressed": [
    "image/unreadable",
    "compressed data of the PNG is damaged",
    () => one(ihdr(4, 4), new Uint8Array(20).fill(77)),
  ],
  "compressed data with a hole": [
    "image/unreadable",
    "the PNG",
    () => {
      const noise = Uint8Array.from({ length: 101 * 100 }, (_, i) => i % 101 ? i * i % 251 : 0);
      const compressed = deflateSync(noise);
      return one(ihdr(100, 100), concat(compressed.subarray(0, 300), compressed.subarray(310)));
    },
  ],
  "a wrong checksum of the data": [
    "image/unreadable",
    "compressed data of the PNG is damaged",
    () => {
      const compressed = zeros(20);
      return one(ihdr(4, 4), changed(compressed, compressed.length - 1, 99));
    },
  ],
  "a filter that does not exist": [
    "image/unreadable",
    "filter 5",
    () => one(ihdr(1, 1), deflateSync(Uint8Array.from([5, 0]))),
  ],
  "a colour that the palette lacks": [
    "image/unreadable",
    "colour 2 of a palette of 2",
    () =>
      encodePng({
        width: 1,
        height: 1,
        colourType: 3,
        depth: 8,
        samples: [2],
        palette: [0, 0, 0, 1, 1, 1],
      }),
  ],
  "3 bits": ["image/unreadable", "colour type 0 with 3 bits", () => one(ihdr(1, 1, 3))],
  "RGB with 4 bits": ["image/unreadable", "colour type 2", () => one(ihdr(1, 1, 4, 2))],
  "colour type 5": ["image/unreadable", "colour type 5", () => one(ihdr(1, 1, 8, 5))],
  "interlace 2": ["image/unreadable", "interlace 2", () => one(ihdr(1, 1, 8, 0, 2))],
  "compression 1": [
    "image/unreadable",
    "compression 1",
    () => one(chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 1, 0, 0])),
  ],
  "a header of 12 bytes": [
    "image/unreadable",
    "12 bytes, expected 13",
    () => one(chunk("IHDR", Array(12).fill(1))),
  ],
  "no header": ["image/unreadable", "begins with chunk IDAT", () => one([])],
  "two headers": [
    "image/unreadable",
    "chunk IHDR at byte 33 of the PNG is out of place",
    () => one(concat(ihdr(1, 1), ihdr(1, 1))),
  ],
  "no data": [
    "image/unreadable",
    "no data in IDAT",
    () => concat(SIGNATURE, ihdr(1, 1), chunk("IEND")),
  ],
  "empty data": ["image/unreadable", "no data in IDAT", () => one(ihdr(1, 1), [])],
  "no end": [
    "image/unreadable",
    "before its IEND",
    () => concat(SIGNATURE, ihdr(1, 1), chunk("IDAT", zeros(2))),
  ],
  "data in two places": [
    "image/unreadable",
    "not consecutive",
    () => one(concat(ihdr(1, 1), chunk("IDAT", zeros(2)), chunk("tEXt"))),
  ],
  "no palette": ["image/unreadable", "lacks its palette", () => one(ihdr(1, 1, 8, 3))],
  "two palettes": [
    "image/unreadable",
    "PLTE at byte 48",
    () => one(concat(ihdr(1, 1, 8, 3), chunk("PLTE", [1, 2, 3]), chunk("PLTE", [1, 2, 3]))),
  ],
  "a palette after the data": [
    "image/unreadable",
    "PLTE at byte",
    () => one(concat(ihdr(1, 1, 8, 2), chunk("IDAT", zeros(4)), chunk("PLTE", [1, 2, 3]))),
  ],
  "a palette of 4 bytes": [
    "image/unreadable",
    "4 bytes, expected 3 to 768",
    () => one(concat(ihdr(1, 1, 8, 3), chunk("PLTE", [1, 2, 3, 4]))),
  ],
  "a palette of 257 colours": [
    "image/unreadable",
    "771 bytes, expected 3 to 768",
    () => one(concat(ihdr(1, 1, 8, 3), chunk("PLTE", new Uint8Array(771)))),
  ],
  "more transparency than palette": [
    "image/unreadable",
    "tRNS of the PNG has 2 bytes, expected 1",
    () => one(concat(ihdr(1, 1, 8, 3), chunk("PLTE", [1, 2, 3]), chunk("tRNS", [0, 0]))),
  ],
  "half a transparent colour": [
    "image/unreadable",
    "tRNS of the PNG has 2 bytes, expected 6",
    () => one(concat(ihdr(1, 1, 8, 2), chunk("tRNS", [0, 0]))),
  ],
  "a chunk longer than the file": [
    "image/unreadable",
    "IDAT at byte 33 claims 2147483647 bytes",
    () => concat(SIGNATURE, ihdr(1, 1), [127, 255, 255, 255, 73, 68, 65, 84], new Uint8Array(20)),
  ],
  "a chunk whose length wraps around": [
    "image/unreadable",
    "claims 4294967295 bytes",
    () => concat(SIGNATURE, ihdr(1, 1), [255, 255, 255, 255, 73, 68, 65, 84], new Uint8Array(20)),
  ],
  "a chunk without a name": [
    "image/unsupported",
    "0x00000000",
    () => one(concat(ihdr(1, 1), chunk("\0\0\0\0"))),
  ],
  "32 MiB of empty IDAT chunks": ["image/too-large", "100000 chunks", () => manyChunks("IDAT", [])],
  "32 MiB of one-byte IDAT chunks": [
    "image/too-large",
    "100000 chunks",
    () => manyChunks("IDAT", [120]),
  ],
  "32 MiB of empty text chunks": ["image/too-large", "100000 chunks", () => manyChunks("tEXt", [])],
  "32 MiB of data with a wrong CRC": [
    "image/unreadable",
    "CRC",
    () => {
      const png = one(ihdr(7000, 7000), new Uint8Array(31 * MIB));
      return changed(png, 1000, 1);
    },
  ],
  "33 MiB": ["image/too-large", "bytes, expected at most", () => new Uint8Array(33 * MIB)],
};

for (const [name, [code, message, file]] of Object.entries(FILES)) {
  Deno.test({
    name: `decodePng rejects a file with ${name} within 100 ms and 64 MiB`,
    sanitizeOps: true,
    sanitizeResources: true,
    async fn() {
      const png = file();
      await assertRefused(() => decodePng(png), code, message);
    },
  });
}

Deno.test("decodePng rejects a file that is truncated anywhere", async () => {
  await decodePng(SOUND);
  for (let size = 0; size < SOUND.length; size++) {
    await assertRejection(() => decodePng(SOUND.slice(0, size)), "image/unreadable");
  }
});

Deno.test("decodePng rejects a file with any byte changed", async () => {
  for (let at = 0; at < SOUND.length; at++) {
    await assertRejection(() => decodePng(changed(SOUND, at, SOUND[at] ^ 1)), "image/unreadable");
  }
});

Deno.test("decodePng returns pixels or throws a LeNetError for any mix of valid chunks", async () => {
  const chunks = [
    ihdr(2, 3, 8, 3),
    ihdr(3, 2, 2, 0),
    ihdr(1, 1, 8, 6, 1),
    chunk("PLTE", [1, 2, 3]),
    chunk("PLTE", Array(768).fill(9)),
    chunk("tRNS", [5]),
    chunk("tRNS", [0, 0]),
    chunk("IDAT", zeros(4)),
    chunk("IDAT", zeros(5)),
    chunk("IDAT", zeros(9)),
    chunk("IDAT", deflateSync(Uint8Array.from([1, 2, 3, 2, 4, 5, 3, 6, 255]))),
    chunk("tEXt", [65, 0, 66]),
    chunk("ABCD"),
  ];
  // Index, and whether and where a byte of it is changed under a correct CRC.
  const parts = fc.array(
    fc.tuple(fc.nat({ max: chunks.length - 1 }), fc.nat({ max: 60 }), fc.nat({ max: 255 })),
    { maxLength: 4 },
  );
  let decoded = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 2 }), parts, async (header, parts) => {
      const body = parts.map(([index, at, value]) => {
        const type = String.fromCharCode(...chunks[index].subarray(4, 8));
        const data = chunks[index].slice(8, -4);
        if (at < data.length) data[at] = value;
        return chunk(type, data);
      });
      try {
        const png = concat(SIGNATURE, chunks[header], ...body, chunk("IEND"));
        const { data, width, height } = await decodePng(png);
        assertEquals(data.length, 4 * width * height);
        decoded++;
      } catch (error) {
        if (!(error instanceof LeNetError)) throw error;
      }
    }),
    { numRuns: 1500, seed: 1 },
  );
  // Some files must stay valid, or only the first checks would be tested.
  assertLess(10, decoded);
});

Deno.test("decodePng leaves no rejection unhandled and no stream open", async () => {
  const unhandled: unknown[] = [];
  const listen = (event: PromiseRejectionEvent): void => void unhandled.push(event.reason);
  addEventListener("unhandledrejection", listen);
  try {
    for (const [code, , file] of Object.values(FILES)) {
      await decodePng(file()).catch((error) => assertEquals(error.code, code));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    removeEventListener("unhandledrejection", listen);
  }
  assertEquals(unhandled, []);
});

Deno.test("decodePng stops decompressing when there is too much data", async () => {
  const { DecompressionStream } = globalThis;
  let given = 0;
  let cancelled = false;
  globalThis.DecompressionStream = class {
    readonly writable = new WritableStream();
    readonly readable = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(++given)),
      cancel: () => void (cancelled = true),
    }, { highWaterMark: 0 });
  } as unknown as typeof DecompressionStream;
  try {
    await assertRejection(() => decodePng(one(ihdr(2, 2))), "image/unreadable", "more data");
  } finally {
    globalThis.DecompressionStream = DecompressionStream;
  }
  assertEquals([given, cancelled], [4, true]);
});
