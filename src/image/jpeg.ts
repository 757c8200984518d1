import { checkFileSize } from "./check_file.ts";
import { decodeElsewhere } from "./decode_elsewhere.ts";
import type { ForeignFormat } from "./foreign_format.ts";
import { readJpegHeader } from "./jpeg_header.ts";
import { type ImageLimits, resolveLimits } from "./limits.ts";
import type { RgbaImage } from "./rgba_image.ts";

const JPEG: ForeignFormat = {
  name: "JPEG",
  type: "image/jpeg",
  package: "@jsquash/jpeg",
  version: "1.6.0",
  wasm: "/codec/dec/mozjpeg_dec.wasm",
  options: { preserveOrientation: true },
  // Stray bytes between markers, which cameras write, are no damage.
  damage: /^(Premature end|Corrupt JPEG data(?!: \d+ extraneous))/,
};

/**
 * Decodes a JPEG: baseline and progressive, grey and colour, turned upright as its EXIF orientation says. Colour
 * profiles are ignored. Sizes are checked before a decoder is loaded.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in RGBA, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above a limit,
 * `image/unsupported` for CMYK and other kinds of JPEG that are seldom seen, and where no decoder can be loaded;
 * `option/invalid` for a limit that is not a number above 0.
 */
export async function decodeJpeg(bytes: Uint8Array, limits?: ImageLimits): Promise<RgbaImage> {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  checkFileSize("JPEG", bytes, maxBytes);
  return await decodeElsewhere(JPEG, bytes, readJpegHeader(bytes, maxPixels));
}
