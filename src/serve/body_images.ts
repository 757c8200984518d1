import { IMAGE_MEDIA_TYPES } from "../image/decode/formats.ts";
import type { DigitImage } from "../image/image.ts";
import { Problem } from "./reply.ts";

/** A picture of a request, with the name of its file if it has one. */
interface SentImage {
  readonly file?: string;
  readonly image: DigitImage;
}

/** The pictures of a body: one, which is answered by an object, or several, which are answered by a list. */
type SentImages = { readonly one: SentImage } | { readonly several: readonly SentImage[] };

/**
 * Extracts the pictures of a body. Image files are not decoded yet.
 *
 * @param bytes The body.
 * @param type Its encoding.
 * @param maxImages The largest number of pictures.
 * @returns The pictures.
 * @throws {Problem} 400 if the body does not match its type, 413 if it contains too many pictures, 422 if its JSON does not
 * describe pictures.
 */
export async function bodyImages(
  bytes: Uint8Array<ArrayBuffer>,
  { kind, parameters }: BodyType,
  maxImages: number,
): Promise<SentImages> {
  switch (kind) {
    case "file":
      return { one: { image: bytes } };
    case "json":
      return jsonImages(bytes, maxImages);
    case "multipart":
      return { several: await multipartImages(bytes, parameters.get("boundary"), maxImages) };
  }
}

/**
 * Largest size of JSON, in bytes. Parsed JSON needs about twenty times the memory of the pixels that it describes, so
 * larger pictures have to be sent as files.
 */
const MAX_JSON_BYTES = 1024 * 1024;

const EXPECTED_JSON =
  "784 numbers, rows of numbers, { data, width, height }, or { images } with an array of these";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Extracts pictures from JSON. They must be pixels: a string could be a URL, which the library would fetch. */
function jsonImages(bytes: Uint8Array<ArrayBuffer>, maxImages: number): SentImages {
  if (bytes.length > MAX_JSON_BYTES) {
    throw new Problem(
      413,
      "request/too-large",
      `Cannot parse the body: found JSON of ${bytes.length} bytes, expected at most ${MAX_JSON_BYTES}; send large pictures as image files`,
    );
  }
  const value = parse(bytes);
  if (isObject(value) && "images" in value) {
    const { images } = value;
    if (!Array.isArray(images) || images.length === 0) {
      throw unexpected(`images that are ${nameOf(images)}`);
    }
    if (images.length > maxImages) throw tooManyImages(`${images.length}`, maxImages);
    return { several: images.map((image, n) => ({ image: pixelsOf(image, ` in image ${n}`) })) };
  }
  return { one: { image: pixelsOf(value, "") } };
}

function parse(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Problem(
      400,
      "request/malformed",
      "Cannot parse the body: found invalid JSON, expected JSON as its content type says",
    );
  }
}

/** Accepts numbers only, in the shapes of `DigitImage`; their count and range are checked with the picture. */
function pixelsOf(value: unknown, place: string): DigitImage {
  if (Array.isArray(value)) {
    const lists = Array.isArray(value[0]) ? value : [value];
    if (lists.every(isNumbers)) return value;
    throw unexpected(`values${place} that are not numbers`);
  }
  if (isObject(value) && "data" in value) {
    const { data, width, height } = value;
    if (Array.isArray(data)) {
      if (!isNumbers(data)) throw unexpected(`data${place} that are not all numbers`);
      return { data, width: width as number, height: height as number };
    }
  }
  throw unexpected(`${nameOf(value)}${place}`);
}

/** Checks every value: error messages quote values, and nested arrays may be deeper than the call stack. */
function isNumbers(list: unknown): boolean {
  return Array.isArray(list) && list.every((value) => typeof value === "number");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (isObject(value)) return "an object of another shape";
  return typeof value === "string" ? "a string" : `${value}`;
}

function unexpected(found: string): Problem {
  return new Problem(
    422,
    "image/invalid",
    `Cannot parse the JSON of the body: found ${found}, expected ${EXPECTED_JSON}`,
  );
}

// Maps every byte to one character, so that delimiters can be searched as text.
const latin1 = new TextDecoder("latin1");

/**
 * Boundaries that all parsers of forms read in the same way: 1 to 70 characters, the last one not a space (RFC 2046 section
 * 5.1.1), from the characters of that section and of tokens. None of them needs an escape in a quoted string.
 */
const BOUNDARY = /^[!#$%&'()*+,./:=?^_`|~0-9A-Za-z -]{1,70}(?<! )$/;

/**
 * Extracts the files of a form, in order. Its delimiters are counted before it is parsed, which bounds the work of the
 * platform's parser; the parts are counted again after parsing, before any of them is read.
 */
async function multipartImages(
  bytes: Uint8Array<ArrayBuffer>,
  boundary: string | undefined,
  maxImages: number,
): Promise<SentImage[]> {
  if (boundary === undefined) throw malformed("no boundary in its content type");
  if (!BOUNDARY.test(boundary)) throw malformed("an invalid boundary in its content type");
  const text = latin1.decode(bytes);
  const delimiter = `--${boundary}`;
  let parts = -1;
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + 1)) {
    // Every part begins with a delimiter; one more ends the last part.
    if (++parts > maxImages) throw tooManyImages(`more than ${maxImages}`, maxImages);
  }
  if (!text.includes(`${delimiter}--`)) throw malformed("no end of the form");
  let form: FormData;
  try {
    // Built from the boundary that was counted, not passed on as sent: the platform must split at the same delimiters.
    const type = `multipart/form-data; boundary="${boundary}"`;
    form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw malformed("a damaged form");
  }
  const fields = [...form];
  if (fields.length > maxImages) throw tooManyImages(`${fields.length}`, maxImages);
  const images: SentImage[] = [];
  for (const [name, part] of fields) {
    if (typeof part === "string") throw malformed(`text in the field ${name}`);
    images.push({ file: part.name, image: new Uint8Array(await part.arrayBuffer()) });
  }
  if (images.length === 0) throw malformed("an empty form");
  return images;
}

function malformed(found: string): Problem {
  return new Problem(
    400,
    "request/malformed",
    `Cannot parse the form of the body: found ${found}, expected files`,
  );
}

/** A media type, as RFC 9110 section 8.3.1 defines it. */
interface MediaType {
  /** Type and subtype in lower case, such as `image/png`. */
  readonly name: string;
  /** Values of the parameters, unquoted, by name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** How the body of a request is encoded. */
interface BodyType {
  readonly kind: "file" | "json" | "multipart";
  /** Parameters of the content type. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The accepted media types, for error messages and the header `accept-post`. */
const ACCEPTED_TYPES: string = [
  ...IMAGE_MEDIA_TYPES,
  "application/octet-stream",
  "application/json",
  "multipart/form-data",
].join(", ");

/**
 * Determines the encoding of a body from its headers. Which format a picture has is determined by its bytes, not by its
 * type.
 *
 * @throws {Problem} 415 when the type is missing, malformed or not accepted, or the body is compressed.
 */
export function bodyTypeOf(headers: Headers): BodyType {
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    throw unsupported(`content encoding ${encoding}, expected identity`, {
      "accept-encoding": "identity",
    });
  }
  const value = headers.get("content-type") ?? "";
  if (value === "") throw unsupportedType("no content type");
  const { name, parameters } = parseMediaType(value);
  if (name === "application/json") return { kind: "json", parameters };
  if (name === "multipart/form-data") return { kind: "multipart", parameters };
  if (name === "application/octet-stream" || name.startsWith("image/")) {
    return { kind: "file", parameters };
  }
  throw unsupportedType(`content type ${name}`);
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

const NAME = new RegExp(`${TOKEN}/${TOKEN}`, "y");

/** A semicolon and the parameter after it, `name=token` or `name="quoted string"`. The grammar allows it to be empty. */
const PARAMETER = new RegExp(
  `[\\t ]*;[\\t ]*(?:(${TOKEN})=(?:(${TOKEN})|` +
    `"((?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*)"))?`,
  "y",
);

/**
 * Parses a media type by the grammar of RFC 9110 sections 5.6.6 and 8.3.1. It is stricter in one point: a parameter may
 * occur only once. Of several, two parsers may take different ones, and a check made with one value would not hold for
 * the other.
 *
 * @param text The value of a content-type header, without surrounding whitespace.
 * @throws {Problem} 415 when it is malformed, or a parameter occurs twice.
 */
export function parseMediaType(text: string): MediaType {
  NAME.lastIndex = 0;
  const name = NAME.exec(text)?.[0].toLowerCase();
  if (name === undefined) throw unsupportedType("a malformed content type");
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = NAME.lastIndex;
  for (let end = NAME.lastIndex; end < text.length; end = PARAMETER.lastIndex) {
    const match = PARAMETER.exec(text);
    if (match === null) throw unsupportedType("a malformed content type");
    const [, written, token, quoted] = match;
    if (written === undefined) continue;
    const parameter = written.toLowerCase();
    if (parameters.has(parameter)) {
      throw unsupportedType(`a malformed content type with two parameters ${parameter}`);
    }
    parameters.set(parameter, token ?? quoted.replace(/\\(.)/g, "$1"));
  }
  return { name, parameters };
}

function unsupportedType(found: string): Problem {
  return unsupported(
    `${found}, expected one of ${ACCEPTED_TYPES}`,
    { "accept-post": ACCEPTED_TYPES },
  );
}

function unsupported(found: string, headers: Readonly<Record<string, string>>): Problem {
  return new Problem(
    415,
    "request/unsupported-type",
    `Cannot read the body: found ${found}`,
    headers,
  );
}

function tooManyImages(found: string, maxImages: number): Problem {
  return new Problem(
    413,
    "request/too-many-images",
    `Cannot read the body: found ${found} images, expected at most ${maxImages}`,
  );
}
