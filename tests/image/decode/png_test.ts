import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { encode } from "fast-png";
import * as zlib from "node:zlib";
import { decodeGreyPng, decodePng } from "../../../src/image/decode/png.ts";
import { crc32 } from "../../../src/image/decode/png_file.ts";
import { toGrey } from "../../../src/image/ink/grey.ts";
import type { Pixels } from "../../../src/image/image.ts";
import { assertRejection } from "../../assert_error.ts";
import { chunk, concat, encodePng, type PngSource } from "./png_encoder.ts";
import { orientationNotes } from "./jpeg_files.ts";

const KINDS: readonly [PngSource["colourType"], PngSource["depth"][]][] = [
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
];

/** The sample of full brightness: less than the standard says in opaque pictures that would be black. */
function fullOf({ colourType, depth, samples, transparency = [] }: PngSource): number {
  const full = 2 ** depth - 1;
  const largest = Math.max(...Array.from(samples));
  if (depth < 8 || ![0, 2].includes(colourType) || transparency.length > 0 || largest === 0) {
    return full;
  }
  const smaller = depth === 8 ? [1] : [1, 16, 255, 4095];
  return smaller.find((value) => largest <= value) ?? full;
}

/** The RGBA of every pixel by the rules of the standard. */
function rgbaOf(source: PngSource): number[] {
  const { width, height, colourType, samples, palette = [], transparency = [] } = source;
  const full = fullOf(source);
  const byte = (sample: number): number => Math.round(sample * 255 / full);
  const key = transparency.flatMap((_, i) =>
    i % 2 === 0 ? [transparency[i] * 256 + transparency[i + 1]] : []
  );
  return Array.from({ length: width * height }, (_, i): number[] => {
    switch (colourType) {
      case 0: {
        const grey = byte(samples[i]);
        return [grey, grey, grey, samples[i] === key[0] ? 0 : 255];
      }
      case 2: {
        const colour = [samples[3 * i], samples[3 * i + 1], samples[3 * i + 2]];
        const isKey = colour.every((sample, c) => sample === key[c]);
        return [...colour.map(byte), isKey ? 0 : 255];
      }
      case 3: {
        const entry = samples[i];
        return [...palette.slice(3 * entry, 3 * entry + 3), transparency[entry] ?? 255];
      }
      case 4: {
        const grey = byte(samples[2 * i]);
        return [grey, grey, grey, byte(samples[2 * i + 1])];
      }
      case 6:
        return [0, 1, 2, 3].map((c) => byte(samples[4 * i + c]));
    }
  }).flat();
}

/** Any picture of this kind, with so few levels that the transparent colour occurs. */
function anySource(
  colourType: PngSource["colourType"],
  depth: PngSource["depth"],
): fc.Arbitrary<PngSource> {
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colourType];
  const levels = [0, 1, 2, 3, 2 ** depth - 2, 2 ** depth - 1, 2 ** (depth - 1), 0x1234]
    .filter((level) => level >= 0 && level < 2 ** depth);
  const byte = fc.integer({ min: 0, max: 255 });
  const bytes = (length: number): fc.Arbitrary<number[]> =>
    fc.array(byte, { minLength: length, maxLength: length });
  const transparency = colourType === 3
    ? fc.array(byte, { minLength: 1, maxLength: 2 ** depth })
    : fc.array(fc.constantFrom(...levels), { minLength: channels, maxLength: channels })
      .map((key) => key.flatMap((level) => [level >> 8, level & 255]));
  return fc.record({
    width: fc.integer({ min: 1, max: 19 }),
    height: fc.integer({ min: 1, max: 19 }),
    interlaced: fc.boolean(),
    filters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 9 }),
    idatBytes: fc.integer({ min: 1, max: 50 }),
    ...(colourType === 3 ? { palette: bytes(3 * 2 ** depth) } : {}),
    ...(colourType < 4 ? { transparency: fc.option(transparency, { nil: undefined }) } : {}),
  }).chain(({ transparency, ...rest }) =>
    fc.array(fc.constantFrom(...levels), {
      minLength: rest.width * rest.height * channels,
      maxLength: rest.width * rest.height * channels,
    }).map((samples): PngSource => ({
      ...rest,
      colourType,
      depth,
      samples,
      ...(transparency ? { transparency } : {}),
    }))
  );
}

for (const [colourType, depths] of KINDS) {
  for (const depth of depths) {
    Deno.test(`decodePng reads colour type ${colourType} with ${depth} bits`, async () => {
      await fc.assert(
        fc.asyncProperty(anySource(colourType, depth), async (source) => {
          const { data, width, height } = await decodePng(encodePng(source));
          assertEquals([width, height], [source.width, source.height]);
          assertEquals(Array.from(data), rgbaOf(source));
        }),
        { numRuns: 60 },
      );
    });

    Deno.test(`decodeGreyPng gives the brightness of colour type ${colourType} with ${depth} bits`, async () => {
      await fc.assert(
        fc.asyncProperty(anySource(colourType, depth), async (source) => {
          const { data, width, height, channels } = await decodeGreyPng(encodePng(source));
          const rgba: Pixels = {
            data: Uint8Array.from(rgbaOf(source)),
            width,
            height,
            channels: 4,
          };
          assertEquals([width, height], [source.width, source.height]);
          const isGrey = depth === 8 && colourType < 4 && !source.transparency &&
            !source.interlaced && !(colourType !== 3 && toGrey(rgba).data.every((v) => v <= 1)) &&
            fullOf(source) === 255;
          assertEquals(channels, isGrey ? 1 : 4);
          assertEquals(Array.from(data), Array.from(isGrey ? toGrey(rgba).data : rgba.data));
        }),
        { numRuns: 60 },
      );
    });
  }
}

for (const interlace of ["null", "Adam7"] as const) {
  Deno.test(`decodePng reads what another encoder writes, interlace ${interlace}`, async () => {
    const size = fc.integer({ min: 1, max: 40 });
    const channels = fc.constantFrom(1, 2, 3, 4);
    await fc.assert(
      fc.asyncProperty(size, size, channels, fc.nat(), async (width, height, channels, seed) => {
        const data = Uint8Array.from(
          { length: width * height * channels },
          (_, i) => (i * 37 + seed * (i % 11)) % 256,
        );
        const decoded = await decodePng(encode({ width, height, channels, data }, { interlace }));
        const pixels = Array.from(
          { length: width * height },
          (_, i) => [...data.subarray(i * channels, (i + 1) * channels)],
        ).flatMap((pixel) => {
          const colour = channels < 3 ? [pixel[0], pixel[0], pixel[0]] : pixel.slice(0, 3);
          return [...colour, channels % 2 === 0 ? pixel[channels - 1] : 255];
        });
        assertEquals(Array.from(decoded.data), pixels);
      }),
      { numRuns: 40 },
    );
  });
}

const SMALL: PngSource = {
  width: 3,
  height: 2,
  colourType: 0,
  depth: 8,
  samples: [1, 2, 3, 4, 5, 6],
};

const SMALL_GREY = [1, 2, 3, 4, 5, 6];

/** SMALL with a chunk before its IDAT, which begins at byte 33. */
function withChunk(type: string, data: readonly number[] = []): Uint8Array {
  const png = encodePng(SMALL);
  return concat(png.subarray(0, 33), chunk(type, data), png.subarray(33));
}

async function greyOf(png: Uint8Array): Promise<number[]> {
  const { data } = await decodePng(png);
  return Array.from(data).filter((_, i) => i % 4 === 0);
}

Deno.test("decodePng ignores bytes after the end of the picture", async () => {
  const png = encodePng(SMALL);
  for (const more of [[0], [...png], Array(5000).fill(255)]) {
    assertEquals(await greyOf(concat(png, more)), SMALL_GREY);
  }
});

Deno.test("decodePng skips ancillary chunks", async () => {
  for (const type of ["tEXt", "gAMA", "acTL", "fcTL", "zzZz"]) {
    assertEquals(await greyOf(withChunk(type, [1, 2, 3])), SMALL_GREY);
  }
});

Deno.test("decodePng applies the EXIF orientation, before and after the data, in colour and grey", async () => {
  // Where the upright picture's pixel (x, y) is stored, 3 columns by 2 rows.
  const stored: Record<number, (x: number, y: number) => [x: number, y: number]> = {
    1: (x, y) => [x, y],
    2: (x, y) => [2 - x, y],
    3: (x, y) => [2 - x, 1 - y],
    4: (x, y) => [x, 1 - y],
    5: (x, y) => [y, x],
    6: (x, y) => [y, 1 - x],
    7: (x, y) => [2 - y, 1 - x],
    8: (x, y) => [2 - y, x],
  };
  const samples = [10, 20, 30, 40, 50, 60];
  const png = encodePng({ width: 3, height: 2, colourType: 0, depth: 8, samples });
  for (const [orientation, place] of Object.entries(stored)) {
    const exif = chunk("eXIf", orientationNotes(Number(orientation)));
    const files = [
      concat(png.subarray(0, 33), exif, png.subarray(33)),
      concat(png.subarray(0, -12), exif, png.subarray(-12)),
    ];
    const [width, height] = Number(orientation) > 4 ? [2, 3] : [3, 2];
    const greys = Array.from({ length: 6 }, (_, i) => {
      const [x, y] = place(i % width, Math.floor(i / width));
      return samples[3 * y + x];
    });
    const rgba = greys.flatMap((grey) => [grey, grey, grey, 255]);
    for (const file of files) {
      for (const decode of [decodePng, decodeGreyPng]) {
        const picture = await decode(file);
        assertEquals([picture.width, picture.height], [width, height]);
        assertEquals(Array.from(picture.data), rgba, `orientation ${orientation}`);
      }
    }
  }
  const damaged = concat(png.subarray(0, 33), chunk("eXIf", [1, 2]), png.subarray(33));
  assertEquals(await greyOf(damaged), samples);
});

Deno.test("decodePng scales opaque masks and 12-bit data to the whole range", async () => {
  const grey = (depth: 8 | 16, ...samples: number[]): Promise<number[]> =>
    greyOf(encodePng({ width: samples.length, height: 1, colourType: 0, depth, samples }));
  assertEquals(await grey(8, 0, 1), [0, 255]);
  assertEquals(await grey(8, 0, 2), [0, 2]);
  assertEquals(await grey(8, 0, 0), [0, 0]);
  assertEquals(await grey(16, 0, 1), [0, 255]);
  assertEquals(await grey(16, 8, 16), [128, 255]);
  assertEquals(await grey(16, 17, 255), [17, 255]);
  assertEquals(await grey(16, 819, 4095), [51, 255]);
  assertEquals(await grey(16, 0, 4096), [0, 16]);
  assertEquals(await grey(16, 0, 0), [0, 0]);
  const red = encodePng({
    width: 2,
    height: 1,
    colourType: 2,
    depth: 8,
    samples: [1, 0, 0, 0, 0, 0],
  });
  for (const decode of [decodePng, decodeGreyPng]) {
    assertEquals(Array.from((await decode(red)).data), [255, 0, 0, 255, 0, 0, 0, 255]);
  }
  // Black ink on a transparent ground would become white.
  for (const depth of [8, 16] as const) {
    const samples = [1, 2 ** depth - 1, 0, 0];
    assertEquals(
      await greyOf(encodePng({ width: 2, height: 1, colourType: 4, depth, samples })),
      [0, 0].with(0, depth === 8 ? 1 : 0),
    );
  }
  const transparency = [0, 0];
  const keyed = {
    width: 2,
    height: 1,
    colourType: 0,
    depth: 8,
    samples: [0, 1],
    transparency,
  } as const;
  assertEquals(await greyOf(encodePng(keyed)), [0, 1]);
});

Deno.test("decodePng rejects unknown critical chunks", async () => {
  await assertRejection(() => decodePng(withChunk("CgBI", [1])), "image/unsupported", "CgBI");
});

Deno.test("decodePng reads bytes inside a larger buffer, and shared ones", async () => {
  const png = encodePng(SMALL);
  const middle = concat([9, 9, 9], png, [9]).subarray(3, 3 + png.length);
  assertEquals(await greyOf(middle), SMALL_GREY);
  const shared = new Uint8Array(new SharedArrayBuffer(png.length));
  shared.set(png);
  assertEquals(await greyOf(shared), SMALL_GREY);
});

Deno.test("decodePng is not affected when its bytes are changed or transferred meanwhile", async () => {
  const source: PngSource = {
    width: 3,
    height: 1,
    colourType: 3,
    depth: 8,
    samples: [0, 1, 2],
    palette: [7, 7, 7, 8, 8, 8, 9, 9, 9],
    transparency: [255, 100, 50],
  };
  const changed = encodePng(source);
  const whileChanged = decodePng(changed);
  changed.fill(0);
  assertEquals(Array.from((await whileChanged).data), rgbaOf(source));

  const taken = encodePng(source);
  const whileTaken = decodePng(taken);
  structuredClone(taken, { transfer: [taken.buffer] });
  assertEquals(Array.from((await whileTaken).data), rgbaOf(source));
  await assertRejection(() => decodePng(taken), "image/unreadable", "signature");
});

Deno.test("decodePng checks the limits, and accepts what just fits them", async () => {
  const png = encodePng(SMALL);
  const bytes = png.length;
  assertEquals(await greyOf(png), SMALL_GREY);
  await decodePng(png, { maxBytes: bytes, maxPixels: 6 });
  await assertRejection(
    () => decodePng(png, { maxBytes: bytes - 1 }),
    "image/too-large",
    `${bytes} bytes, expected at most ${bytes - 1}`,
  );
  await assertRejection(
    () => decodePng(png, { maxPixels: 5 }),
    "image/too-large",
    "3×2 pixels, expected at most 5",
  );
});

Deno.test("decodePng rejects invalid limits", async () => {
  const png = encodePng(SMALL);
  for (const value of [0, -1, NaN, "9" as unknown as number]) {
    await assertRejection(
      () => decodePng(png, { maxPixels: value }),
      "option/invalid",
      "maxPixels",
    );
    await assertRejection(() => decodePng(png, { maxBytes: value }), "option/invalid", "maxBytes");
  }
  const misspelt = { maxPixel: 5 } as { maxPixels?: number };
  await assertRejection(() => decodePng(png, misspelt), "option/unknown", "maxPixel,");
});

Deno.test("crc32 returns the check value of its standard", () => {
  assertEquals(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
  assertEquals(crc32(new Uint8Array(0)), 0);
});

Deno.test("crc32 agrees with zlib on every range", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(50), fc.nat(50), (bytes, a, b) => {
    const start = Math.min(a, b, bytes.length);
    const end = Math.min(Math.max(a, b), bytes.length);
    assertEquals(crc32(bytes, start, end), zlib.crc32(bytes.subarray(start, end)));
  }));
});
