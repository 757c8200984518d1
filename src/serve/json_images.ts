import type { DigitImage } from "../image/digit_image.ts";
import type { SentImages } from "./body_images.ts";
import { Problem } from "./problem.ts";
import { tooManyImages } from "./too_many_images.ts";

/**
 * The largest JSON, in bytes. A picture that is larger is a file: the text of its numbers would take twenty times the
 * memory of its pixels.
 */
const MAX_JSON_BYTES = 1024 * 1024;

const EXPECTED =
  "784 numbers, rows of numbers, { data, width, height }, or { images } with a list of such";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Takes pictures out of JSON. They are pixels: text, which might be a URL, is refused.
 *
 * @param bytes The JSON.
 * @param maxImages The largest number of pictures.
 * @returns The pictures.
 * @throws {Problem} 400 when it is no JSON, 413 when it is too large or holds too many, 422 when it is not that of
 * pictures.
 */
export function jsonImages(bytes: Uint8Array<ArrayBuffer>, maxImages: number): SentImages {
  if (bytes.length > MAX_JSON_BYTES) {
    throw new Problem(
      413,
      "request/too-large",
      `Cannot read the request: its JSON has ${bytes.length} bytes, expected at most ${MAX_JSON_BYTES}; send a large picture as a file`,
    );
  }
  const value = parse(bytes);
  if (isObject(value) && "images" in value) {
    const { images } = value;
    if (!Array.isArray(images) || images.length === 0) {
      throw unexpected(`its images are ${nameOf(images)}`);
    }
    if (images.length > maxImages) throw tooManyImages(`${images.length}`, maxImages);
    return { several: images.map((image, n) => ({ image: pixelsOf(image, `image ${n}`) })) };
  }
  return { one: { image: pixelsOf(value, "it") } };
}

function parse(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    throw new Problem(
      400,
      "request/malformed",
      "Cannot read the request: its body is no JSON, as its content type says",
    );
  }
}

/** Lets through what `readPixels` is to look at, and nothing that is fetched or has methods. */
function pixelsOf(value: unknown, name: string): DigitImage {
  if (Array.isArray(value)) {
    const lists = Array.isArray(value[0]) ? value : [value];
    if (lists.every(isNumbers)) return value;
    throw unexpected(`${name} holds something else than numbers`);
  }
  if (isObject(value) && "data" in value) {
    const { data, width, height } = value;
    if (Array.isArray(data)) {
      if (!isNumbers(data)) throw unexpected(`the data of ${name} are not all numbers`);
      return { data, width: width as number, height: height as number };
    }
  }
  throw unexpected(`${name} is ${nameOf(value)}`);
}

/** Anything else would get into a message whole, however deep it is. */
function isNumbers(list: unknown): boolean {
  return Array.isArray(list) && list.every((value) => typeof value === "number");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return "an object of another shape";
  return typeof value === "string" ? "text" : `${value}`;
}

function unexpected(found: string): Problem {
  return new Problem(
    422,
    "image/invalid",
    `Cannot read the request: ${found}, expected ${EXPECTED}`,
  );
}
