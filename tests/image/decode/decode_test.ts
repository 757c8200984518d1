import { assertEquals } from "@std/assert";
import { decodeImage } from "../../../src/image/decode/decode.ts";
import { assertRejection } from "../../assert_error.ts";
import { encodeBmp } from "./bmp_encoder.ts";
import { DRAWING } from "./gif_encoder.ts";
import { BASELINE } from "./jpeg_files.ts";
import { encodePng } from "./png_encoder.ts";
import { LOSSLESS } from "./webp_files.ts";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

Deno.test("decodeImage decodes every format, whatever the file is called", async () => {
  const files: [Uint8Array, width: number, height: number][] = [
    [encodePng({ width: 1, height: 2, colourType: 0, depth: 16, samples: [0, 65535] }), 1, 2],
    [BASELINE, 24, 16],
    [LOSSLESS, 24, 16],
    [DRAWING, 12, 10],
    [encodeBmp({ width: 1, height: 1, depth: 24, data: [1, 2, 3, 0] }), 1, 1],
  ];
  for (const [file, width, height] of files) {
    const picture = await decodeImage(file);
    assertEquals([picture.width, picture.height], [width, height]);
    assertEquals(picture.data.length, 4 * width * height);
  }
});

Deno.test("decodeImage says what a file seems to be that it does not read", async () => {
  const files: [message: string, Uint8Array][] = [
    ["of HEIC", text("\0\0\0\x24ftypheic\0\0\0\0")],
    ["of HEIC", text("\0\0\0\x24ftypmif1\0\0\0\0")],
    ["of AVIF", text("\0\0\0\x20ftypavif\0\0\0\0")],
    ["of TIFF", text("II*\0\x08\0\0\0")],
    ["of PDF", text("%PDF-1.7\n%")],
    ["of ICO", text("\0\0\x01\0\x01\0")],
    ['text that begins with "<!DOCTYPE html> <html la")', text("<!DOCTYPE html>\n<html lang=en>")],
    ['text that begins with "a seven")', text("a seven")],
    ["in no known format, expected 28×28 values", Uint8Array.of(1, 2, 3)],
    ["in no known format, expected", Uint8Array.of(0xc3, 0xa9, 65)],
  ];
  for (const [message, file] of files) {
    await assertRejection(() => decodeImage(file), "image/unsupported", message);
    await assertRejection(() => decodeImage(file), "image/unsupported", `it has ${file.length}`);
  }
});

Deno.test("decodeImage refuses a file of no bytes", async () => {
  await assertRejection(() => decodeImage(new Uint8Array()), "image/unreadable", "it has 0 bytes");
});
