import { Problem } from "./problem.ts";

/** What a body is said to be. */
export interface MediaType {
  readonly kind: "file" | "json" | "multipart";
  /** The whole header. */
  readonly value: string;
}

/** The types that are accepted, for people and for the header `accept-post`. */
export const ACCEPTED_TYPES: string =
  "image/png, image/jpeg, image/webp, image/gif, image/bmp, application/octet-stream, application/json, multipart/form-data";

/**
 * Finds out what a body is said to be. Which format a picture has is told by its bytes, not by its type.
 *
 * @param headers The headers of the request.
 * @returns What it is.
 * @throws {Problem} 415 when it is said to be anything else, or packed, or nothing is said.
 */
export function mediaTypeOf(headers: Headers): MediaType {
  const packing = headers.get("content-encoding");
  if (packing !== null && packing.toLowerCase() !== "identity") {
    throw unsupported(`it is packed by ${packing}, expected an unpacked body`, {
      "accept-encoding": "identity",
    });
  }
  const value = headers.get("content-type") ?? "";
  const name = value.split(";", 1)[0].trim().toLowerCase();
  if (name === "application/json") return { kind: "json", value };
  if (name === "multipart/form-data") return { kind: "multipart", value };
  if (name === "application/octet-stream" || name.startsWith("image/")) {
    return { kind: "file", value };
  }
  throw unsupported(
    `its content type is ${name === "" ? "missing" : name}, expected one of ${ACCEPTED_TYPES}`,
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
