import { excerpt, imageError, reasonOf } from "../errors.ts";
import { importNodeModule } from "./decode/external.ts";
import { imageFormat } from "./decode/format.ts";
import { ACCEPTED } from "./pixels.ts";
import { checkByteCount, readBytes, readStream } from "./read_image.ts";

/** What goes before the data of a `data:` URL may be this long. */
const MAX_PREAMBLE = 1000;

/** The longest way to write a byte, escaped in a URL, takes three letters; base64 takes 4/3, and line breaks. */
const MAX_LETTERS_PER_BYTE = 3;

/** As many letters of base64 as tell a format by twelve bytes. */
const TELLING_LETTERS = 16;

/**
 * The bytes of the file that a text holds or points to: a `data:` URL, an `http:` or `https:` URL, which is fetched, or
 * base64 of a file whose format is known. The text itself is in no message, but for its beginning.
 *
 * @param text The text.
 * @param maxBytes The largest number of bytes that is accepted.
 * @returns The bytes.
 * @throws {LeNetError} `image/unsupported` when it is anything else, `image/unreadable` when what it holds is damaged
 * or cannot be fetched, `image/too-large` above the limit.
 */
export async function readText(text: string, maxBytes: number): Promise<Uint8Array> {
  if (text.length > MAX_PREAMBLE + MAX_LETTERS_PER_BYTE * maxBytes) {
    throw imageError(
      "image/too-large",
      `its text has ${text.length} letters, expected at most ${maxBytes} bytes`,
    );
  }
  const [scheme] = /^\s*(data|https?):/i.exec(text) ?? [""];
  if (/https?/i.test(scheme)) return await fetchBytes(text.trim(), maxBytes);
  if (scheme === "" && !isBase64Image(text)) {
    throw imageError(
      "image/unsupported",
      `the text ${
        excerpt(text)
      } is no data:, http: or https: URL and no image file in base64, expected ${ACCEPTED}; the path of a file is not opened`,
    );
  }
  const bytes = scheme === "" ? base64Bytes(text) : dataUrlBytes(text.slice(scheme.length));
  checkByteCount(bytes.length, maxBytes);
  return bytes;
}

function isBase64Image(text: string): boolean {
  const start = text.slice(0, 8 * TELLING_LETTERS).replace(/\s+/g, "").slice(0, TELLING_LETTERS);
  if (!/^[\w+/-]+$/.test(start) || start.length < TELLING_LETTERS) return false;
  return imageFormat(base64Bytes(start)) !== undefined;
}

/**
 * The bytes of the file at a URL: `http:`, `https:` and `blob:` are fetched, `data:` holds them, and `file:` is opened
 * in Deno, Node and Bun.
 *
 * @param url The URL.
 * @param maxBytes The largest number of bytes that is accepted.
 * @returns The bytes.
 * @throws {LeNetError} `image/unreadable` when it cannot be fetched or opened, `image/unsupported` for any other scheme,
 * `image/too-large` above the limit.
 */
export async function readUrl(url: URL, maxBytes: number): Promise<Uint8Array> {
  switch (url.protocol) {
    case "data:": {
      const bytes = dataUrlBytes(url.href.slice(url.protocol.length));
      checkByteCount(bytes.length, maxBytes);
      return bytes;
    }
    case "http:":
    case "https:":
    case "blob:":
      return await fetchBytes(url.href, maxBytes);
    case "file:":
      return await readFile(url, maxBytes);
  }
  throw imageError(
    "image/unsupported",
    `its URL begins with ${excerpt(url.protocol)}, expected http:, https:, data:, blob: or file:`,
  );
}

/**
 * Fetches a file. How long it may take is for the caller to say, by fetching it and giving the response.
 *
 * @param url Where it is.
 * @param maxBytes The largest number of bytes that is accepted; more are not waited for.
 * @returns The bytes.
 * @throws {LeNetError} `image/unreadable` when the URL makes no sense, nobody answers, or the answer is no success;
 * `image/too-large` above the limit.
 */
export async function fetchBytes(url: string, maxBytes: number): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    const reason = reasonOf(cause).replaceAll(url, "it");
    throw imageError("image/unreadable", `${nameOf(url)} cannot be fetched: ${reason}`, cause);
  }
  return await readBytes(response, maxBytes);
}

/** What names a URL in a message: not its query, nor a password, which are nobody's business. */
function nameOf(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return excerpt(`${protocol}//${host}${pathname}`);
  } catch {
    return "its URL";
  }
}

async function readFile(url: URL, maxBytes: number): Promise<Uint8Array> {
  // A browser would say in its console that it looked for a module in vain.
  const fs = "process" in globalThis ? await importNodeModule("fs").catch(() => {}) : undefined;
  if (fs === undefined) {
    throw imageError("image/unsupported", "a file: URL cannot be opened here, expected its bytes");
  }
  const { createReadStream } = fs as { createReadStream(path: URL): AsyncIterable<Uint8Array> };
  // A stream, because some files have no end.
  return await readStream(createReadStream(url), maxBytes);
}

/** A byte as a URL escapes it. */
const ESCAPED = /%([0-9a-f]{2})/gi;

/**
 * Takes the bytes out of a `data:` URL (RFC 2397), whatever type it claims for them. A page's policy on connections
 * does not apply: nothing is fetched.
 *
 * @param url The URL, after `data:`.
 * @returns The bytes.
 * @throws {LeNetError} `image/unreadable` when it has no comma, or what follows is not the base64 that it claims.
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
 * The bytes that a text in base64 stands for, in every runtime.
 *
 * @param text Base64 or base64url, with or without padding, in one line or in many.
 * @returns The bytes.
 * @throws {LeNetError} `image/unreadable` when it holds anything else.
 */
function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  const letters = text.replaceAll("-", "+").replaceAll("_", "/");
  // Where the runtime can do it at once. Node 20 cannot.
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
