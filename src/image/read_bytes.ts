import { imageError, LeNetError, reasonOf } from "../errors.ts";
import type { EncodedImage } from "./image.ts";
import { typeName } from "./values.ts";

/** A source of the bytes of a file, or its URL. */
export type FileSource = Exclude<
  EncodedImage,
  Uint8Array | DataView | ArrayBuffer | SharedArrayBuffer
>;

/**
 * Reads all bytes of a file, up to a limit. A known size is checked before anything is read; a stream is cancelled as
 * soon as it exceeds the limit.
 *
 * @param source The source of the bytes, or their URL.
 * @param maxBytes The largest number of bytes that is accepted.
 * @returns The bytes, in fresh memory.
 * @throws {LeNetError} `image/too-large` above the limit, `image/unreadable` when reading fails, when the status of a
 * response is not a success, or when a body or stream is in use; `image/unsupported` for text that is neither a URL nor
 * a file in base64.
 */
export async function readBytes(source: FileSource, maxBytes: number): Promise<Uint8Array> {
  const opened = await openSource(source, maxBytes);
  if (isBytes(opened)) return checkedBytes(opened, maxBytes);
  if ("arrayBuffer" in opened) return await readBody(opened, maxBytes);
  return await readStream(opened, maxBytes);
}

/** Decodes or fetches what a text or a URL refers to. */
async function openSource(
  source: FileSource,
  maxBytes: number,
): Promise<Uint8Array | Exclude<FileSource, string | URL>> {
  if (typeof source === "string") return (await import("./url.ts")).openText(source, maxBytes);
  if (isUrl(source)) return (await import("./url.ts")).openUrl(source);
  return source;
}

function isUrl(source: FileSource): source is URL {
  return typeName(source) === "URL";
}

function isBytes(value: unknown): value is Uint8Array {
  return typeName(value) === "Uint8Array";
}

function checkedBytes(bytes: Uint8Array, maxBytes: number): Uint8Array {
  checkByteCount(bytes.length, maxBytes);
  return bytes;
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
    ? checkedBytes(new Uint8Array(await source.arrayBuffer()), maxBytes)
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
