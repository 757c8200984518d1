import type { LeNetErrorCode } from "../../src/errors.ts";
import { decodeGif } from "../../src/image/decode/gif.ts";
import { assertError } from "../assert_error.ts";
import {
  blocks,
  DRAWING,
  encodeGif,
  greys,
  INTERLACED,
  pack,
} from "../image/decode/gif_encoder.ts";
import { assertRefused } from "./assert_refused.ts";
import { assertSurvives } from "./assert_survives.ts";

const MIB = 1024 * 1024;

const PIXEL = { width: 1, height: 1, colours: [0], bits: 2 };

const FOUR = { width: 8, height: 8, palette: greys(4) };

/** A picture of 8×8 in four colours with these codes of three bits; 4 clears, 5 ends. */
const ofCodes = (...codes: [code: number, bits: number][]): Uint8Array =>
  encodeGif(FOUR, { width: 8, height: 8, colours: [], bits: 2, data: pack(codes) });

const ofSize = (width: number, height: number, data: ArrayLike<number> = [1]): Uint8Array =>
  encodeGif({ ...FOUR, width, height }, { width, height, colours: [], bits: 2, data });

/** A file of this many bytes, filled with the same few after a valid frame. */
function filled(size: number, ...unit: number[]): Uint8Array {
  const file = new Uint8Array(size);
  const start = encodeGif(FOUR, PIXEL);
  const rest = file.subarray(start.length - 1);
  for (let at = 0; at < rest.length; at++) rest[at] = unit[at % unit.length];
  file.set(start.subarray(0, -1));
  return file;
}

const sound = encodeGif(FOUR, { width: 8, height: 8, colours: new Uint8Array(64), bits: 2 });

/** Offset of the size of the frame: after the header and the palette. */
const DESCRIPTOR = 13 + 12 + 1;

const FILES: Record<string, [LeNetErrorCode, message: string, file: () => Uint8Array]> = {
  "nothing at all": ["image/unreadable", "ends at byte 0", () => new Uint8Array()],
  "six bytes": ["image/unreadable", "ends at byte 6", () => DRAWING.slice(0, 6)],
  "a palette that is cut off": ["image/unreadable", "ends at byte 20", () => DRAWING.slice(0, 20)],
  "no picture": ["image/unreadable", "holds no picture", () => encodeGif(FOUR)],
  "a comment alone": [
    "image/unreadable",
    "holds no picture",
    () => Uint8Array.from([...encodeGif(FOUR).slice(0, -1), 0x21, 0xfe, 1, 65, 0, 0x3b]),
  ],
  "no palette": [
    "image/unreadable",
    "lacks its palette",
    () => encodeGif({ width: 1, height: 1 }, { width: 1, height: 1, colours: [0], bits: 2 }),
  ],
  "no columns": ["image/unreadable", "0×8", () => ofSize(0, 8)],
  "no rows": ["image/unreadable", "8×0", () => ofSize(8, 0)],
  "the largest size there is": ["image/too-large", "65535×65535", () => ofSize(65535, 65535)],
  "a large screen around a small picture": [
    "image/too-large",
    "65535×65535",
    () =>
      encodeGif({ ...FOUR, width: 65535, height: 65535 }, {
        width: 1,
        height: 1,
        colours: [0],
        bits: 2,
      }),
  ],
  "a small picture far from a small screen": [
    "image/too-large",
    "60001×60001",
    () => encodeGif(FOUR, { width: 1, height: 1, left: 60000, top: 60000, colours: [0], bits: 2 }),
  ],
  "49 million pixels in one byte": ["image/unreadable", "can hold", () => ofSize(7000, 7000)],
  "a bomb that ends too soon": [
    "image/unreadable",
    "before its pixels are complete",
    () => ofSize(3000, 3000, new Uint8Array(10_000).fill(0)),
  ],
  "no data": ["image/unreadable", "before its pixels are complete", () => ofSize(8, 8, [])],
  "data that end too soon": [
    "image/unreadable",
    "before its pixels are complete",
    () => ofCodes([4, 3], [0, 3], [1, 3]),
  ],
  "an end before the last pixel": [
    "image/unreadable",
    "before its pixels are complete",
    () => ofCodes([4, 3], [0, 3], [5, 3], [0, 3], [0, 3]),
  ],
  "nothing but clear codes": [
    "image/unreadable",
    "before its pixels are complete",
    () => ofSize(8, 8, pack(Array(1_000_000).fill([4, 3]))),
  ],
  "a code that is not made yet": [
    "image/unreadable",
    "code 7",
    () => ofCodes([4, 3], [0, 3], [7, 3]),
  ],
  "a first code that is no colour": ["image/unreadable", "code 6", () => ofCodes([4, 3], [6, 3])],
  "a string that contains itself": [
    "image/unreadable",
    "code 7",
    () => ofCodes([4, 3], [0, 3], [7, 3], [0, 3], [7, 4], [7, 4], [0, 4], [0, 4], [0, 4]),
  ],
  "a colour that the palette lacks": [
    "image/unreadable",
    "colour 3 of a palette of 2",
    () =>
      encodeGif({ width: 1, height: 1, palette: greys(2) }, {
        width: 1,
        height: 1,
        colours: [3],
        bits: 2,
      }),
  ],
  "colours of 1 bit": ["image/unreadable", "1 bits", () => ofBits(1)],
  "colours of 9 bits": ["image/unreadable", "9 bits", () => ofBits(9)],
  "colours of 255 bits": ["image/unreadable", "255 bits", () => ofBits(255)],
  "an unknown block": [
    "image/unreadable",
    "block 0x55 at byte 25",
    () => Uint8Array.from([...encodeGif(FOUR).slice(0, -1), 0x55, 0x3b]),
  ],
  "32 MiB of one-byte blocks": [
    "image/unreadable",
    "before its trailer",
    () => {
      const file = filled(32 * MIB, 1, 1);
      // A comment up to the end.
      file.set([0x21, 0xfe], encodeGif(FOUR, PIXEL).length - 1);
      return file;
    },
  ],
  "32 MiB of zeros": ["image/too-large", "100000 blocks", () => filled(32 * MIB, 0)],
  "32 MiB of pictures": [
    "image/too-large",
    "100000 blocks",
    () => filled(32 * MIB, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 0),
  ],
  "33 MiB": ["image/too-large", "bytes, expected at most", () => new Uint8Array(33 * MIB)],
};

function ofBits(bits: number): Uint8Array {
  const file = sound.slice();
  file[DESCRIPTOR + 9] = bits;
  return file;
}

for (const [name, [code, message, file]] of Object.entries(FILES)) {
  Deno.test(`decodeGif rejects a file with ${name} within 100 ms and 64 MiB`, async () => {
    const gif = file();
    await assertRefused(async () => await decodeGif(gif), code, message);
  });
}

Deno.test("decodeGif rejects a file that is truncated anywhere", () => {
  const animation = encodeGif(
    FOUR,
    { width: 2, height: 1, colours: [0, 1], bits: 2, transparent: 1 },
    { width: 1, height: 1, colours: [2], bits: 2, palette: greys(4) },
  );
  for (const file of [DRAWING, INTERLACED, animation]) {
    decodeGif(file);
    for (let size = 0; size < file.length; size++) {
      assertError(() => decodeGif(file.slice(0, size)), "image/unreadable", "ends at byte");
    }
  }
});

Deno.test("decodeGif rejects truncated data before a valid trailer", () => {
  const data = DRAWING.length - 2 - 122;
  for (let size = 1; size < 120; size++) {
    const cut = [...DRAWING.subarray(0, data), ...blocks(DRAWING.slice(data + 1, data + size))];
    assertError(() => decodeGif(Uint8Array.from([...cut, 0x3b])), "image/unreadable", "the GIF");
  }
});

Deno.test("decodeGif returns pixels or throws a LeNetError, whichever bytes are changed", async () => {
  await assertSurvives(decodeGif, [sound, DRAWING, INTERLACED], 3000);
});
