import { has2dCanvas } from "./canvas_2d.ts";
import type { ForeignFormat } from "./foreign_format.ts";
import { imageError } from "./image_error.ts";
import { readDrawable } from "./read_drawable.ts";
import type { RgbaImage } from "./rgba_image.ts";

/**
 * Tells whether the platform decodes pictures and gives their pixels, as browsers do.
 *
 * @returns Whether it does.
 */
export function hasPlatformDecoder(): boolean {
  return typeof createImageBitmap === "function" && has2dCanvas();
}

/**
 * Tells whether the platform decodes pictures and gives their pixels by a detour: Deno has no canvas to draw on, but one
 * that shows a bitmap and gives it as a PNG.
 *
 * @returns Whether it does.
 */
export function hasPngDetour(): boolean {
  return typeof createImageBitmap === "function" && typeof OffscreenCanvas === "function" &&
    typeof OffscreenCanvas.prototype.convertToBlob === "function";
}

/**
 * Decodes a file by what the platform has for it, turned upright as its EXIF orientation says. Colour profiles are
 * ignored. Whether data are damaged is for the platform to say: some take what can be made of them.
 *
 * @param format The format.
 * @param bytes The file, whose size is known to be within the limits.
 * @returns The picture in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the platform cannot decode it.
 */
export async function decodeOnPlatform(
  { name, type }: ForeignFormat,
  bytes: Uint8Array,
): Promise<RgbaImage> {
  const file = new Blob([bytes as Uint8Array<ArrayBuffer>], { type });
  const options = { colorSpaceConversion: "none" } as const;
  const bitmap = await createImageBitmap(file, options).catch((cause) => {
    throw imageError("image/unreadable", `the ${name} is damaged: its decoder gave up`, cause);
  });
  try {
    return await readDrawable(bitmap, Infinity);
  } finally {
    bitmap.close();
  }
}
