import { createHandler } from "../../src/serve/mod.ts";
import type { HandlerOptions } from "../../src/serve/options.ts";

/** A handler behind a socket of this machine. */
export interface TestServer {
  readonly port: number;
  /** The URL of a path. */
  url(path: string): string;
  /** Number of admitted requests, without this one. */
  requests(): Promise<number>;
}

/** Runs a test with a server. */
export async function withServer(
  options: HandlerOptions,
  test: (server: TestServer) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    createHandler(options),
  );
  const { port } = server.addr;
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
  try {
    await test({
      port,
      url,
      requests: async () => (await (await fetch(url("/health"))).json()).requests,
    });
  } finally {
    await server.shutdown();
  }
}

/** A response as read from a socket. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

/** A connection that can send arbitrary bytes. */
export class RawConnection implements Disposable {
  readonly #connection: Deno.TcpConn;
  #received = "";

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async open(port: number): Promise<RawConnection> {
    return new RawConnection(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Sends text or bytes. */
  async send(data: string | Uint8Array): Promise<void> {
    let rest = typeof data === "string" ? new TextEncoder().encode(data) : data;
    while (rest.length > 0) rest = rest.subarray(await this.#connection.write(rest));
  }

  /** Closes the sending side. */
  async end(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /** Sends the head of a request. */
  async sendHead(method: string, path: string, headers: Record<string, string>): Promise<void> {
    const lines = Object.entries({ host: "localhost", ...headers }).map(([name, value]) =>
      `${name}: ${value}\r\n`
    );
    await this.send(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  }

  /** Waits for the next response, whose body must have a known length. */
  async response(): Promise<RawResponse> {
    for (;;) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end >= 0) {
        const [first, ...lines] = this.#received.slice(0, end).split("\r\n");
        const headers = new Headers(
          lines.map((line): [string, string] => {
            const at = line.indexOf(":");
            return [line.slice(0, at), line.slice(at + 1).trim()];
          }),
        );
        const length = Number(headers.get("content-length") ?? 0);
        if (this.#received.length >= end + 4 + length) {
          const body = this.#received.slice(end + 4, end + 4 + length);
          this.#received = this.#received.slice(end + 4 + length);
          return {
            status: Number(first.split(" ")[1]),
            headers,
            json: body === "" ? undefined : JSON.parse(body),
          };
        }
      }
      const buffer = new Uint8Array(65_536);
      const read = await this.#connection.read(buffer);
      if (read === null) throw new Error(`The connection ended after: ${this.#received}`);
      this.#received += new TextDecoder("latin1").decode(buffer.subarray(0, read));
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

/** Waits until a condition holds, for at most ten seconds. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("The condition did not hold within ten seconds");
}
