import { IMAGE_MEDIA_TYPES } from "../image/decode/formats.ts";
import type { DigitImage } from "../image/image.ts";
import { Problem } from "./reply.ts";

/** A picture that was sent, and the name of its file if it had one. */
interface SentImage {
  readonly file?: string;
  readonly image: DigitImage;
}

/** What a body holds: one picture, to be answered by itself, or several, to be answered by a list. */
type SentImages = { readonly one: SentImage } | { readonly several: readonly SentImage[] };

/**
 * Takes the pictures out of a body.
 *
 * @param bytes The body.
 * @param type What its header says it is.
 * @param maxImages The largest number of pictures.
 * @returns The pictures; whether they can be read shows later.
 * @throws {Problem} 400 when the body is not what its type says, 413 when it holds too many pictures, 422 when its
 * JSON is not that of pictures.
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
 * The largest JSON, in bytes. A picture that is larger is a file: the text of its numbers would take twenty times the
 * memory of its pixels.
 */
const MAX_JSON_BYTES = 1024 * 1024;

const EXPECTED =
  "784 numbers, rows of numbers, { data, width, height }, or { images } with a list of such";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Takes pictures out of JSON. They are pixels: text, which might be a URL, is refused.
 *
 * @param bytes The JSON.
 * @param maxImages The largest number of pictures.
 * @returns The pictures.
 * @throws {Problem} 400 when it is no JSON, 413 when it is too large or holds too many, 422 when it is not that of
 * pictures.
 */
function jsonImages(bytes: Uint8Array<ArrayBuffer>, maxImages: number): SentImages {
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
    return JSON.parse(utf8.decode(bytes));
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

// One character for each byte, so that delimiters can be looked for as text.
const latin1 = new TextDecoder("latin1");

/**
 * A boundary that every parser of forms reads alike: at most 70 characters, without a space at the end, as RFC 2046
 * section 5.1.1 has it, and of its characters or those of a token. Quoting it needs no escapes.
 */
const BOUNDARY = /^[!#$%&'()*+,./:=?^_`|~0-9A-Za-z -]{1,70}(?<! )$/;

/**
 * Takes the files out of a form. Its delimiters are counted before it is parsed, which bounds the work of the platform's
 * parser; the parts are counted again after parsing, before any of them is read.
 *
 * @param bytes The form.
 * @param boundary The boundary between its parts, from its content type.
 * @param maxImages The largest number of pictures.
 * @returns The files, in order.
 * @throws {Problem} 400 when there is no valid boundary, or the form is damaged, or holds text or nothing; 413 when it
 * holds too many parts.
 */
async function multipartImages(
  bytes: Uint8Array<ArrayBuffer>,
  boundary: string | undefined,
  maxImages: number,
): Promise<SentImage[]> {
  if (boundary === undefined) throw malformed("its content type names no boundary");
  if (!BOUNDARY.test(boundary)) throw malformed("the boundary of its content type is invalid");
  const text = latin1.decode(bytes);
  const delimiter = `--${boundary}`;
  let parts = -1;
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + 1)) {
    // Every part begins with a delimiter, and one more ends the last.
    if (++parts > maxImages) throw tooManyImages(`more than ${maxImages}`, maxImages);
  }
  if (!text.includes(`${delimiter}--`)) throw malformed("its form is cut off");
  let form: FormData;
  try {
    // Made from the boundary that was counted, not passed on as sent: the platform must split at the same delimiters.
    const type = `multipart/form-data; boundary="${boundary}"`;
    form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw malformed("its form is damaged");
  }
  const fields = [...form];
  if (fields.length > maxImages) throw tooManyImages(`${fields.length}`, maxImages);
  const images: SentImage[] = [];
  for (const [name, part] of fields) {
    if (typeof part === "string") throw malformed(`the field ${name} of its form is no file`);
    images.push({ file: part.name, image: new Uint8Array(await part.arrayBuffer()) });
  }
  if (images.length === 0) throw malformed("its form holds no file");
  return images;
}

function malformed(found: string): Problem {
  return new Problem(
    400,
    "request/malformed",
    `Cannot read the request: ${found}, expected a form of files`,
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

/** The types that are accepted, for people and for the header `accept-post`. */
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
  const packing = headers.get("content-encoding");
  if (packing !== null && packing.toLowerCase() !== "identity") {
    throw unsupported(`it is packed by ${packing}, expected an unpacked body`, {
      "accept-encoding": "identity",
    });
  }
  const value = headers.get("content-type") ?? "";
  if (value === "") throw unsupportedType("missing");
  const { name, parameters } = parseMediaType(value);
  if (name === "application/json") return { kind: "json", parameters };
  if (name === "multipart/form-data") return { kind: "multipart", parameters };
  if (name === "application/octet-stream" || name.startsWith("image/")) {
    return { kind: "file", parameters };
  }
  throw unsupportedType(name);
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
  if (name === undefined) throw unsupportedType("malformed");
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = NAME.lastIndex;
  for (let end = NAME.lastIndex; end < text.length; end = PARAMETER.lastIndex) {
    const match = PARAMETER.exec(text);
    if (match === null) throw unsupportedType("malformed");
    const [, written, token, quoted] = match;
    if (written === undefined) continue;
    const parameter = written.toLowerCase();
    if (parameters.has(parameter)) throw unsupportedType(`malformed: it repeats ${parameter}`);
    parameters.set(parameter, token ?? quoted.replace(/\\(.)/g, "$1"));
  }
  return { name, parameters };
}

function unsupportedType(found: string): Problem {
  return unsupported(
    `its content type is ${found}, expected one of ${ACCEPTED_TYPES}`,
    { "accept-post": ACCEPTED_TYPES },
  );
}

function unsupported(found: string, headers: Readonly<Record<string, string>>): Problem {
  return new Problem(
    415,
    "request/unsupported-type",
    `Cannot read the request: ${found}`,
    headers,
  );
}

/**
 * @param found How many pictures a request holds.
 * @param maxImages How many it may hold.
 * @returns The problem.
 */
function tooManyImages(found: string, maxImages: number): Problem {
  return new Problem(
    413,
    "request/too-many-images",
    `Cannot read the request: it holds ${found} pictures, expected at most ${maxImages}`,
  );
}
