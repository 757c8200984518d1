import { imageError, type LeNetError } from "../../errors.ts";
import { type ImageLimits, resolveLimits } from "../../options.ts";
import type { RgbaImage } from "../image.ts";
import { decodeExternal } from "./external.ts";
import { checkFileSize, type ForeignFormat } from "./format.ts";

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
  return await decodeExternal(JPEG, bytes, readJpegHeader(bytes, maxPixels));
}

/** What the frame header of a JPEG says. */
interface JpegHeader {
  /** Columns, before the orientation that a camera noted is applied. */
  readonly width: number;
  /** Rows, before the orientation that a camera noted is applied. */
  readonly height: number;
}

const START_OF_IMAGE = 0xd8;

const END_OF_IMAGE = 0xd9;

const START_OF_SCAN = 0xda;

/** Markers from 0xC0 to 0xCF that begin no frame: Huffman tables, one that is reserved, and arithmetic conditioning. */
const NO_FRAMES: readonly number[] = [0xc4, 0xc8, 0xcc];

/** Baseline, extended and progressive, all with Huffman coding. */
const READABLE_FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2];

/**
 * The most scans that are read. A progressive picture has about ten; each costs a walk over all pixels, and can be
 * written in a few bytes.
 */
const MAX_SCANS = 100;

/** The most segments that are read. A photo has some dozens; each can be written in four bytes. */
const MAX_SEGMENTS = 100_000;

/** Every block of 8×8 pixels takes at least one bit. */
const MAX_PIXELS_PER_BYTE = 8 * 64;

/**
 * Follows the markers of a JPEG (ITU-T T.81, annex B) from its first to its end marker, without decoding anything.
 *
 * @param bytes The file.
 * @param maxPixels The largest number of pixels that is accepted.
 * @returns The size of the picture.
 * @throws {LeNetError} `image/unreadable` when the file ends too soon, breaks the standard, or claims more pixels than
 * its data can hold; `image/too-large` above `maxPixels` or with more than 100 scans or 100,000 segments;
 * `image/unsupported` for kinds of JPEG that are next to never seen.
 */
export function readJpegHeader(bytes: Uint8Array, maxPixels: number): JpegHeader {
  if (bytes[0] !== 0xff || bytes[1] !== START_OF_IMAGE) {
    throw damaged("the JPEG does not begin with its start marker");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let header: JpegHeader | undefined;
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
      if (header === undefined || scans === 0) throw damaged("the JPEG holds no picture");
      checkData(header, dataBytes);
      return header;
    }
    if (++segments > MAX_SEGMENTS) {
      throw imageError("image/too-large", `the JPEG has more than ${MAX_SEGMENTS} segments`);
    }
    const length = at + 3 > bytes.length ? 0 : view.getUint16(at + 1);
    if (length < 2 || at + 1 + length > bytes.length) break;
    if (marker === START_OF_SCAN && ++scans > MAX_SCANS) {
      throw imageError("image/too-large", `the JPEG has more than ${MAX_SCANS} scans`);
    }
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker)) {
      if (header !== undefined) throw damaged("the JPEG has two frames");
      header = readFrame(marker, bytes.subarray(at + 3, at + 1 + length), maxPixels);
    }
    at += 1 + length;
  }
  throw damaged(`the JPEG ends at byte ${bytes.length}, before its end marker`);
}

/**
 * Where the next marker with data of its own is, or the end marker. Compressed data lie between markers, too: there,
 * 0xFF is followed by 0 or is a restart.
 */
function findMarker(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  if (at < 0) return bytes.length;
  for (at++; at < bytes.length; at++) {
    if (bytes[at - 1] === 0xff && !isBare(bytes[at])) return at;
  }
  return at;
}

/** Markers without data of their own: fill bytes, zeros stuffed into compressed data, restarts. */
function isBare(marker: number): boolean {
  return marker <= 0x01 || marker === 0xff || (marker >= 0xd0 && marker <= START_OF_IMAGE);
}

function readFrame(marker: number, data: Uint8Array, maxPixels: number): JpegHeader {
  if (data.length < 6) throw damaged(`the frame header of the JPEG has ${data.length} bytes`);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const depth = data[0];
  const height = view.getUint16(1);
  const width = view.getUint16(3);
  const components = data[5];
  if (!READABLE_FRAMES.includes(marker) || depth !== 8) {
    throw imageError(
      "image/unsupported",
      `the JPEG has ${depth} bits and frame marker 0x${
        marker.toString(16)
      }, expected 8 bits and 0xc0, 0xc1 or 0xc2`,
    );
  }
  if (components !== 1 && components !== 3) {
    throw imageError(
      "image/unsupported",
      `the JPEG has ${components} components, expected 1 (grey) or 3 (colour)`,
    );
  }
  if (width === 0 || height === 0) {
    throw damaged(`the JPEG claims ${width}×${height} pixels, expected each from 1 to 65535`);
  }
  if (width * height > maxPixels) {
    throw imageError(
      "image/too-large",
      `the JPEG claims ${width}×${height} pixels, expected at most ${maxPixels} in all`,
    );
  }
  return { width, height };
}

function checkData({ width, height }: JpegHeader, dataBytes: number): void {
  if (width * height > dataBytes * MAX_PIXELS_PER_BYTE) {
    throw damaged(
      `the JPEG claims ${width}×${height} pixels, more than its ${dataBytes} bytes of data can hold`,
    );
  }
}

function damaged(problem: string): LeNetError {
  return imageError("image/unreadable", problem);
}
