import { assertEquals } from "@std/assert";
import { imageFormat, isImageFile, isPng } from "../../../src/image/decode/format.ts";

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

Deno.test("isImageFile holds for every known format, for JPEG where it ends as one", () => {
  for (const [format, start] of Object.entries(START)) {
    assertEquals(isImageFile(bytes(`${start} and more`)), format !== "JPEG");
    assertEquals(isImageFile(bytes(`${start} and more\xff\xd9`)), true);
  }
  assertEquals(isImageFile(bytes(`${START.JPEG}\xff\xd8`)), false);
  assertEquals(isImageFile(new Uint8Array(784)), false);
});
