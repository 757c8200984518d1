import { LeNetError } from "../errors.ts";

/** What the server of a dashboard answers with. */
export interface Served {
  readonly page: Page;
  readonly events: EventStream;
  /** The actions of the buttons, by path. */
  readonly actions: Readonly<Record<string, () => void>>;
  /** A secret of the page, required for every action. */
  readonly token: string;
}

/** An HTML page. */
export interface Page {
  readonly html: string;
  /** Its content security policy. */
  readonly policy: string;
}

/** The accepted host names. Any other reached this machine by DNS rebinding. */
const HOST_NAMES = ["127.0.0.1", "localhost"];

/** The request header of the token. A page of another origin cannot send it without a preflight, which is refused. */
export const TOKEN_HEADER = "x-dashboard-token";

/**
 * Answers a request to a dashboard. Requests of pages of other origins are refused.
 *
 * @param request The request.
 * @param served The page, the events and the actions.
 * @returns The response.
 */
export function answerRequest(request: Request, served: Served): Response {
  const { origin, hostname, pathname } = new URL(request.url);
  if (!HOST_NAMES.includes(hostname)) return answer(403, "Not a name of this machine\n");
  const path = pathname.slice(1);
  if (path === "" || path === "events") {
    if (request.method !== "GET") return answer(405, "Expected GET\n", { allow: "GET" });
    if (path === "events") {
      return answer(200, served.events.open(), { "content-type": "text/event-stream" });
    }
    return answer(200, served.page.html, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": served.page.policy,
    });
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
      // Against clickjacking.
      "x-frame-options": "DENY",
      "content-type": "text/plain; charset=utf-8",
      ...headers,
    },
  });
}

const MAX_PORT = 65_535;

/**
 * Listens for HTTP on the loopback address.
 *
 * @param port The port; 0 is any free one. If it is in use, the next one that is free.
 * @param handler Answers a request.
 * @param log Receives a message for every port that is in use.
 * @returns The server.
 * @throws {LeNetError} `option/invalid` when the port is out of range, when none from it on is free, or when the user
 * may not listen on it.
 */
export function listen(
  port: number,
  handler: (request: Request) => Response | Promise<Response>,
  log: (message: string) => void,
): Deno.HttpServer<Deno.NetAddr> {
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new LeNetError(
      "option/invalid",
      `Cannot serve on port ${port}: expected a whole number from 0 to ${MAX_PORT}`,
    );
  }
  for (let at = port; at <= MAX_PORT; at++) {
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
      log(`port ${at} is in use, trying the next`);
    }
  }
  throw new LeNetError(
    "option/invalid",
    `Cannot serve on port ${port}: it is in use, and so are all after it`,
  );
}

const encoder = new TextEncoder();

interface Viewer {
  readonly controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  /** The names of the events that were sent since this viewer last read. */
  readonly missed: Set<string>;
}

/**
 * Server-sent events for any number of viewers. Every event carries the whole state of its subject, so only the latest
 * event of each name is kept: it is what a viewer who comes late or reads slowly receives.
 */
export class EventStream {
  readonly #latest = new Map<string, string>();
  readonly #viewers = new Set<Viewer>();

  /** The number of open responses. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /**
   * Sends an event to all viewers.
   *
   * @param name The subject.
   * @param data Its whole state, as a value of JSON.
   */
  send(name: string, data: unknown): void {
    this.#latest.set(name, `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    for (const viewer of this.#viewers) {
      viewer.missed.add(name);
      this.#flushIfReady(viewer);
    }
  }

  /**
   * Adds a viewer.
   *
   * @returns The body of a response of type `text/event-stream`.
   */
  open(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let viewer: Viewer;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        viewer = { controller, missed: new Set(this.#latest.keys()) };
        this.#viewers.add(viewer);
      },
      pull: () => this.#flushIfReady(viewer),
      cancel: () => void this.#viewers.delete(viewer),
    });
  }

  /** Ends all responses, after the latest events. */
  close(): void {
    for (const viewer of this.#viewers) {
      this.#flush(viewer);
      viewer.controller.close();
    }
    this.#viewers.clear();
  }

  /** Waits until a viewer has read what it was sent: a queue for each viewer would grow without bound. */
  #flushIfReady(viewer: Viewer): void {
    if ((viewer.controller.desiredSize ?? 0) > 0) this.#flush(viewer);
  }

  #flush({ controller, missed }: Viewer): void {
    if (missed.size === 0) return;
    const messages = Array.from(missed, (name) => this.#latest.get(name));
    missed.clear();
    controller.enqueue(encoder.encode(messages.join("")));
  }
}
