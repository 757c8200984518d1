/**
 * A server of digits, as a `fetch` handler that runs wherever there are such. This module is itself a whole server:
 * `deno serve jsr:@x/lenet/serve`.
 *
 * @module
 */

import type { BackendOption } from "../engine/backends.ts";
import { LeNet } from "../lenet.ts";
import { memoizeAsync } from "../packages.ts";
import type { WeightsSource } from "../weights/model_file.ts";
import { AdmissionControl, TicketQueue } from "./admission.ts";
import { answer, type AnswerContext, healthReply } from "./answer.ts";
import { openApiReply } from "./openapi.ts";
import { corsHeaders, type HandlerOptions, resolveOptions } from "./options.ts";
import { pageReply } from "./page_reply.ts";
import { SMALL_BODY } from "./read_body.ts";
import { Problem, problemOf, problemReply, type Reply } from "./reply.ts";

export type { HandlerOptions } from "./options.ts";

const READING = ["GET", "HEAD"];

const ROUTES: Readonly<Record<string, Route>> = {
  "/classify": {
    methods: ["POST"],
    reply: (request, context) => answer("classify", request, context),
  },
  "/read": { methods: ["POST"], reply: (request, context) => answer("read", request, context) },
  "/health": { methods: READING, reply: (_, context) => healthReply(context) },
  "/openapi.json": { methods: READING, reply: (_, { options }) => openApiReply(options) },
};

/** Bodies may be held that are as large as two of the largest. */
const HELD_BODIES = 2;

/**
 * In Cloudflare Workers a request may not wait for another, and may end without a word: there the platform itself looks
 * after how many there are.
 */
const IS_WORKER = globalThis.navigator?.userAgent === "Cloudflare-Workers";

/** A server with the default options, as `deno serve`, Deno Deploy, Workers and Bun take it. */
const server: { readonly fetch: Handler } = { fetch: createHandler() };

export default server;

/** Answers a request; it never fails. */
export type Handler = (request: Request) => Promise<Response>;

/**
 * Makes a server's handler: requests in, responses out, nothing kept in between but the network. It uses web standards
 * alone, and so runs wherever `fetch` handlers do.
 *
 * `POST /classify` and `POST /read` take a picture as the body, JSON of its pixels, or several pictures as
 * `multipart/form-data`. `GET /health` says that it is alive, `GET /openapi.json` describes it, `GET /` shows a page to
 * draw on. Whatever cannot be answered comes back as a problem document (RFC 9457) with a stable `code`.
 *
 * @param options What answers, who may ask, and how much.
 * @returns The handler.
 * @throws {LeNetError} `option/unknown` or `option/invalid`.
 *
 * @example Asking it without a server
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
    network: lazyNetwork(weights, backend),
    gate: IS_WORKER
      ? new AdmissionControl({ maxRequests: Infinity, maxWait: Infinity, maxHeld: Infinity })
      : new AdmissionControl({ maxRequests, maxWait, maxHeld: HELD_BODIES * maxBytes }),
    turns: new TicketQueue(!IS_WORKER),
  };
  return async (request) => {
    const { status = 200, headers, body } = await reply(request, context)
      .catch((error) => refuse(request, error));
    // Where headers alone are asked for, they are those that would come with the body.
    return new Response(request.method === "HEAD" ? null : body as BodyInit | null, {
      status,
      headers: { ...headers, ...corsHeaders(cors, request), "x-content-type-options": "nosniff" },
    });
  };
}

/** A path's methods but `OPTIONS`, and what answers. */
interface Route {
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
  const methods = route?.methods ?? READING;
  const allow = [...methods, "OPTIONS"].join(", ");
  if (method === "OPTIONS") return { status: 204, headers: { allow }, body: null };
  if (!methods.includes(method)) throw unknownMethod(method, pathname, allow);
  return await route?.reply(request, context) ?? page as Reply;
}

/**
 * Makes a reply of what was thrown. A small body that nobody has read is taken off the connection, which can be used
 * again then; nobody waits for it.
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
    `Cannot ${method} ${path}: expected ${allow}`,
    { allow },
  );
}

function unknownPath(path: string): Problem {
  return new Problem(
    404,
    "request/unknown-path",
    `Cannot find ${path.slice(0, 100)}: expected /classify, /read, /health, /openapi.json or /`,
  );
}

/**
 * A network that is loaded when it is first asked for, and kept.
 *
 * @param weights Which network.
 * @param backend Where to compute.
 * @returns What gives it.
 */
export function lazyNetwork(
  weights: WeightsSource,
  backend: BackendOption,
): () => Promise<LeNet> {
  return memoizeAsync(() => LeNet.load(weights, { backend }));
}
