import { DIGIT_SIDE } from "./digit_frame.ts";
import type { DigitImage, EncodedImage } from "./digit_image.ts";
import { imageError } from "./image_error.ts";
import { isJpeg, isPng } from "./image_format.ts";
import { isBytes, typeName } from "./type_name.ts";

/**
 * Tells a picture in a file format from one whose pixels are at hand. It is told by shape, so that the responses and
 * streams of another realm or library are known too.
 *
 * @param image Anything that is accepted as a picture.
 * @returns Whether it holds or gives the bytes of a file.
 */
export function isEncoded(image: DigitImage): image is EncodedImage {
  if (isBytes(image)) {
    return isPng(image) || isJpeg(image) || image.length !== DIGIT_SIDE * DIGIT_SIDE;
  }
  return typeName(image) === "ArrayBuffer" || hasMethod(image, "getReader") ||
    (hasMethod(image, "arrayBuffer") && ("ok" in image || "stream" in image));
}

function hasMethod(value: unknown, name: string): value is object {
  return typeof (value as Record<string, unknown> | null | undefined)?.[name] === "function";
}

/**
 * Takes all bytes out of whatever holds them, up to a limit. A size that is known is checked before anything is
 * read; a stream is cancelled as soon as it has given too much.
 *
 * @param source Bytes, or what gives them.
 * @param maxBytes The largest number of bytes that is accepted.
 * @returns The bytes; not copied when they are at hand.
 * @throws {LeNetError} `image/too-large` above the limit, `image/unreadable` when reading fails, when the response
 * is not a success, or when its body or the stream is in use.
 */
export async function readBytes(source: EncodedImage, maxBytes: number): Promise<Uint8Array> {
  if (isBytes(source)) {
    checkSize(source.length, maxBytes);
    return source;
  }
  if ("getReader" in source) return await readStream(source, maxBytes);
  if ("ok" in source) return await readResponse(source, maxBytes);
  if ("stream" in source) {
    checkSize(source.size, maxBytes);
    return await readStream(source.stream(), maxBytes);
  }
  checkSize(source.byteLength, maxBytes);
  // No view can be made of a buffer that was transferred away; its length is 0.
  return source.byteLength === 0 ? new Uint8Array(0) : new Uint8Array(source);
}

async function readResponse(response: Response, maxBytes: number): Promise<Uint8Array> {
  try {
    if (!response.ok) {
      throw imageError(
        "image/unreadable",
        `the answer has status ${response.status}, expected 200 to 299`,
      );
    }
    checkSize(Number(response.headers.get("content-length")), maxBytes);
  } catch (error) {
    // The connection is held until the body is read or cancelled.
    await response.body?.cancel().catch(() => {});
    throw error;
  }
  if (response.bodyUsed) {
    throw imageError("image/unreadable", "the body of the response was already read");
  }
  return response.body === null ? new Uint8Array(0) : await readStream(response.body, maxBytes);
}

async function readStream(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  if (stream.locked) {
    throw imageError("image/unreadable", "its stream is locked, expected one that nobody reads");
  }
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await readChunk(reader);
      if (done) break;
      if (!isBytes(value)) {
        throw imageError(
          "image/unreadable",
          `its stream gave a ${typeof value} that is no Uint8Array, expected bytes`,
        );
      }
      checkSize(size += value.length, maxBytes);
      // A copy, because some sources fill the same memory again.
      chunks.push(new Uint8Array(value));
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  } finally {
    reader.releaseLock();
  }
  if (chunks.length === 1) return chunks[0];
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (cause) {
    throw imageError("image/unreadable", "its stream failed before its end", cause);
  }
}

function checkSize(size: number, maxBytes: number): void {
  if (size > maxBytes) {
    throw imageError(
      "image/too-large",
      `it has ${size} bytes or more, expected at most ${maxBytes}`,
    );
  }
}
