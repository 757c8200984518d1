import type { LeNetError } from "../model/error.ts";
import { imageError } from "./image_error.ts";
import { readJpegHeader } from "./jpeg_header.ts";
import { type ImageLimits, resolveLimits } from "./limits.ts";
import { loadJpegDecoder, noJpegDecoder } from "./load_jpeg_decoder.ts";
import type { RgbaImage } from "./rgba_image.ts";

/** What the decoder says of damage that it reads past. Stray bytes between markers, which cameras write, are none. */
const DAMAGE = /^(Premature end|Corrupt JPEG data(?!: \d+ extraneous))/;

/**
 * Decodes a JPEG: baseline and progressive, grey and colour, turned upright as its EXIF orientation says. Colour
 * profiles are ignored.
 *
 * Sizes are checked before the decoder is loaded. Every picture has an instance of the decoder to itself, whose
 * memory is freed with it, and which no earlier failure can have left in disorder.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in RGBA, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above a limit,
 * `image/unsupported` for CMYK and other kinds of JPEG that are seldom seen, and where the decoder cannot be loaded;
 * `option/invalid` for a limit that is not a number above 0.
 */
export async function decodeJpeg(bytes: Uint8Array, limits?: ImageLimits): Promise<RgbaImage> {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  if (bytes.length > maxBytes) {
    throw imageError(
      "image/too-large",
      `the JPEG has ${bytes.length} bytes, expected at most ${maxBytes}`,
    );
  }
  readJpegHeader(bytes, maxPixels);
  const { decoder, wasmBinary } = await loadJpegDecoder();
  const complaints: string[] = [];
  let started = false;
  let picture: RgbaImage;
  try {
    decoder.init({
      ...wasmBinary && { wasmBinary },
      printErr: (line) => complaints.push(line),
      onRuntimeInitialized: () => started = true,
    });
    picture = await decoder.default(bytes, { preserveOrientation: true });
  } catch (cause) {
    if (!started) throw noJpegDecoder(cause);
    throw damaged(complaints[complaints.length - 1] ?? "its decoder gave up", cause);
  }
  const damage = complaints.find((line) => DAMAGE.test(line));
  if (damage !== undefined) throw damaged(damage);
  return picture;
}

function damaged(complaint: string, cause?: unknown): LeNetError {
  return imageError("image/unreadable", `the JPEG is damaged: ${complaint}`, cause);
}
