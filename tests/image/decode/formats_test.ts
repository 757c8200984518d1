import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import {
  ACCEPTED_IMAGES,
  decodeImage,
  FOREIGN_FORMATS,
  FORMAT_NAMES,
  FORMATS,
  hasImageExtension,
  IMAGE_MEDIA_TYPES,
  imageFormat,
  isImageFile,
  SIGNATURE_BYTES,
} from "../../../src/image/decode/formats.ts";
import { readImage } from "../../../src/image/read_image.ts";
import { assertRejection } from "../../assert_error.ts";
import { toBase64 } from "./base64.ts";
import { encodePng } from "./png_encoder.ts";
import { SAMPLES } from "./samples.ts";

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Bytes that match a signature. */
const fill = (signature: string): string => signature.replaceAll(".", "x");

for (const format of FORMATS) {
  const { name, mediaType, extensions, signatures, decoder } = format;
  const sample = SAMPLES[name];
  const { file, size } = sample;

  Deno.test(`FORMATS recognises and decodes a ${name}`, async () => {
    assertEquals(imageFormat(file), name);
    assertEquals(isImageFile(file), true);
    const { data, width, height, channels } = await decodeImage(file);
    assertEquals([width, height], [...size]);
    assertEquals([channels, data.length], [4, 4 * width * height]);
    assertEquals(await readImage(`data:${mediaType};base64,${toBase64(file)}`), {
      data,
      width,
      height,
      channels,
    });
  });

  Deno.test(`FORMATS has the media type and the extensions of a ${name}`, () => {
    assertEquals(mediaType, sample.mediaType);
    assertEquals(IMAGE_MEDIA_TYPES.includes(mediaType), true);
    assertEquals(hasImageExtension(sample.name), true);
    assertEquals(extensions.some((extension) => sample.name.endsWith(extension)), true);
    assertGreater(extensions.length, 0);
    for (const extension of extensions) {
      assertEquals(hasImageExtension(`scans/7${extension}`), true);
      assertEquals(hasImageExtension(`7${extension.toUpperCase()}`), true);
      assertEquals(hasImageExtension(`7${extension}.txt`), false);
      assertEquals(/^\.[a-z]+$/.test(extension), true, extension);
    }
    assertStringIncludes(FORMAT_NAMES, name);
    assertStringIncludes(ACCEPTED_IMAGES, FORMAT_NAMES);
  });

  Deno.test(`imageFormat recognises a ${name} by its first bytes, and needs all of them`, () => {
    for (const signature of signatures) {
      const start = fill(signature);
      assertEquals(start.length <= SIGNATURE_BYTES, true);
      assertEquals(imageFormat(bytesOf(start)), name);
      assertEquals(imageFormat(bytesOf(`${start} and more`)), name);
      assertEquals(imageFormat(bytesOf(start.slice(0, -1))), undefined);
      assertEquals(imageFormat(bytesOf(` ${start}`)), undefined);
    }
  });

  Deno.test(`FORMATS decodes a ${name} with ${decoder} code`, async () => {
    const { href } = new URL(`../../../src/image/decode/${name.toLowerCase()}.ts`, import.meta.url);
    const info = new Deno.Command(Deno.execPath(), { args: ["info", "--json", href] });
    const { modules } = JSON.parse(new TextDecoder().decode((await info.output()).stdout));
    const isExternal = (modules as { specifier: string }[]).some(({ specifier }) =>
      specifier.endsWith("/src/image/decode/external.ts")
    );
    assertEquals(isExternal ? "external" : "own", decoder);
  });
}

Deno.test("FORMATS are listed in messages with an or before the last", () => {
  assertEquals(FORMAT_NAMES, "PNG, JPEG, WebP, GIF or BMP");
});

Deno.test("imageFormat recognises nothing else", () => {
  for (const text of ["", "GIF88a", "RIFF1234WAVE", "BMX, a bicycle", "%PDF-1.7", "<svg/>"]) {
    assertEquals(imageFormat(bytesOf(text)), undefined);
  }
});

Deno.test("isImageFile holds for the signature of every format, for JPEG only with its trailer", () => {
  for (const { name, signatures } of FORMATS) {
    for (const signature of signatures) {
      const start = fill(signature);
      assertEquals(isImageFile(bytesOf(`${start} and more`)), name !== "JPEG");
      assertEquals(isImageFile(bytesOf(`${start} and more\xff\xd9`)), true);
      assertEquals(isImageFile(bytesOf(`${start}\xff\xd8`)), name !== "JPEG");
    }
  }
  assertEquals(isImageFile(new Uint8Array(784)), false);
});

for (const { name, extension, signatures } of FOREIGN_FORMATS) {
  Deno.test(`decodeImage names a file of ${name}, which it does not read`, async () => {
    for (const signature of signatures) {
      const file = bytesOf(`${fill(signature)}\0\0\0\0`);
      await assertRejection(
        () => decodeImage(file),
        "image/unsupported",
        `it has ${file.length} bytes of ${name}, expected 28×28 values`,
      );
      await assertRejection(() => decodeImage(file), "image/unsupported", `${extension} digit.png`);
    }
  });
}

/** Replaces the platform's decoder by one that decodes everything to a white picture of 3×2 pixels. */
async function withPlatform(test: (types: string[]) => Promise<void>): Promise<void> {
  const { createImageBitmap, ImageData } = globalThis;
  const types: string[] = [];
  const data = new Uint8ClampedArray(24).fill(255);
  globalThis.createImageBitmap = ((source: unknown) => {
    if (source instanceof Blob) types.push(source.type);
    return createImageBitmap(source instanceof Blob ? new ImageData(data, 3, 2) : source as never);
  }) as typeof createImageBitmap;
  try {
    await test(types);
  } finally {
    globalThis.createImageBitmap = createImageBitmap;
  }
}

Deno.test("decodeImage reads AVIF, HEIC and JPEG XL where the platform can, within the limits", async () => {
  await withPlatform(async (types) => {
    for (const { name, mediaType, signatures } of FOREIGN_FORMATS) {
      const file = bytesOf(`${fill(signatures[0])}\0\0\0\0`);
      if (mediaType === undefined) {
        await assertRejection(() => decodeImage(file), "image/unsupported", name);
        continue;
      }
      const { data, width, height, channels } = await decodeImage(file, { maxPixels: 6 });
      assertEquals([width, height, channels], [3, 2, 4]);
      assertEquals(data.every((value) => value === 255), true);
      assertEquals(types.pop(), mediaType);
      await assertRejection(() => decodeImage(file, { maxPixels: 5 }), "image/too-large", "3×2");
      types.length = 0;
      await assertRejection(
        () => decodeImage(file, { maxBytes: file.length - 1 }),
        "image/too-large",
        `the ${name} has ${file.length} bytes`,
      );
      assertEquals(types, []);
    }
  });
});

Deno.test("decodeImage recognises real files that it does not read", async () => {
  const files: [message: string, Uint8Array][] = [
    ["of HEIC", bytesOf("\0\0\0\x24ftypheic\0\0\0\0")],
    ["of HEIC", bytesOf("\0\0\0\x24ftypmif1\0\0\0\0")],
    ["of AVIF", bytesOf("\0\0\0\x20ftypavif\0\0\0\0")],
    ["of TIFF", bytesOf("II*\0\x08\0\0\0")],
    ["of TIFF", bytesOf("MM\0*\0\0\0\x08")],
    ["of JPEG XL", bytesOf("\xff\x0a\xfa\x7f\x01")],
    ["of JPEG XL", bytesOf("\0\0\0\x0cJXL \x0d\x0a\x87\x0a")],
    ["of JPEG 2000", bytesOf("\0\0\0\x0cjP  \x0d\x0a\x87\x0a")],
    ["of PDF", bytesOf("%PDF-1.7\n%")],
    ["of ICO", bytesOf("\0\0\x01\0\x01\0")],
  ];
  for (const [message, file] of files) {
    await assertRejection(() => decodeImage(file), "image/unsupported", message);
  }
});

Deno.test("decodeImage shows the beginning of text, and nothing of other bytes", async () => {
  const files: [message: string, Uint8Array][] = [
    [
      'text that begins with "<!DOCTYPE html> <html la")',
      bytesOf("<!DOCTYPE html>\n<html lang=en>"),
    ],
    ['text that begins with "a seven")', bytesOf("a seven")],
    ["in no known format, expected 28×28 values", Uint8Array.of(1, 2, 3)],
    ["in no known format, expected", Uint8Array.of(0xc3, 0xa9, 65)],
  ];
  for (const [message, file] of files) {
    await assertRejection(() => decodeImage(file), "image/unsupported", message);
    await assertRejection(() => decodeImage(file), "image/unsupported", `it has ${file.length}`);
  }
});

Deno.test("decodeImage rejects an empty file", async () => {
  await assertRejection(() => decodeImage(new Uint8Array()), "image/unreadable", "it has 0 bytes");
});

Deno.test("decodeImage decodes to one channel only where brightness is wanted", async () => {
  assertEquals((await decodeImage(SAMPLES.PNG.file, undefined, "brightness")).channels, 4);
  const grey = encodePng({ width: 2, height: 1, colourType: 0, depth: 8, samples: [7, 9] });
  const { data, channels } = await decodeImage(grey, undefined, "brightness");
  assertEquals([channels, ...data], [1, 7, 9]);
  assertEquals((await decodeImage(grey)).channels, 4);
});
