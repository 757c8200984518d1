import { LeNetError, type LeNetErrorCode } from "../errors.ts";

/** What kind of thing is wrong with a request, or with the server: the library's own codes, and those of HTTP. */
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

/** A request that is not answered as its sender hoped. */
export class Problem extends Error {
  /** The HTTP status. */
  readonly status: number;
  /** The stable code. */
  readonly code: ProblemCode;
  /** Headers that the status asks for, such as `allow`. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status The HTTP status.
   * @param code The stable code.
   * @param detail One sentence for a person: what was found, what is accepted.
   * @param headers Headers that the status asks for.
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
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** The status for an error of the library that the request is to blame for. */
const STATUSES: Readonly<Partial<Record<LeNetErrorCode, number>>> = {
  "image/unreadable": 422,
  "image/invalid": 422,
  "image/unsupported": 415,
  "image/too-large": 413,
  "option/invalid": 400,
  "option/unknown": 400,
};

/**
 * Makes a problem of whatever was thrown.
 *
 * @param error What was thrown.
 * @returns The problem; 500 without details, which are the operator's, when the request is not to blame.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof LeNetError) {
    const status = STATUSES[error.code];
    if (status !== undefined) return new Problem(status, error.code, error.message);
  }
  console.error(error);
  return new Problem(500, "server/failed", "Cannot answer: the server has an error of its own");
}

/**
 * A problem as a reply (RFC 9457). Its type is `about:blank`, the default: the status and the member `code` tell what
 * kind of problem it is.
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

/** What is to be answered, before it becomes a response: all headers are known by then, and are set but once. */
export interface Reply {
  /** The HTTP status; default 200. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/**
 * A reply in JSON that nobody may keep.
 *
 * @param value What it says.
 * @param headers More headers.
 * @returns The reply.
 */
export function jsonReply(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(value),
  };
}
