/**
 * An HTTP server that reads digits, as a `fetch` handler for every runtime that has one. Its default export is a complete
 * server: `deno serve jsr:@x/lenet/serve`.
 *
 * @module
 */

import { LeNet } from "../lenet.ts";
import { memoizeAsync } from "../packages.ts";
import { AdmissionControl, SerialQueue } from "./admission.ts";
import { answer, type AnswerContext, healthReply } from "./answer.ts";
import { openApiReply } from "./openapi.ts";
import { corsHeaders, type HandlerOptions, resolveOptions } from "./options.ts";
import { SMALL_BODY } from "./read_body.ts";
import { pageReply, Problem, problemOf, problemReply, type Reply } from "./reply.ts";

export type { HandlerOptions } from "./options.ts";

const READ_METHODS = ["GET", "HEAD"];

const ROUTES: Readonly<Record<string, Route>> = {
  "/classify": {
    methods: ["POST"],
    reply: (request, context) => answer("classify", request, context),
  },
  "/read": { methods: ["POST"], reply: (request, context) => answer("read", request, context) },
  "/health": { methods: READ_METHODS, reply: (_, context) => healthReply(context) },
  "/openapi.json": { methods: READ_METHODS, reply: (_, { options }) => openApiReply(options) },
};

/** Memory for large bodies, in bodies of the largest size: one that is answered, and one that arrives meanwhile. */
const MAX_HELD_BODIES = 2;

/**
 * In Cloudflare Workers a request cannot wait for a promise of another one, and may be cancelled without notice. There the
 * platform limits the load.
 */
const IS_WORKER = globalThis.navigator?.userAgent === "Cloudflare-Workers";

/** A server with the default options, in the form that `deno serve`, Deno Deploy, Workers and Bun expect. */
const server: { readonly fetch: Handler } = { fetch: createHandler() };

export default server;

/** Answers a request. The promise never rejects: errors become problem documents. */
export type Handler = (request: Request) => Promise<Response>;

/**
 * Creates a `fetch` handler that reads digits. It uses web standards only, and keeps no state but the loaded network.
 *
 * `POST /classify` and `POST /read` accept an image file, pixels as JSON, or several files as `multipart/form-data`.
 * `GET /health` reports the state of the server, `GET /openapi.json` describes the interface, and `GET /` returns a page to
 * draw on. Errors are problem documents (RFC 9457) with a stable `code`.
 *
 * @param options The network, the allowed origins and the limits.
 * @returns The handler.
 * @throws {LeNetError} `option/unknown` or `option/invalid`.
 *
 * @example Classifying a picture without a socket
 * ```ts
 * import { createHandler } from "@x/lenet/serve";
 * import { assertEquals } from "@std/assert";
 *
 * const handler = createHandler({ cors: "*" });
 * const response = await handler(
 *   new Request("http://localhost/classify", {
 *     method: "POST",
 *     headers: { "content-type": "image/png" },
 *     body: await Deno.readFile("scripts/samples/7.png"),
 *   }),
 * );
 * const { digit } = await response.json();
 * assertEquals(digit, 7);
 * ```
 */
export function createHandler(options: HandlerOptions = {}): Handler {
  const resolved = resolveOptions(options);
  const { weights, backend, cors, maxRequests, maxWait, maxBytes } = resolved;
  const context: AnswerContext = {
    options: resolved,
    network: memoizeAsync(() => LeNet.load(weights, { backend })),
    admission: IS_WORKER
      ? new AdmissionControl({ maxRequests: Infinity, maxWait: Infinity, maxHeldBytes: Infinity })
      : new AdmissionControl({ maxRequests, maxWait, maxHeldBytes: MAX_HELD_BODIES * maxBytes }),
    queue: new SerialQueue(!IS_WORKER),
  };
  return async (request) => {
    const { status = 200, headers, body } = await reply(request, context)
      .catch((error) => refuse(request, error));
    // HEAD has the headers of GET, so the body is made and left out.
    return new Response(request.method === "HEAD" ? null : body as BodyInit | null, {
      status,
      headers: { ...headers, ...corsHeaders(cors, request), "x-content-type-options": "nosniff" },
    });
  };
}

/** What answers the requests for a path. */
interface Route {
  /** The allowed methods, without `OPTIONS`, which every path answers. */
  readonly methods: readonly string[];
  reply(request: Request, context: AnswerContext): Reply | Promise<Reply>;
}

async function reply(request: Request, context: AnswerContext): Promise<Reply> {
  const { pathname } = new URL(request.url);
  const { method } = request;
  const route = Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname] : undefined;
  const page = route === undefined && context.options.page
    ? await pageReply(pathname, request)
    : undefined;
  if (route === undefined && page === undefined) throw unknownPath(pathname);
  const methods = route?.methods ?? READ_METHODS;
  const allow = [...methods, "OPTIONS"].join(", ");
  if (method === "OPTIONS") return { status: 204, headers: { allow }, body: null };
  if (!methods.includes(method)) throw unknownMethod(method, pathname, allow);
  return await route?.reply(request, context) ?? page as Reply;
}

/**
 * Turns an error into a reply. A small body that has not been read is read and dropped in the background, so that the
 * connection can be reused.
 */
function refuse(request: Request, error: unknown): Reply {
  const isSmall = Number(request.headers.get("content-length") ?? Infinity) <= SMALL_BODY;
  if (isSmall && !request.bodyUsed) request.arrayBuffer().catch(() => {});
  return problemReply(problemOf(error));
}

function unknownMethod(method: string, path: string, allow: string): Problem {
  return new Problem(
    405,
    "request/unknown-method",
    `Cannot serve ${path}: found method ${method}, expected ${allow}`,
    { allow },
  );
}

function unknownPath(path: string): Problem {
  return new Problem(
    404,
    "request/unknown-path",
    `Cannot serve the request: found path ${
      path.slice(0, 100)
    }, expected /classify, /read, /health, /openapi.json or /`,
  );
}
