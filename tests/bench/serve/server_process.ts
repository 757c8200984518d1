import { fileURLToPath } from "node:url";
import { pinned } from "./pinned.ts";

/** What a server has used so far. */
export interface Usage {
  /** Its memory now, in bytes. */
  readonly rss: number;
  /** The most memory since this was last asked. */
  readonly peak: number;
  /** Time on a core, in seconds. */
  readonly cpu: number;
}

/** The server that is measured. */
export class ServerProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #port = 0;
  #text = "";

  private constructor() {
    const script = fileURLToPath(new URL("./server.ts", import.meta.url));
    const permissions = ["--allow-read", "--allow-net=127.0.0.1", "--allow-sys"];
    this.#process = pinned(0, ["run", "-q", "--no-prompt", ...permissions, script], {
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Starts it. */
  static async start(): Promise<ServerProcess> {
    const server = new ServerProcess();
    server.#port = (await server.#line()).port;
    return server;
  }

  /** The URL of a path. */
  url(path: string): string {
    return `http://127.0.0.1:${this.#port}${path}`;
  }

  /** What it has used. */
  async usage(): Promise<Usage> {
    await this.#writer.write(new TextEncoder().encode("\n"));
    return await this.#line();
  }

  // deno-lint-ignore no-explicit-any
  async #line(): Promise<any> {
    while (!this.#text.includes("\n")) {
      const { done, value } = await this.#lines.read();
      if (done) throw new Error("The server has ended");
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return JSON.parse(line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#process.status;
  }
}
