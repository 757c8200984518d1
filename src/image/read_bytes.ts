import { checkByteCount } from "./check_byte_count.ts";
import { DIGIT_SIDE } from "./digit_frame.ts";
import type { DigitImage, EncodedImage } from "./digit_image.ts";
import { imageError } from "./image_error.ts";
import { isImageFile } from "./image_format.ts";
import { readStream } from "./read_stream.ts";
import { isBytes, typeName } from "./type_name.ts";

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
    const { readText } = await import("./read_text.ts");
    return await readText(source, maxBytes);
  }
  if (ArrayBuffer.isView(source) || isBuffer(source)) return viewOf(source, maxBytes);
  if (typeName(source) === "URL") {
    const { readUrl } = await import("./read_url.ts");
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
