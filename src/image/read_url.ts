import { dataUrlBytes } from "./data_url.ts";
import { checkByteCount } from "./check_byte_count.ts";
import { excerpt } from "./excerpt.ts";
import { imageError } from "./image_error.ts";
import { importNodeModule } from "./node_module.ts";
import { readBytes } from "./read_bytes.ts";
import { readStream } from "./read_stream.ts";
import { reasonOf } from "./reason_of.ts";

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
