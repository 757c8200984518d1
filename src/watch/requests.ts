import { LeNetError } from "../errors.ts";
import type { EventStream } from "./dashboard.ts";

/** What can be asked of the server of a dashboard. */
export interface Served {
  /** The page. */
  readonly page: Page;
  /** What it is told. */
  readonly events: EventStream;
  /** What its buttons do, by name. */
  readonly actions: Readonly<Record<string, () => void>>;
  /** Known to the page alone: whoever acts must show it. */
  readonly token: string;
}

/** A page, and what it may do. */
export interface Page {
  readonly html: string;
  /** Its content security policy. */
  readonly policy: string;
}

/** By these names a browser on this machine reaches it. Any other is that of a page from elsewhere. */
const OWN_NAMES = ["127.0.0.1", "localhost"];

/** The header that holds the token. Pages from elsewhere may not send it. */
export const TOKEN_HEADER = "x-dashboard-token";

/**
 * Answers a request to a dashboard. Only its own page may act: what other pages make a browser send is refused.
 *
 * @param request The request.
 * @param served What there is.
 * @returns The response.
 */
export function answerRequest(request: Request, served: Served): Response {
  const { origin, hostname, pathname } = new URL(request.url);
  if (!OWN_NAMES.includes(hostname)) return answer(403, "Not a name of this machine\n");
  const path = pathname.slice(1);
  if (path === "" || path === "events") {
    if (request.method !== "GET") return answer(405, "Expected GET\n", { allow: "GET" });
    if (path === "") return page(served.page);
    return answer(200, served.events.open(), { "content-type": "text/event-stream" });
  }
  if (!Object.hasOwn(served.actions, path)) return answer(404, "No such page\n");
  if (request.method !== "POST") return answer(405, "Expected POST\n", { allow: "POST" });
  const { headers } = request;
  if (headers.get("origin") !== origin || headers.get(TOKEN_HEADER) !== served.token) {
    return answer(403, "Not from the page of this server\n");
  }
  served.actions[path]();
  return answer(204, null);
}

function page({ html, policy }: Page): Response {
  return answer(200, html, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
  });
}

function answer(
  status: number,
  body: BodyInit | null,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, {
    status,
    headers: {
      "cache-control": "no-store",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      // No other page may show this one and lead clicks to it.
      "x-frame-options": "DENY",
      "content-type": "text/plain; charset=utf-8",
      ...headers,
    },
  });
}

const LAST_PORT = 65_535;

/**
 * Listens for HTTP on this machine alone.
 *
 * @param port Where to listen; 0 is any free port. If it is in use, the next that is free.
 * @param handler Answers.
 * @param say Told of every port that is in use.
 * @returns The server.
 * @throws {LeNetError} `option/invalid` when it is no port, or none is free, or this user may not have it.
 */
export function listen(
  port: number,
  handler: (request: Request) => Response | Promise<Response>,
  say: (message: string) => void,
): Deno.HttpServer<Deno.NetAddr> {
  if (!Number.isInteger(port) || port < 0 || port > LAST_PORT) {
    throw new LeNetError(
      "option/invalid",
      `Cannot serve on port ${port}: expected a whole number from 0 to ${LAST_PORT}`,
    );
  }
  for (let at = port; at <= LAST_PORT; at++) {
    try {
      return Deno.serve({ hostname: "127.0.0.1", port: at, onListen() {} }, handler);
    } catch (error) {
      if (error instanceof Deno.errors.PermissionDenied) {
        throw new LeNetError(
          "option/invalid",
          `Cannot serve on port ${at}: the system does not allow it, expected one from 1024`,
          { cause: error },
        );
      }
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      say(`port ${at} is in use, trying the next`);
    }
  }
  throw new LeNetError(
    "option/invalid",
    `Cannot serve on port ${port}: it is in use, and so are all after it`,
  );
}
