import { imageError, LeNetError, reasonOf } from "../errors.ts";
import { type ImageLimits, resolveLimits } from "../options.ts";
import { decodeImage, isImageFile, type Wanted } from "./decode/formats.ts";
import { DIGIT_SIDE } from "./frame.ts";
import type { DigitImage, DrawableImage, EncodedImage, Pixels } from "./image.ts";
import { readPixels } from "./pixels.ts";
import { typeName } from "./values.ts";

/**
 * Reads the pixels of a picture in any accepted form.
 *
 * @param image The picture. A stream, and the body of a request or a response, is read to its end; a URL is fetched.
 * @param limits The largest file and the largest picture that are accepted.
 * @param wanted What is wanted of a file: only where that is its brightness, it may be decoded to one channel.
 * @returns The pixels: bytes or floats, grey or RGBA.
 * @throws {LeNetError} `image/unreadable` when a file is damaged or cannot be read, `image/too-large` above a limit,
 * `image/invalid` for pixels that do not fit their size or are not numbers from 0 to 255, `image/unsupported` for
 * anything else, `option/invalid` for a limit that is not a number above 0.
 */
export async function readImage(
  image: DigitImage,
  limits?: ImageLimits,
  wanted: Wanted = "colour",
): Promise<Pixels> {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  if (isEncoded(image)) return await decodeImage(await readBytes(image, maxBytes), limits, wanted);
  if (isDrawable(image)) {
    // Imported here: bare pixels and files do not need it.
    const { readDrawable } = await import("./canvas.ts");
    return { ...await readDrawable(image, maxPixels), channels: 4 };
  }
  return readPixels(image, limits);
}

/**
 * Recognises canvases and what a browser can draw on one. They are recognised by shape, so that those of another realm
 * or library are accepted.
 *
 * @param image Any value.
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
 * Tells a picture in a file format from one whose pixels are in memory. It is recognised by shape, so that responses
 * and streams of another realm or library are accepted.
 *
 * @param image Anything that is accepted as a picture.
 * @returns Whether it is a file, a source of its bytes, or its URL.
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

/** Whether a value is a `Uint8Array`, which Node's `Buffer` is, too. */
function isBytes(value: unknown): value is Uint8Array {
  return typeName(value) === "Uint8Array";
}

function hasMethod(value: unknown, name: string | symbol): boolean {
  return typeof (value as Record<string | symbol, unknown> | null | undefined)?.[name] ===
    "function";
}

/**
 * Reads all bytes of a file, up to a limit. A known size is checked before anything is read; a stream is cancelled as
 * soon as it exceeds the limit.
 *
 * @param source The bytes, a source of them, or their URL.
 * @param maxBytes The largest number of bytes that is accepted.
 * @returns The bytes. Bytes in memory are not copied, unless another thread may change them.
 * @throws {LeNetError} `image/too-large` above the limit, `image/unreadable` when reading fails, when the status of a
 * response is not a success, or when a body or stream is in use; `image/unsupported` for text that is neither a URL nor
 * a file in base64.
 */
export async function readBytes(source: EncodedImage, maxBytes: number): Promise<Uint8Array> {
  if (typeof source === "string") {
    const { openText } = await import("./url.ts");
    return await readBytes(await openText(source, maxBytes), maxBytes);
  }
  if (ArrayBuffer.isView(source) || isBuffer(source)) return viewOf(source, maxBytes);
  if (typeName(source) === "URL") {
    const { openUrl } = await import("./url.ts");
    return await readBytes(await openUrl(source as URL), maxBytes);
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
  // A detached buffer has length 0, and views of it cannot be created.
  if (source.byteLength === 0) return new Uint8Array(0);
  const bytes = isBytes(source)
    ? source
    : ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  // Another thread could change shared bytes between the checks and the decoding.
  return typeName(bytes.buffer) === "SharedArrayBuffer" ? new Uint8Array(bytes) : bytes;
}

/** Reads a blob, or the body of a request or a response. */
async function readBody(source: Blob | Request | Response, maxBytes: number): Promise<Uint8Array> {
  if ("size" in source) {
    checkByteCount(source.size, maxBytes);
    return await readStream(source.stream(), maxBytes);
  }
  try {
    if ("ok" in source && !source.ok) {
      throw imageError(
        "image/unreadable",
        `the response has status ${source.status}, expected 200 to 299`,
      );
    }
    checkByteCount(Number(source.headers.get("content-length")), maxBytes);
  } catch (error) {
    // The connection stays open until the body is read or cancelled.
    await source.body?.cancel().catch(() => {});
    throw error;
  }
  if (source.bodyUsed) {
    const what = "ok" in source ? "response" : "request";
    throw imageError("image/unreadable", `the body of the ${what} was already read`);
  }
  if (source.body === null) return new Uint8Array(0);
  // Firefox has no `body` on a request.
  return source.body === undefined
    ? viewOf(await source.arrayBuffer(), maxBytes)
    : await readStream(source.body, maxBytes);
}

/** Reads a stream or another async iterable of bytes, such as a stream of Node. */
async function readStream(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const copies: Uint8Array[] = [];
  let size = 0;
  const chunks = "getReader" in stream ? chunksOf(stream) : stream;
  try {
    for await (const chunk of chunks) {
      if (!isBytes(chunk)) {
        throw imageError(
          "image/unreadable",
          `its stream gave a ${typeof chunk} that is not a Uint8Array, expected bytes`,
        );
      }
      checkByteCount(size += chunk.length, maxBytes);
      // Some sources reuse the memory of a chunk for the next one.
      copies.push(new Uint8Array(chunk));
    }
  } catch (cause) {
    if (cause instanceof LeNetError) throw cause;
    const reason = reasonOf(cause);
    throw imageError("image/unreadable", `its stream failed before its end: ${reason}`, cause);
  }
  return copies.length === 1 ? copies[0] : concat(copies, size);
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (stream.locked) {
    throw imageError("image/unreadable", "its stream is locked, expected one without a reader");
  }
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const chunk = await reader.read();
      isDone = chunk.done;
      if (chunk.done) return;
      yield chunk.value;
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

function checkByteCount(count: number, maxBytes: number): void {
  if (count > maxBytes) {
    throw imageError(
      "image/too-large",
      `it has ${count} bytes or more, expected at most ${maxBytes}`,
    );
  }
}
