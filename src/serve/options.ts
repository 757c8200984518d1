import { type BackendOption, checkBackendOption } from "../engine/backends.ts";
import type { WeightsSource } from "../weights/model_file.ts";
import { checkNumber, checkOptionNames, COUNT, invalidOption } from "../options.ts";

/** What a handler answers with, who may ask, and how much. */
export interface HandlerOptions {
  /** The network: a name, a module of `@x/lenet-weights`, the bytes of a file, or a model. Default `digits`. */
  readonly weights?: WeightsSource;
  /** Where to compute; default `wasm`, which answers single pictures first. */
  readonly backend?: BackendOption;
  /**
   * Pages of which origins, such as `https://example.org`, may ask from a browser; `*` for all. Default none but those
   * of the server's own.
   */
  readonly cors?: "*" | readonly string[];
  /** The largest number of bytes of a body. Default 8,388,608 (8 MiB); JSON at most 1 MiB of them. */
  readonly maxBytes?: number;
  /** The largest number of pixels of a picture. Default 12,600,000, those of a phone's photo. */
  readonly maxPixels?: number;
  /** The largest number of pictures in one request. Default 100. */
  readonly maxImages?: number;
  /** How many requests may wait for their answer; beyond, they are told to come back. Default 128. */
  readonly maxRequests?: number;
  /** How long a request may have to wait for those before it, in milliseconds, at a guess. Default 1,000. */
  readonly maxWait?: number;
  /** How long a body may take to come, in milliseconds. Default 30,000. */
  readonly bodyTimeout?: number;
  /** Whether `GET /` shows the page to draw on. Default true. */
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

const DOING = "make the handler";

/**
 * Fills in the defaults.
 *
 * @param options What was asked for.
 * @returns Every option.
 * @throws {LeNetError} `option/unknown` or `option/invalid`.
 */
export function resolveOptions(options: HandlerOptions): Required<HandlerOptions> {
  checkOptionNames(DOING, options, Object.keys(DEFAULTS));
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
    checkNumber(DOING, name, resolved[name], COUNT);
  }
  if (typeof resolved.page !== "boolean") {
    throw invalidOption(DOING, "page", resolved.page, "true or false");
  }
  checkBackendOption(resolved.backend);
  const { cors } = resolved;
  if (cors !== "*") {
    if (!Array.isArray(cors)) throw invalidOption(DOING, "cors", cors, "* or a list of origins");
    for (const origin of cors) {
      if (!isOrigin(origin)) {
        throw invalidOption(DOING, "cors", origin, "origins such as https://example.org");
      }
    }
  }
  return resolved;
}

function isOrigin(text: unknown): boolean {
  return typeof text === "string" && URL.canParse(text) && new URL(text).origin === text;
}

/**
 * The headers that let a page from elsewhere ask and read the answer.
 *
 * @param allowed Whose pages may: origins, or `*` for all.
 * @param request The request.
 * @returns The headers; none when its origin is not among them.
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
