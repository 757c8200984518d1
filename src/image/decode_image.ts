import { imageError } from "./image_error.ts";
import { imageFormat } from "./image_format.ts";
import type { ImageLimits } from "./limits.ts";
import { ACCEPTED } from "./read_pixels.ts";
import type { RgbaImage } from "./rgba_image.ts";

/**
 * Decodes an image file, whichever format it has among those that are read: PNG and JPEG.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in RGBA.
 * @throws {LeNetError} `image/unsupported` when the format is another, `image/unreadable` when there are no bytes,
 * and what `decodePng` and `decodeJpeg` throw.
 */
export async function decodeImage(bytes: Uint8Array, limits?: ImageLimits): Promise<RgbaImage> {
  const format = imageFormat(bytes);
  if (format === "PNG") {
    // Loaded when first needed: bare pixels do not wait for it.
    const { decodePng } = await import("./png.ts");
    return await decodePng(bytes, limits);
  }
  if (format === "JPEG") {
    const { decodeJpeg } = await import("./jpeg.ts");
    return await decodeJpeg(bytes, limits);
  }
  if (bytes.length === 0) throw imageError("image/unreadable", "it has 0 bytes");
  throw imageError(
    "image/unsupported",
    `it has ${bytes.length} bytes ${
      format ? `of ${format}` : "in no known format"
    }, expected ${ACCEPTED}`,
  );
}
