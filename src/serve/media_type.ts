import { Problem } from "./problem.ts";

/** A media type, as RFC 9110 section 8.3.1 defines it. */
export interface MediaType {
  /** Type and subtype in lower case, such as `image/png`. */
  readonly name: string;
  /** Values of the parameters, unquoted, by name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** How the body of a request is encoded. */
export interface BodyType {
  readonly kind: "file" | "json" | "multipart";
  /** Parameters of the content type. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The types that are accepted, for people and for the header `accept-post`. */
export const ACCEPTED_TYPES: string =
  "image/png, image/jpeg, image/webp, image/gif, image/bmp, application/octet-stream, application/json, multipart/form-data";

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
