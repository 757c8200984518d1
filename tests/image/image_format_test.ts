import { assertEquals } from "@std/assert";
import { imageFormat, isJpeg, isPng } from "../../src/image/image_format.ts";

const START: Record<string, string> = {
  PNG: "\x89PNG\r\n\x1a\n",
  JPEG: "\xff\xd8\xff",
  GIF: "GIF89a",
  BMP: "BM\x36\x00\x0c\x00\0\0\0\0",
  WebP: "RIFF\x24\x00\x00\x00WEBP",
};

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

Deno.test("imageFormat tells formats by their first bytes, and needs all of them", () => {
  for (const [format, start] of Object.entries(START)) {
    assertEquals(imageFormat(bytes(start)), format as "PNG");
    assertEquals(imageFormat(bytes(`${start} and more`)), format as "PNG");
    assertEquals(imageFormat(bytes(start.slice(0, -1))), undefined);
    assertEquals(imageFormat(bytes(` ${start}`)), undefined);
  }
  assertEquals(imageFormat(bytes("GIF87a")), "GIF");
});

Deno.test("imageFormat knows nothing else", () => {
  for (const text of ["", "GIF88a", "RIFF1234WAVE", "BMX, a bicycle", "%PDF-1.7", "<svg/>"]) {
    assertEquals(imageFormat(bytes(text)), undefined);
  }
});

Deno.test("isPng holds for PNGs alone", () => {
  for (const [format, start] of Object.entries(START)) {
    assertEquals(isPng(bytes(start)), format === "PNG");
  }
  assertEquals(isPng(bytes("\x89PNG\r\n\x1a")), false);
});

Deno.test("isJpeg holds for what begins and ends as a JPEG", () => {
  for (const start of Object.values(START)) {
    assertEquals(isJpeg(bytes(start)), false);
    assertEquals(isJpeg(bytes(`${start} and more\xff\xd9`)), start === START.JPEG);
  }
  assertEquals(isJpeg(bytes(`${START.JPEG}\xff\xd8`)), false);
});
