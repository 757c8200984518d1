import { base64Bytes } from "./base64_bytes.ts";
import { excerpt } from "./excerpt.ts";
import { imageError } from "./image_error.ts";

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
export function dataUrlBytes(url: string): Uint8Array<ArrayBuffer> {
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
