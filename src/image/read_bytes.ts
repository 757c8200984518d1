import { excerpt, imageError, LeNetError, reasonOf } from "../errors.ts";
import { importNodeModule } from "../packages.ts";
import { ACCEPTED_IMAGES, imageFormat, SIGNATURE_BYTES } from "./decode/formats.ts";
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
  if (typeof source === "string") return await openText(source, maxBytes);
  if (isUrl(source)) return await openUrl(source);
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

/** Letters of a `data:` URL before its data: scheme, media type and parameters. No media type in use is longer. */
const MAX_PREAMBLE = 1000;

/** Letters for one byte: three where a URL escapes it. Base64 needs 4/3, and has room for line breaks. */
const MAX_LETTERS_PER_BYTE = 3;

/** Letters of base64 that encode a signature. */
const SIGNATURE_LETTERS = 4 * Math.ceil(SIGNATURE_BYTES / 3);

/**
 * Opens the file that a text contains or refers to: a `data:` URL, an `http:`, `https:` or `blob:` URL, which is
 * fetched, or base64 of a file in a format that is read. Error messages quote only the beginning of the text.
 *
 * @param text The text.
 * @param maxBytes The largest number of bytes that is accepted; it bounds the length of the text.
 * @returns The bytes, or the response.
 * @throws {LeNetError} `image/unsupported` for any other text, `image/unreadable` when the data are damaged or the URL
 * cannot be fetched, `image/too-large` when the text is too long for any file within the limit.
 */
export async function openText(text: string, maxBytes: number): Promise<Uint8Array | Response> {
  if (text.length > MAX_PREAMBLE + MAX_LETTERS_PER_BYTE * maxBytes) {
    throw imageError(
      "image/too-large",
      `its text has ${text.length} letters, expected at most ${maxBytes} bytes`,
    );
  }
  const [scheme] = /^\s*(data|https?|blob):/i.exec(text) ?? [""];
  if (/data/i.test(scheme)) return dataUrlBytes(text.slice(scheme.length));
  if (scheme !== "") return await fetchImage(text.trim());
  if (isBase64Image(text)) return base64Bytes(text);
  throw imageError(
    "image/unsupported",
    `the text ${
      excerpt(text)
    } is neither a data:, http:, https: or blob: URL nor an image file in base64, expected ${ACCEPTED_IMAGES}; a file path is not opened`,
  );
}

/** Only the first letters are decoded, since the text may be long. */
function isBase64Image(text: string): boolean {
  const start = text.slice(0, 8 * SIGNATURE_LETTERS).replace(/\s+/g, "").slice(
    0,
    SIGNATURE_LETTERS,
  );
  if (!/^[\w+/-]+$/.test(start) || start.length < SIGNATURE_LETTERS) return false;
  return imageFormat(base64Bytes(start)) !== undefined;
}

/**
 * Opens the file at a URL: `http:`, `https:` and `blob:` are fetched, `data:` is decoded, and `file:` is opened in Deno,
 * Node and Bun.
 *
 * @param url The URL.
 * @returns The bytes, the response, or a stream.
 * @throws {LeNetError} `image/unreadable` when it cannot be fetched or its data are damaged, `image/unsupported` for any
 * other scheme.
 */
export async function openUrl(
  url: URL,
): Promise<Uint8Array | Response | AsyncIterable<Uint8Array>> {
  switch (url.protocol) {
    case "data:":
      return dataUrlBytes(url.href.slice(url.protocol.length));
    case "http:":
    case "https:":
    case "blob:":
      return await fetchImage(url.href);
    case "file:":
      return await openFile(url);
  }
  throw imageError(
    "image/unsupported",
    `its URL begins with ${excerpt(url.protocol)}, expected http:, https:, data:, blob: or file:`,
  );
}

/** There is no timeout: a caller that needs one fetches the file and passes the response. */
async function fetchImage(url: string): Promise<Response> {
  try {
    return await fetch(url);
  } catch (cause) {
    const reason = reasonOf(cause).replaceAll(url, "it");
    throw imageError("image/unreadable", `${nameOf(url)} cannot be fetched: ${reason}`, cause);
  }
}

/** The URL for a message, without its credentials and query, which may be secret. */
function nameOf(url: string): string {
  try {
    const { origin, protocol, pathname } = new URL(url);
    return excerpt(protocol === "blob:" ? `blob:${pathname}` : `${origin}${pathname}`);
  } catch {
    return "its URL";
  }
}

/** A stream rather than all bytes, since some files, such as devices, have no end. */
async function openFile(url: URL): Promise<AsyncIterable<Uint8Array>> {
  // A browser would log the failed import of a module of Node.
  const fs = "process" in globalThis ? await importNodeModule("fs").catch(() => {}) : undefined;
  if (fs === undefined) {
    throw imageError("image/unsupported", "a file: URL cannot be opened here, expected its bytes");
  }
  return (fs as { createReadStream(path: URL): AsyncIterable<Uint8Array> }).createReadStream(url);
}

/** A byte as a URL escapes it. */
const ESCAPED = /%([0-9a-f]{2})/gi;

/**
 * Decodes a `data:` URL (RFC 2397). Its media type is ignored. It is not fetched, so that a page's content security
 * policy does not block it.
 *
 * @param url The URL, after `data:`.
 * @returns The bytes.
 * @throws {LeNetError} `image/unreadable` when it has no comma, or its base64 is damaged.
 */
function dataUrlBytes(url: string): Uint8Array<ArrayBuffer> {
  const comma = url.indexOf(",");
  if (comma < 0) {
    throw imageError(
      "image/unreadable",
      `the data URL ${excerpt(url)} has no comma before its data`,
    );
  }
  const isBase64 = /;\s*base64\s*$/i.test(url.slice(0, comma));
  const data = url.slice(comma + 1).replace(
    ESCAPED,
    (_, digits) => String.fromCharCode(parseInt(digits, 16)),
  );
  return isBase64 ? base64Bytes(data) : Uint8Array.from(data, (letter) => letter.charCodeAt(0));
}

/**
 * Decodes base64 in every runtime.
 *
 * @param text Base64 or base64url, with or without padding and line breaks.
 * @returns The bytes.
 * @throws {LeNetError} `image/unreadable` when it contains anything else.
 */
function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  const letters = text.replaceAll("-", "+").replaceAll("_", "/");
  // Faster where it exists; Node 20 lacks it.
  const { fromBase64 } = Uint8Array as unknown as {
    fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
  };
  try {
    if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, letters);
    return Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  } catch (cause) {
    throw imageError("image/unreadable", "its base64 is damaged", cause);
  }
}
