import { allocate } from "./allocate.ts";
import { checkFileSize } from "./check_file.ts";
import { decodeElsewhere } from "./decode_elsewhere.ts";
import type { ForeignFormat } from "./foreign_format.ts";
import { type ImageLimits, resolveLimits } from "./limits.ts";
import type { RgbaImage } from "./rgba_image.ts";
import { turnUpright } from "./turn_upright.ts";
import { readWebpFrame, type WebpFrame, wrapWebpFrame } from "./webp_frame.ts";

const WEBP: ForeignFormat = {
  name: "WebP",
  type: "image/webp",
  package: "@jsquash/webp",
  version: "1.5.0",
  wasm: "/codec/dec/webp_dec.wasm",
};

/**
 * Decodes a WebP: lossy and lossless, with transparency, turned upright as its EXIF orientation says; of an animation,
 * the first picture on a transparent canvas. Colour profiles are ignored.
 *
 * Sizes are checked before a decoder is loaded, and a decoder gets nothing but the picture itself.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above a limit,
 * `image/unsupported` where no decoder can be loaded; `option/invalid` for a limit that is not a number above 0.
 */
export async function decodeWebp(bytes: Uint8Array, limits?: ImageLimits): Promise<RgbaImage> {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  checkFileSize("WebP", bytes, maxBytes);
  const frame = readWebpFrame(bytes, maxPixels);
  const picture = await decodeElsewhere(WEBP, wrapWebpFrame(frame), frame);
  return turnUpright(placeOnCanvas(picture, frame), frame.orientation);
}

function placeOnCanvas(picture: RgbaImage, frame: WebpFrame): RgbaImage {
  const { canvasWidth, canvasHeight, left, top } = frame;
  const { width, height } = picture;
  if (width === canvasWidth && height === canvasHeight) return picture;
  const data = allocate(4 * canvasWidth * canvasHeight);
  for (let y = 0; y < height; y++) {
    const row = picture.data.subarray(4 * width * y, 4 * width * (y + 1));
    data.set(row, 4 * ((top + y) * canvasWidth + left));
  }
  return { data, width: canvasWidth, height: canvasHeight };
}
