import { LeNetError } from "../model/error.ts";
import type { ForeignFormat } from "./foreign_format.ts";
import { imageError } from "./image_error.ts";
import type { RgbaImage } from "./rgba_image.ts";

/**
 * Decodes a file by what others have made: in a browser by the browser, so that a page needs no package; elsewhere by a
 * package, or by the runtime where that cannot be loaded.
 *
 * @param format The format.
 * @param bytes The file, whose size is known to be within the limits.
 * @param size The size that its header claims; a picture that was turned may have it the other way round.
 * @returns The picture in RGBA, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/unsupported` when there is no decoder.
 */
export async function decodeElsewhere(
  format: ForeignFormat,
  bytes: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<RgbaImage> {
  const picture = await decode(format, bytes);
  const isAsClaimed = (picture.width === width && picture.height === height) ||
    (picture.width === height && picture.height === width);
  if (!isAsClaimed || picture.data.length !== 4 * width * height) {
    throw imageError(
      "image/unreadable",
      `the ${format.name} claims ${width}×${height} pixels and has ${picture.width}×${picture.height}`,
    );
  }
  return picture;
}

async function decode(format: ForeignFormat, bytes: Uint8Array): Promise<RgbaImage> {
  const { decodeOnPlatform, hasPlatformDecoder, hasPngDetour } = await import(
    "./platform_decoder.ts"
  );
  if (hasPlatformDecoder()) return await decodeOnPlatform(format, bytes);
  const { decodeByPackage } = await import("./package_decoder.ts");
  try {
    return await decodeByPackage(format, bytes);
  } catch (error) {
    const isMissing = error instanceof LeNetError && error.code === "image/unsupported";
    if (!isMissing || !hasPngDetour()) throw error;
    return await decodeOnPlatform(format, bytes);
  }
}
