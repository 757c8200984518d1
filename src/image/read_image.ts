import { imageError, LeNetError, reasonOf } from "../errors.ts";
import { type ImageLimits, resolveLimits } from "../options.ts";
import { decodeImage } from "./decode/decode.ts";
import { isImageFile } from "./decode/format.ts";
import {
  DIGIT_SIDE,
  type DigitImage,
  type DrawableImage,
  type EncodedImage,
  isBytes,
  typeName,
} from "./image.ts";
import { type Pixels, readPixels } from "./pixels.ts";

/**
 * The pixels of a picture in any form that is accepted.
 *
 * @param image The picture. A stream, and the body of a request or a response, is read to its end; a URL is fetched.
 * @param limits The largest file and the largest picture that are accepted.
 * @param wanted What of a file is wanted: where that is its brightness, it may come in one channel.
 * @returns The pixels: bytes or floats, grey or RGBA.
 * @throws {LeNetError} `image/unreadable` when a file is damaged or cannot be read, `image/too-large` above a limit,
 * `image/invalid` for pixels that do not fit their size or are no numbers from 0 to 255, `image/unsupported` for
 * anything else, `option/invalid` for a limit that is not a number above 0.
 */
export async function readImage(
  image: DigitImage,
  limits?: ImageLimits,
  wanted: "colour" | "brightness" = "colour",
): Promise<Pixels> {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  if (isEncoded(image)) return await decodeImage(await readBytes(image, maxBytes), limits, wanted);
  if (isDrawable(image)) {
    // Loaded when first needed, as everything is that reads more than bare pixels.
    const { readDrawable } = await import("./canvas.ts");
    return { ...await readDrawable(image, maxPixels), channels: 4 };
  }
  return readPixels(image, limits);
}

/**
 * Tells what a browser can draw on a canvas, and a canvas, from all other pictures. It is told by shape, so that those
 * of another frame or library are known too.
 *
 * @param image Anything.
 * @returns Whether it is a canvas, a bitmap, a video frame, or the element of an image or a video.
 */
export function isDrawable(image: unknown): image is DrawableImage {
  if (typeof image !== "object" || image === null || "data" in image) return false;
  const { getContext, close, width, displayWidth, naturalWidth, videoWidth } = image as Record<
    string,
    unknown
  >;
  return typeof getContext === "function" || typeof naturalWidth === "number" ||
    typeof videoWidth === "number" ||
    (typeof close === "function" && typeof (displayWidth ?? width) === "number");
}

/**
 * Tells a picture in a file format from one whose pixels are at hand. It is told by shape, so that the responses and
 * streams of another realm or library are known too.
 *
 * @param image Anything that is accepted as a picture.
 * @returns Whether it holds or gives the bytes of a file, or says where they are.
 */
export function isEncoded(image: DigitImage): image is EncodedImage {
  if (isBytes(image)) return image.length !== DIGIT_SIDE * DIGIT_SIDE || isImageFile(image);
  if (typeof image === "string") return true;
  if (["ArrayBuffer", "SharedArrayBuffer", "DataView", "URL"].includes(typeName(image))) {
    return true;
  }
  return hasMethod(image, "getReader") || hasMethod(image, "arrayBuffer") ||
    hasMethod(image, Symbol.asyncIterator);
}

function hasMethod(value: unknown, name: string | symbol): boolean {
  return typeof (value as Record<string | symbol, unknown> | null | undefined)?.[name] ===
    "function";
}

/**
 * Takes all bytes out of whatever holds them, up to a limit. A size that is known is checked before anything is
 * read; a stream is cancelled as soon as it has given too much.
 *
 * @param source Bytes, what gives them, or where they are.
 * @param maxBytes The largest number of bytes that is accepted.
 * @returns The bytes; not copied when they are at hand, unless another thread may change them.
 * @throws {LeNetError} `image/too-large` above the limit, `image/unreadable` when reading fails, when the response
 * is not a success, or when its body or the stream is in use; `image/unsupported` for text that is no picture.
 */
export async function readBytes(source: EncodedImage, maxBytes: number): Promise<Uint8Array> {
  if (typeof source === "string") {
    const { readText } = await import("./url.ts");
    return await readText(source, maxBytes);
  }
  if (ArrayBuffer.isView(source) || isBuffer(source)) return viewOf(source, maxBytes);
  if (typeName(source) === "URL") {
    const { readUrl } = await import("./url.ts");
    return await readUrl(source as URL, maxBytes);
  }
  if ("arrayBuffer" in source) return await readBody(source, maxBytes);
  return await readStream(source as ReadableStream<Uint8Array>, maxBytes);
}

function isBuffer(source: EncodedImage): source is ArrayBuffer | SharedArrayBuffer {
  return ["ArrayBuffer", "SharedArrayBuffer"].includes(typeName(source));
}

function viewOf(
  source: Uint8Array | DataView | ArrayBuffer | SharedArrayBuffer,
  maxBytes: number,
): Uint8Array {
  checkByteCount(source.byteLength, maxBytes);
  // No view can be made of a buffer that was transferred away; its length is 0.
  if (source.byteLength === 0) return new Uint8Array(0);
  const bytes = isBytes(source)
    ? source
    : ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  // What is checked here must be what is decoded later.
  return typeName(bytes.buffer) === "SharedArrayBuffer" ? new Uint8Array(bytes) : bytes;
}

/** The bytes of a blob, or of the body of a request or a response. */
async function readBody(source: Blob | Request | Response, maxBytes: number): Promise<Uint8Array> {
  if ("size" in source) {
    checkByteCount(source.size, maxBytes);
    return await readStream(source.stream(), maxBytes);
  }
  try {
    if ("ok" in source && !source.ok) {
      throw imageError(
        "image/unreadable",
        `the answer has status ${source.status}, expected 200 to 299`,
      );
    }
    checkByteCount(Number(source.headers.get("content-length")), maxBytes);
  } catch (error) {
    // The connection is held until the body is read or cancelled.
    await source.body?.cancel().catch(() => {});
    throw error;
  }
  if (source.bodyUsed) {
    const what = "ok" in source ? "response" : "request";
    throw imageError("image/unreadable", `the body of the ${what} was already read`);
  }
  if (source.body === null) return new Uint8Array(0);
  // Firefox gives no stream of a request.
  return source.body === undefined
    ? viewOf(await source.arrayBuffer(), maxBytes)
    : await readStream(source.body, maxBytes);
}

/**
 * Takes all bytes out of a stream, which is cancelled as soon as it has given too much.
 *
 * @param stream A stream, or anything else that gives bytes in `for await`, as the streams of Node do.
 * @param maxBytes The largest number of bytes that is accepted.
 * @returns The bytes, in fresh memory.
 * @throws {LeNetError} `image/too-large` above the limit, `image/unreadable` when the stream fails, gives anything but
 * bytes, or is in use.
 */
export async function readStream(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const pieces = "getReader" in stream ? readPieces(stream) : stream;
  try {
    for await (const piece of pieces) {
      if (!isBytes(piece)) {
        throw imageError(
          "image/unreadable",
          `its stream gave a ${typeof piece} that is no Uint8Array, expected bytes`,
        );
      }
      checkByteCount(size += piece.length, maxBytes);
      // A copy, because some sources fill the same memory again.
      chunks.push(new Uint8Array(piece));
    }
  } catch (cause) {
    if (cause instanceof LeNetError) throw cause;
    const reason = reasonOf(cause);
    throw imageError("image/unreadable", `its stream failed before its end: ${reason}`, cause);
  }
  return chunks.length === 1 ? chunks[0] : concat(chunks, size);
}

async function* readPieces(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (stream.locked) {
    throw imageError("image/unreadable", "its stream is locked, expected one that nobody reads");
  }
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const piece = await reader.read();
      isDone = piece.done;
      if (piece.done) return;
      yield piece.value;
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * Checks how many bytes there are so far.
 *
 * @param count Their number.
 * @param maxBytes The largest number that is accepted.
 * @throws {LeNetError} `image/too-large` when there are more.
 */
export function checkByteCount(count: number, maxBytes: number): void {
  if (count > maxBytes) {
    throw imageError(
      "image/too-large",
      `it has ${count} bytes or more, expected at most ${maxBytes}`,
    );
  }
}
