/** What a {@linkcode LocalServer} was asked. */
export interface Asked {
  readonly path: string;
  /** The `Range` header, if there was one. */
  readonly range: string | null;
}

/** A server on this machine. */
export interface LocalServer {
  /** The URL of its root, ending in `/`. */
  readonly url: string;
  /** All requests so far. */
  readonly asked: Asked[];
}

/** Runs a test beside a server that answers each request as told; `n` counts them from 0. */
export async function withServer(
  answer: (request: Request, n: number) => Response | Promise<Response>,
  test: (server: LocalServer) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = [];
  const stopped = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: stopped.signal, onListen() {} },
    (request) => {
      asked.push({ path: new URL(request.url).pathname, range: request.headers.get("Range") });
      return answer(request, asked.length - 1);
    },
  );
  try {
    await test({ url: `http://127.0.0.1:${server.addr.port}/`, asked });
  } finally {
    stopped.abort();
    await server.finished;
  }
}

/** Answers with a file, or with the part of it that was asked for. */
export function serve(bytes: Uint8Array<ArrayBuffer>, request: Request): Response {
  const start = rangeStart(request);
  if (start === undefined) return new Response(bytes);
  if (start >= bytes.length) return new Response(null, { status: 416 });
  return new Response(bytes.subarray(start), {
    status: 206,
    headers: { "Content-Range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` },
  });
}

/** As {@linkcode serve}, but after so many bytes the connection breaks off, falls silent, or is at its end. */
export function serveInPart(
  bytes: Uint8Array<ArrayBuffer>,
  request: Request,
  count: number,
  then: "breaks off" | "falls silent" | "ends",
): Response {
  const { status, headers } = serve(bytes, request);
  const start = rangeStart(request) ?? 0;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (count > 0) controller.enqueue(bytes.subarray(start, start + count));
    },
    async pull(controller) {
      if (then === "falls silent") await new Promise(() => {});
      controller.close();
    },
  });
  // A body that is shorter than was promised ends with the connection.
  if (then === "breaks off") headers.set("Content-Length", String(bytes.length - start));
  return new Response(body, { status, headers });
}

function rangeStart(request: Request): number | undefined {
  const range = request.headers.get("Range");
  return range === null ? undefined : Number(/^bytes=(\d+)-$/.exec(range)![1]);
}
