import { imageError } from "../../errors.ts";
import { type ImageLimits, resolveLimits } from "../../options.ts";
import type { RgbaImage } from "../image.ts";
import { checkFileSize, checkPictureSize, damaged } from "./checks.ts";
import { decodeExternal, type ExternalFormat } from "./external.ts";

const JPEG: ExternalFormat = {
  name: "JPEG",
  mediaType: "image/jpeg",
  package: "@jsquash/jpeg",
  version: "1.6.0",
  wasm: "/codec/dec/mozjpeg_dec.wasm",
  options: { preserveOrientation: true },
  // Extraneous bytes between markers, which some cameras write, are harmless.
  damage: /^(Premature end|Corrupt JPEG data(?!: \d+ extraneous))/,
};

/**
 * Decodes a JPEG: baseline and progressive, grey and colour, rotated upright as its EXIF orientation says. Colour
 * profiles are ignored. Sizes are checked before a decoder is loaded. CMYK and other rare kinds are decoded where the
 * platform can: CMYK in browsers and Deno.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in RGBA, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above a limit,
 * `image/unsupported` for rare kinds of JPEG that the platform does not decode, and where no decoder can be loaded;
 * `option/invalid` for a limit that is not a number above 0.
 */
export async function decodeJpeg(bytes: Uint8Array, limits?: ImageLimits): Promise<RgbaImage> {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  checkFileSize("JPEG", bytes, maxBytes);
  const frame = readJpegFrame(bytes, maxPixels);
  const refusal = frame.rarity === undefined
    ? undefined
    : imageError("image/unsupported", `${frame.rarity}; convert it to PNG, or to JPEG in RGB`);
  return await decodeExternal(JPEG, bytes, frame, refusal);
}

/** The frame header of a JPEG. */
interface JpegFrame {
  /** The size before the EXIF orientation is applied. */
  readonly width: number;
  readonly height: number;
  /** Why the package cannot decode it; left out for the kinds in common use. */
  readonly rarity?: string;
}

const START_OF_IMAGE = 0xd8;

const END_OF_IMAGE = 0xd9;

const START_OF_SCAN = 0xda;

/** Markers from 0xC0 to 0xCF that are not frames: Huffman tables, a reserved one, and arithmetic conditioning. */
const NOT_FRAMES: readonly number[] = [0xc4, 0xc8, 0xcc];

/** Frames that are read: baseline, extended and progressive, all with Huffman coding. */
const READABLE_FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2];

/**
 * Scans that are accepted. A progressive picture has about ten. A scan of a few bytes costs a pass over all pixels.
 */
const MAX_SCANS = 100;

/** Segments that are accepted. A photo has some dozens. A segment needs only four bytes. */
const MAX_SEGMENTS = 100_000;

/** Pixels that a byte can encode: each block of 8×8 pixels takes at least one bit. */
const MAX_PIXELS_PER_BYTE = 8 * 64;

/**
 * Parses the segments of a JPEG (ITU-T T.81, annex B) up to its end marker, without decoding anything.
 *
 * @param bytes The file.
 * @param maxPixels The largest number of pixels that is accepted.
 * @returns The size and the kind of the picture.
 * @throws {LeNetError} `image/unreadable` when the file is truncated, violates the standard, or claims more pixels than
 * its data can encode; `image/too-large` above `maxPixels` or with more than 100 scans or 100,000 segments.
 */
export function readJpegFrame(bytes: Uint8Array, maxPixels: number): JpegFrame {
  if (bytes[0] !== 0xff || bytes[1] !== START_OF_IMAGE) {
    throw damaged("the JPEG does not begin with its start marker");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let frame: JpegFrame | undefined;
  let scans = 0;
  let segments = 0;
  let dataBytes = 0;
  let at = 2;
  for (;;) {
    const start = at;
    at = findMarker(bytes, start);
    if (scans > 0) dataBytes += at - 1 - start;
    const marker = bytes[at];
    if (marker === undefined) break;
    if (marker === END_OF_IMAGE) {
      if (frame === undefined || scans === 0) throw damaged("the JPEG holds no picture");
      checkData(frame, dataBytes);
      return frame;
    }
    if (++segments > MAX_SEGMENTS) {
      throw imageError("image/too-large", `the JPEG has more than ${MAX_SEGMENTS} segments`);
    }
    const length = at + 3 > bytes.length ? 0 : view.getUint16(at + 1);
    if (length < 2 || at + 1 + length > bytes.length) break;
    if (marker === START_OF_SCAN && ++scans > MAX_SCANS) {
      throw imageError("image/too-large", `the JPEG has more than ${MAX_SCANS} scans`);
    }
    if (marker >= 0xc0 && marker <= 0xcf && !NOT_FRAMES.includes(marker)) {
      if (frame !== undefined) throw damaged("the JPEG has two frames");
      frame = readFrame(marker, bytes.subarray(at + 3, at + 1 + length), maxPixels);
    }
    at += 1 + length;
  }
  throw damaged(`the JPEG ends at byte ${bytes.length}, before its end marker`);
}

/**
 * The index of the next segment's marker, or of the end marker. In compressed data, 0xFF is followed by 0 or begins a
 * restart marker; both are skipped.
 */
function findMarker(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  if (at < 0) return bytes.length;
  for (at++; at < bytes.length; at++) {
    if (bytes[at - 1] === 0xff && !isStandalone(bytes[at])) return at;
  }
  return at;
}

/** Whether a byte after 0xFF begins no segment: stuffed zeros, fill bytes, restart markers, start of image. */
function isStandalone(marker: number): boolean {
  return marker <= 0x01 || marker === 0xff || (marker >= 0xd0 && marker <= START_OF_IMAGE);
}

function readFrame(marker: number, data: Uint8Array, maxPixels: number): JpegFrame {
  if (data.length < 6) throw damaged(`the frame header of the JPEG has ${data.length} bytes`);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const depth = data[0];
  const height = view.getUint16(1);
  const width = view.getUint16(3);
  const components = data[5];
  checkPictureSize("the JPEG", width, height, maxPixels);
  if (!READABLE_FRAMES.includes(marker) || depth !== 8) {
    const rarity = `the JPEG has ${depth} bits and frame marker 0x${
      marker.toString(16)
    }, expected 8 bits and 0xc0, 0xc1 or 0xc2`;
    return { width, height, rarity };
  }
  if (components !== 1 && components !== 3) {
    const rarity =
      `the JPEG has ${components} components, expected 1 (grey) or 3 (colour), or 4 (CMYK) where the platform decodes it`;
    return { width, height, rarity };
  }
  return { width, height };
}

function checkData({ width, height }: JpegFrame, dataBytes: number): void {
  if (width * height > dataBytes * MAX_PIXELS_PER_BYTE) {
    throw damaged(
      `the JPEG claims ${width}×${height} pixels, more than its ${dataBytes} bytes of data can hold`,
    );
  }
}
