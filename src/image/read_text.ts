import { base64Bytes } from "./base64_bytes.ts";
import { checkByteCount } from "./check_byte_count.ts";
import { dataUrlBytes } from "./data_url.ts";
import { excerpt } from "./excerpt.ts";
import { imageError } from "./image_error.ts";
import { imageFormat } from "./image_format.ts";
import { ACCEPTED } from "./read_pixels.ts";
import { fetchBytes } from "./read_url.ts";

/** What goes before the data of a `data:` URL may be this long. */
const MOST_PREAMBLE = 1000;

/** The longest way to write a byte, escaped in a URL, takes three letters; base64 takes 4/3, and line breaks. */
const MOST_LETTERS_PER_BYTE = 3;

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
  if (text.length > MOST_PREAMBLE + MOST_LETTERS_PER_BYTE * maxBytes) {
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
