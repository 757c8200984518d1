import { type BackendOption, checkBackendOption } from "../engine/backends.ts";
import { excerpt } from "../errors.ts";
import { checkNumber, checkOptionNames, COUNT, invalidOption, PROBABILITY } from "../options.ts";
import { lengthIn, type LineConstraints, simplePattern } from "../reading/constraints.ts";
import type { WeightsSource } from "../weights/model_file.ts";
import { Problem } from "./reply.ts";

/** Options of a handler: its network, the allowed origins and the limits. */
export interface HandlerOptions {
  /** The network: a name, a module of `@x/lenet-weights`, the bytes of a model file, or a model. Default `digits`. */
  readonly weights?: WeightsSource;
  /** Where to compute. Default `wasm`, which is the fastest for single pictures. */
  readonly backend?: BackendOption;
  /**
   * Origins, such as `https://example.org`, whose pages may send requests (CORS); `*` for all. Default `[]`: only pages of
   * the server itself.
   */
  readonly cors?: "*" | readonly string[];
  /** The largest size of a body, in bytes. Default 8,388,608 (8 MiB). JSON may have at most 1 MiB in any case. */
  readonly maxBytes?: number;
  /** The largest number of pixels of a picture. Default 12,600,000, a photo of a 12-megapixel phone camera. */
  readonly maxPixels?: number;
  /** The largest number of pictures in one request. Default 100. */
  readonly maxImages?: number;
  /** The largest number of requests that are answered or wait. Others are refused with 503. Default 128. */
  readonly maxRequests?: number;
  /** The longest expected wait of a request for those before it, in milliseconds. Default 1,000. */
  readonly maxWait?: number;
  /** The longest time in which a body must arrive, in milliseconds. Default 30,000. */
  readonly bodyTimeout?: number;
  /** Whether `GET /` returns the page to draw on. Default true. */
  readonly page?: boolean;
}

const DEFAULTS: Required<HandlerOptions> = {
  weights: "digits",
  backend: "wasm",
  cors: [],
  maxBytes: 8 * 1024 * 1024,
  maxPixels: 12_600_000,
  maxImages: 100,
  maxRequests: 128,
  maxWait: 1000,
  bodyTimeout: 30_000,
  page: true,
};

/** What error messages say cannot be done. */
const ACTION = "create the handler";

/**
 * Checks options and adds the defaults.
 *
 * @param options The options that were given.
 * @returns All options.
 * @throws {LeNetError} `option/unknown` or `option/invalid`.
 */
export function resolveOptions(options: HandlerOptions): Required<HandlerOptions> {
  checkOptionNames(ACTION, options, Object.keys(DEFAULTS));
  const resolved = { ...DEFAULTS, ...options };
  for (
    const name of [
      "maxBytes",
      "maxPixels",
      "maxImages",
      "maxRequests",
      "maxWait",
      "bodyTimeout",
    ] as const
  ) {
    checkNumber(ACTION, name, resolved[name], COUNT);
  }
  if (typeof resolved.page !== "boolean") {
    throw invalidOption(ACTION, "page", resolved.page, "true or false");
  }
  checkBackendOption(resolved.backend);
  const { cors } = resolved;
  if (cors !== "*") {
    if (!Array.isArray(cors)) throw invalidOption(ACTION, "cors", cors, "* or an array of origins");
    for (const origin of cors) {
      if (!isOrigin(origin)) {
        throw invalidOption(ACTION, "cors", origin, "origins such as https://example.org");
      }
    }
  }
  return resolved;
}

function isOrigin(text: unknown): boolean {
  return typeof text === "string" && URL.canParse(text) && new URL(text).origin === text;
}

/**
 * Determines the CORS headers of a response.
 *
 * @param allowed The allowed origins, or `*` for all.
 * @param request The request.
 * @returns The headers; without `access-control-*` if its origin is not allowed.
 */
export function corsHeaders(
  allowed: "*" | readonly string[],
  request: Request,
): Readonly<Record<string, string>> {
  if (allowed.length === 0) return {};
  const origin = request.headers.get("origin");
  const vary: Record<string, string> = allowed === "*" ? {} : { vary: "origin" };
  if (origin === null || (allowed !== "*" && !allowed.includes(origin))) return vary;
  return {
    ...vary,
    "access-control-allow-origin": allowed === "*" ? "*" : origin,
    "access-control-expose-headers": "retry-after, server-timing",
    ...request.method === "OPTIONS" && {
      "access-control-allow-methods": "GET, HEAD, POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "86400",
    },
  };
}

/** What the query of a URL may ask of `/classify` and of `/read`. */
export interface QueryOptions extends Pick<LineConstraints, "length" | "accept"> {
  readonly reject?: number;
  readonly rejectLine?: number;
}

/** The parameters of each operation. */
const PARAMETERS = {
  classify: ["reject"],
  read: ["length", "pattern", "reject", "rejectLine"],
} as const;

/**
 * Parses the query of a URL.
 *
 * @param operation What the URL asks for.
 * @param url The URL.
 * @returns Options of the operation: the pattern as a function that accepts a text.
 * @throws {Problem} `request/malformed` for a parameter that does not exist or is given twice, and for a threshold that is
 * none.
 * @throws {LeNetError} `option/invalid` for a length or a pattern that is none.
 */
export function parseQuery(operation: keyof typeof PARAMETERS, url: string): QueryOptions {
  const at = url.indexOf("?");
  if (at < 0) return {};
  const query = new URLSearchParams(url.slice(at));
  const known: readonly string[] = PARAMETERS[operation];
  const names = [...query.keys()];
  for (const [n, name] of names.entries()) {
    if (!known.includes(name)) {
      const expected = known.length === 1 ? `only ${known[0]}` : `some of ${known.join(", ")}`;
      throw malformed(`parameter ${excerpt(name)}, expected ${expected}`);
    }
    if (names.indexOf(name) < n) throw malformed(`${name} twice, expected it once`);
  }
  const [length, pattern] = [query.get("length"), query.get("pattern")];
  return {
    ...probabilityIn(query, "reject"),
    ...probabilityIn(query, "rejectLine"),
    ...length !== null && { length: lengthIn("read", length) },
    ...pattern !== null && { accept: simplePattern(pattern) },
  };
}

function probabilityIn(query: URLSearchParams, name: "reject" | "rejectLine"): QueryOptions {
  const text = query.get(name);
  if (text === null) return {};
  const value = text.trim() === "" ? NaN : Number(text);
  if (!PROBABILITY.has(value)) {
    throw malformed(`${name} ${excerpt(text)}, expected ${PROBABILITY.name}`);
  }
  return { [name]: value };
}

function malformed(found: string): Problem {
  return new Problem(400, "request/malformed", `Cannot parse the query of the URL: found ${found}`);
}
