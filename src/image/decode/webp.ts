import { imageError } from "../../errors.ts";
import { type ImageLimits, resolveLimits } from "../../options.ts";
import type { RgbaImage } from "../image.ts";
import { allocate, checkFileSize, checkPictureSize, damaged } from "./checks.ts";
import { readExifOrientation, rotateUpright } from "./exif.ts";
import { decodeExternal, type ExternalFormat } from "./external.ts";

const WEBP: ExternalFormat = {
  name: "WebP",
  mediaType: "image/webp",
  package: "@jsquash/webp",
  version: "1.5.0",
  wasm: "/codec/dec/webp_dec.wasm",
};

/**
 * Decodes a WebP: lossy and lossless, with transparency, rotated upright as its EXIF orientation says; of an animation,
 * the first frame on a transparent canvas. Colour profiles are ignored.
 *
 * Sizes are checked before a decoder is loaded, and the decoder gets only the chunks of the frame.
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
  const frame = readFrame(bytes, maxPixels);
  const picture = await decodeExternal(WEBP, wrapFrame(frame), frame);
  return rotateUpright(placeOnCanvas(picture, frame), frame.orientation);
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

/** The picture of a WebP, or the first frame of an animation, still compressed, and its place on the canvas. */
interface WebpFrame {
  readonly canvasWidth: number;
  readonly canvasHeight: number;
  /** Column of the canvas at which the frame begins. */
  readonly left: number;
  /** Row of the canvas at which the frame begins. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** The chunk with the picture, after the chunk with its alpha channel, if there is one. */
  readonly chunks: readonly WebpChunk[];
  /** The EXIF orientation, 1 to 8; 1 is upright. */
  readonly orientation: number;
}

/** A chunk of a WebP. */
interface WebpChunk {
  /** Its four letters. */
  readonly name: string;
  readonly data: Uint8Array;
}

/** Bytes of a chunk before its data: name and length. */
const CHUNK_HEADER = 8;

/** Bytes of the data of chunk `VP8X`. */
const EXTENDED_HEADER = 10;

/** Bytes of chunk `ANMF` before its own chunks. */
const FRAME_HEADER = 16;

/** Chunks that are accepted. An animation has one for each frame. A chunk needs only eight bytes. */
const MAX_CHUNKS = 100_000;

/** The first byte of a lossless picture. */
const LOSSLESS_SIGNATURE = 0x2f;

/**
 * Parses the chunks of a WebP (RFC 9649), without decoding anything. Bytes after the length in its header are ignored.
 *
 * @param bytes The file.
 * @param maxPixels The largest number of pixels that the canvas may have.
 * @returns The picture, or the first frame.
 * @throws {LeNetError} `image/unreadable` when the file is truncated or violates the standard, `image/too-large` above
 * `maxPixels` or 100,000 chunks.
 */
function readFrame(bytes: Uint8Array, maxPixels: number): WebpFrame {
  const end = CHUNK_HEADER + uint32(bytes, 4);
  if (bytes.length < end) throw damaged(`the WebP ends at byte ${bytes.length}, expected ${end}`);
  let canvas: Uint8Array | undefined;
  let frame: Omit<WebpFrame, "orientation" | "canvasWidth" | "canvasHeight"> | undefined;
  let alpha: WebpChunk | undefined;
  let orientation = 1;
  for (const chunk of readChunks(bytes.subarray(12, end))) {
    const { name, data } = chunk;
    if (name === "VP8X" && canvas === undefined && frame === undefined) {
      if (data.length < EXTENDED_HEADER) throw damaged("the WebP has a header that is too short");
      canvas = data;
      checkPictureSize("the WebP", uint24(data, 4) + 1, uint24(data, 7) + 1, maxPixels);
    } else if (name === "EXIF" && canvas !== undefined) {
      orientation = readExifOrientation(data);
    } else if (frame === undefined) {
      if (name === "ALPH") alpha = chunk;
      else if (name === "ANMF") frame = readAnimated(data, maxPixels);
      else if (isPicture(name)) frame = { left: 0, top: 0, ...stillOf(alpha, chunk, maxPixels) };
    }
    // A file without an extended header has one chunk.
    if (canvas === undefined) break;
  }
  if (frame === undefined) throw damaged("the WebP holds no picture");
  const { left, top, width, height } = frame;
  const canvasWidth = canvas === undefined ? width : uint24(canvas, 4) + 1;
  const canvasHeight = canvas === undefined ? height : uint24(canvas, 7) + 1;
  if (left + width > canvasWidth || top + height > canvasHeight) {
    throw damaged(
      `the WebP has a picture of ${width}×${height} pixels that leaves its ${canvasWidth}×${canvasHeight}`,
    );
  }
  return { canvasWidth, canvasHeight, ...frame, orientation };
}

/** Makes a file of a frame alone: no canvas, no animation, no colour profile. */
function wrapFrame({ chunks, width, height }: WebpFrame): Uint8Array<ArrayBuffer> {
  const all = [...chunks];
  if (chunks.length > 1) {
    const header = new Uint8Array(EXTENDED_HEADER);
    const view = new DataView(header.buffer);
    header[0] = 0x10;
    view.setUint16(4, width - 1 & 0xffff, true);
    view.setUint16(7, height - 1 & 0xffff, true);
    all.unshift({ name: "VP8X", data: header });
  }
  const length = all.reduce((sum, { data }) => sum + CHUNK_HEADER + padded(data.length), 4);
  const file = new Uint8Array(CHUNK_HEADER + length);
  const view = new DataView(file.buffer);
  const write = (at: number, name: string): void => {
    for (let i = 0; i < 4; i++) file[at + i] = name.charCodeAt(i);
  };
  write(0, "RIFF");
  view.setUint32(4, length, true);
  write(8, "WEBP");
  let at = 12;
  for (const { name, data } of all) {
    write(at, name);
    view.setUint32(at + 4, data.length, true);
    file.set(data, at + CHUNK_HEADER);
    at += CHUNK_HEADER + padded(data.length);
  }
  return file;
}

function* readChunks(bytes: Uint8Array): Generator<WebpChunk, void> {
  for (let at = 0, count = 0; at < bytes.length; count++) {
    if (count === MAX_CHUNKS) {
      throw imageError("image/too-large", `the WebP has more than ${MAX_CHUNKS} chunks`);
    }
    const data = at + CHUNK_HEADER;
    const length = data > bytes.length ? Infinity : uint32(bytes, at + 4);
    if (data + length > bytes.length) {
      throw damaged("the WebP has a chunk that is longer than the file");
    }
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    yield { name, data: bytes.subarray(data, data + length) };
    at = data + padded(length);
  }
}

/** The picture in a frame of an animation. */
function readAnimated(
  data: Uint8Array,
  maxPixels: number,
): ReturnType<typeof stillOf> & { left: number; top: number } {
  if (data.length < FRAME_HEADER) throw damaged("the WebP has a frame that is too short");
  let alpha: WebpChunk | undefined;
  for (const chunk of readChunks(data.subarray(FRAME_HEADER))) {
    if (chunk.name === "ALPH") alpha = chunk;
    if (!isPicture(chunk.name)) continue;
    const still = stillOf(alpha, chunk, maxPixels);
    const [width, height] = [uint24(data, 6) + 1, uint24(data, 9) + 1];
    if (width !== still.width || height !== still.height) {
      throw damaged(
        `the WebP has a picture of ${still.width}×${still.height} pixels in a frame of ${width}×${height}`,
      );
    }
    return { left: 2 * uint24(data, 0), top: 2 * uint24(data, 3), ...still };
  }
  throw damaged("the WebP has a frame without a picture");
}

function isPicture(name: string): boolean {
  return name === "VP8 " || name === "VP8L";
}

function stillOf(
  alpha: WebpChunk | undefined,
  picture: WebpChunk,
  maxPixels: number,
): Pick<WebpFrame, "width" | "height" | "chunks"> {
  const { name, data } = picture;
  const { width, height } = name === "VP8 " ? lossySize(data) : losslessSize(data);
  checkPictureSize("the WebP", width, height, maxPixels);
  // A lossless picture includes its alpha channel.
  return { width, height, chunks: alpha && name === "VP8 " ? [alpha, picture] : [picture] };
}

/** The size in the header of a VP8 key frame (RFC 6386, section 9.1). */
function lossySize(data: Uint8Array): { width: number; height: number } {
  const isKeyFrame = data.length >= 10 && (data[0] & 1) === 0 && data[3] === 0x9d &&
    data[4] === 0x01 && data[5] === 0x2a;
  if (!isKeyFrame) throw damaged("the WebP has a picture without a header");
  return { width: (data[6] | data[7] << 8) & 0x3fff, height: (data[8] | data[9] << 8) & 0x3fff };
}

/** The size in the header of a VP8L picture (RFC 9649, section 3.4). */
function losslessSize(data: Uint8Array): { width: number; height: number } {
  if (data.length < 5 || data[0] !== LOSSLESS_SIGNATURE || data[4] >> 5 !== 0) {
    throw damaged("the WebP has a picture without a header");
  }
  const bits = uint32(data, 1);
  return { width: (bits & 0x3fff) + 1, height: (bits >>> 14 & 0x3fff) + 1 };
}

function uint32(bytes: Uint8Array, at: number): number {
  return (uint24(bytes, at) | bytes[at + 3] << 24) >>> 0;
}

function uint24(bytes: Uint8Array, at: number): number {
  return bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16;
}

/** The length of the data of a chunk in the file, which is padded to an even number of bytes. */
function padded(length: number): number {
  return length + length % 2;
}
