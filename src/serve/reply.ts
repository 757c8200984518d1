import { LeNetError, type LeNetErrorCode } from "../errors.ts";

/** The codes of problem documents: those of the library's errors, of requests and of the server. */
export type ProblemCode =
  | LeNetErrorCode
  | "request/unknown-path"
  | "request/unknown-method"
  | "request/unsupported-type"
  | "request/malformed"
  | "request/incomplete"
  | "request/too-large"
  | "request/too-many-images"
  | "request/too-slow"
  | "server/busy"
  | "server/failed";

/** An error that is sent to the client as a problem document. */
export class Problem extends Error {
  /** The HTTP status. */
  readonly status: number;
  /** The stable code for programs. */
  readonly code: ProblemCode;
  /** Headers that belong to the status, such as `allow`. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status The HTTP status.
   * @param code The stable code for programs.
   * @param detail One sentence for people: what was done, what was found and what is expected.
   * @param headers Headers that belong to the status, such as `allow`.
   */
  constructor(
    status: number,
    code: ProblemCode,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  499: "Client Closed Request",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** The status of the library's errors that the request has caused. */
const STATUSES: Readonly<Partial<Record<LeNetErrorCode, number>>> = {
  "image/unreadable": 422,
  "image/invalid": 422,
  "image/unsupported": 415,
  "image/too-large": 413,
  "option/invalid": 400,
  "option/unknown": 400,
  // The client no longer reads it. Proxies count such requests under this status.
  "aborted": 499,
};

/**
 * Turns an error into a problem. One that the request has not caused is logged, and becomes a 500 without details.
 *
 * @param error What was thrown.
 * @returns The problem.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof LeNetError) {
    const status = STATUSES[error.code];
    if (status !== undefined) return new Problem(status, error.code, error.message);
  }
  console.error(error);
  return new Problem(500, "server/failed", "Cannot answer the request: an internal error occurred");
}

/**
 * Serialises a problem as a problem document (RFC 9457). Its type is the default, `about:blank`: the status and the member
 * `code` identify the kind of problem.
 *
 * @param problem The problem.
 * @returns The reply.
 */
export function problemReply({ status, code, message, headers }: Problem): Reply {
  return {
    status,
    headers: {
      ...headers,
      "content-type": "application/problem+json",
      "cache-control": "no-store",
    },
    body: JSON.stringify({ title: TITLES[status], status, detail: message, code }),
  };
}

/** A response before it is built, so that its headers are set once, when all of them are known. */
export interface Reply {
  /** The HTTP status; default 200. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/**
 * Serialises a value as JSON. Unless a header says otherwise, caches must not store it.
 *
 * @param value The value.
 * @param headers More headers.
 * @returns The reply.
 */
export function jsonReply(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(value),
  };
}

/**
 * The page may run its own files, compile WebAssembly, show dropped and drawn pictures, and use the camera. It connects to
 * its own server only.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Entity tags of the files, computed when each is first requested. */
const tags = new Map<string, Promise<string>>();

/**
 * Returns a file of the page, or 304 if the client has it already.
 *
 * @param path The path of the file.
 * @param request The request.
 * @returns The reply; undefined if the page has no such file.
 */
export async function pageReply(path: string, request: Request): Promise<Reply | undefined> {
  // Imported on first use: a server of programs alone does without the page.
  const { PAGE_FILES } = await import("./page.generated.ts");
  if (!Object.hasOwn(PAGE_FILES, path)) return undefined;
  const { type, body } = PAGE_FILES[path];
  let tag = tags.get(path);
  if (tag === undefined) tags.set(path, tag = tagOf(body));
  const etag = await tag;
  const headers = {
    etag,
    // To be revalidated: a file keeps its name when the package is updated.
    "cache-control": "no-cache",
    "content-type": type,
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
  };
  // A proxy that compresses the file makes the tag a weak one.
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((known) =>
    known.trim().replace(/^W\//, "")
  );
  if (known.includes(etag)) return { status: 304, headers, body: null };
  return { headers, body };
}

async function tagOf(body: string | Uint8Array): Promise<string> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  const hex = Array.from(
    new Uint8Array(digest, 0, 8),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return `"${hex.join("")}"`;
}
