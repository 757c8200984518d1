import { imageError } from "../../errors.ts";
import type { ImageLimits } from "../../options.ts";
import type { DecodedImage, RgbaImage } from "../image.ts";
import { ACCEPTED } from "../pixels.ts";
import { type ImageFormat, imageFormat } from "./format.ts";

let png: typeof import("./png.ts") | undefined;

/**
 * Decodes an image file, whichever format it has among those that are read: PNG, JPEG, WebP, GIF and BMP. What decodes
 * a format is loaded when the first such file comes: bare pixels, and files of other formats, do not wait for it.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @param wanted What of it is wanted.
 * @returns The picture in RGBA, or in one channel where its brightness is wanted; of an animation, its first frame.
 * @throws {LeNetError} `image/unsupported` when the format is another or its decoder cannot be loaded,
 * `image/unreadable` when the file is damaged or there are no bytes, `image/too-large` above a limit.
 */
export async function decodeImage(
  bytes: Uint8Array,
  limits?: ImageLimits,
  wanted: "colour" | "brightness" = "colour",
): Promise<DecodedImage> {
  const format = imageFormat(bytes);
  if (format === "PNG" && wanted === "brightness") {
    png ??= await import("./png.ts");
    return await png.decodeGreyPng(bytes, limits);
  }
  return { ...await decodeColour(format, bytes, limits), channels: 4 };
}

async function decodeColour(
  format: ImageFormat | undefined,
  bytes: Uint8Array,
  limits?: ImageLimits,
): Promise<RgbaImage> {
  switch (format) {
    case "PNG": {
      png ??= await import("./png.ts");
      return await png.decodePng(bytes, limits);
    }
    case "JPEG": {
      const { decodeJpeg } = await import("./jpeg.ts");
      return await decodeJpeg(bytes, limits);
    }
    case "WebP": {
      const { decodeWebp } = await import("./webp.ts");
      return await decodeWebp(bytes, limits);
    }
    case "GIF": {
      const { decodeGif } = await import("./gif.ts");
      return decodeGif(bytes, limits);
    }
    case "BMP": {
      const { decodeBmp } = await import("./bmp.ts");
      return decodeBmp(bytes, limits);
    }
  }
  if (bytes.length === 0) throw imageError("image/unreadable", "it has 0 bytes");
  const { unreadFormat } = await import("./format.ts");
  throw imageError(
    "image/unsupported",
    `it has ${bytes.length} bytes ${unreadFormat(bytes)}, expected ${ACCEPTED}`,
  );
}
