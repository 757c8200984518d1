import { answer, type AnswerContext } from "./answer.ts";
import { corsHeaders } from "./cors.ts";
import { Gate } from "./gate.ts";
import { healthResponse } from "./health.ts";
import { lazyNetwork } from "./network.ts";
import { openApiResponse } from "./openapi.ts";
import { type HandlerOptions, resolveOptions } from "./options.ts";
import { isPagePath, pageResponse } from "./page_response.ts";
import { Problem, problemOf, problemResponse } from "./problem.ts";
import { Turns } from "./turns.ts";

/** Answers a request; it never fails. */
export type Handler = (request: Request) => Promise<Response>;

/** Bodies may be held that are as large as four of the largest. */
const HELD_BODIES = 4;

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
  const { weights, backend, cors, maxRequests, maxBytes } = resolved;
  const context: AnswerContext = {
    options: resolved,
    network: lazyNetwork(weights, backend),
    gate: new Gate({ maxRequests, maxHeld: HELD_BODIES * maxBytes }),
    turns: new Turns(),
  };
  return async (request) => {
    const response = await respond(request, context)
      .catch((error) => problemResponse(problemOf(error)));
    response.headers.set("x-content-type-options", "nosniff");
    for (const [name, value] of Object.entries(corsHeaders(cors, request))) {
      response.headers.set(name, value);
    }
    // Headers alone are asked for.
    return request.method === "HEAD" ? new Response(null, response) : response;
  };
}

async function respond(request: Request, context: AnswerContext): Promise<Response> {
  const { pathname } = new URL(request.url);
  const { method } = request;
  switch (pathname) {
    case "/classify":
    case "/read": {
      const allow = "OPTIONS, POST";
      if (method === "OPTIONS") return noContent(allow);
      if (method !== "POST") throw unknownMethod(method, pathname, allow);
      return await answer(pathname === "/read" ? "read" : "classify", request, context);
    }
    case "/health":
    case "/openapi.json":
      break;
    default:
      if (!context.options.page || !isPagePath(pathname)) throw unknownPath(pathname);
  }
  const allow = "GET, HEAD, OPTIONS";
  if (method === "OPTIONS") return noContent(allow);
  if (method !== "GET" && method !== "HEAD") throw unknownMethod(method, pathname, allow);
  if (pathname === "/health") return await healthResponse(context);
  if (pathname === "/openapi.json") return openApiResponse(context.options);
  return await pageResponse(pathname, request);
}

function noContent(allow: string): Response {
  return new Response(null, { status: 204, headers: { allow } });
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
