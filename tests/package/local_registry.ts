import { unpackTar } from "modern-tar";

/** A package, as the registry has it. */
export interface PublishedPackage {
  readonly version: string;
  /** Files by the names that imports have for them; both begin with `.`. */
  readonly exports: Readonly<Record<string, string>>;
  /** By path, which begins with `/`. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** A file that a registry has sent. */
export interface Download {
  /** From the root of the registry. */
  readonly path: string;
  /** The length of its body as it was sent. */
  readonly sent: number;
  /** The length of the file. */
  readonly size: number;
}

/**
 * A registry like JSR on this machine: `deno publish` uploads to it, and imports that begin with `jsr:` find there what
 * was uploaded, where `JSR_URL` is its URL. It checks nothing.
 */
export class LocalRegistry implements AsyncDisposable {
  /** What was uploaded, by name. */
  readonly packages: Map<string, PublishedPackage> = new Map();
  /** Every file that was asked for, in order. */
  readonly downloads: Download[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  /** Where it is, ending in `/`. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** Stops it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const called = pathname.match(
      /^\/api\/scopes\/(\w+)\/packages\/([\w-]+)(?:\/versions\/(.+))?$/,
    );
    if (called !== null) {
      const [, scope, name, version] = called;
      if (version === undefined) return Response.json({ scope, name, githubRepository: null });
      if (request.method !== "POST") {
        return Response.json({ code: "packageVersionNotFound", message: "" }, { status: 404 });
      }
      await this.#take(`@${scope}/${name}`, version, request);
      return Response.json({ id: "1", status: "success", error: null });
    }
    const asked = pathname.match(/^\/(@\w+\/[\w-]+)\/(.*)$/);
    const found = asked === null ? undefined : this.packages.get(asked[1]);
    const reply = (found && await fileOf(found, asked![2])) ??
      new Response("Not found", { status: 404 });
    const file = await reply.bytes();
    const headers = new Headers(reply.headers);
    let body = file;
    // As servers of text do.
    if (request.headers.get("accept-encoding")?.includes("gzip")) {
      headers.set("content-encoding", "gzip");
      const packed = new Blob([file]).stream().pipeThrough(new CompressionStream("gzip"));
      body = await new Response(packed).bytes();
    }
    this.downloads.push({ path: pathname, sent: body.length, size: file.length });
    return new Response(body, { status: reply.status, headers });
  }

  async #take(name: string, version: string, { body }: Request): Promise<void> {
    const entries = await unpackTar(body!.pipeThrough(new DecompressionStream("gzip")));
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const { header, data } of entries) {
      if (data !== undefined) files.set(`/${header.name}`, new Uint8Array(data));
    }
    const { exports } = JSON.parse(new TextDecoder().decode(files.get("/deno.json")));
    this.packages.set(name, { version, exports, files });
  }
}

/** What JSR answers to who asks for a file of a package, or for what it says of the package. */
async function fileOf(
  { version, exports, files }: PublishedPackage,
  path: string,
): Promise<Response | undefined> {
  if (path === "meta.json") return Response.json({ latest: version, versions: { [version]: {} } });
  if (path === `${version}_meta.json`) {
    const manifest: Record<string, { size: number; checksum: string }> = {};
    for (const [path, bytes] of files) {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      manifest[path] = { size: bytes.length, checksum: `sha256-${digest.toHex()}` };
    }
    return Response.json({ manifest, exports });
  }
  const bytes = files.get(path.slice(version.length));
  if (!path.startsWith(`${version}/`) || bytes === undefined) return undefined;
  const type = path.endsWith(".ts") ? "text/typescript" : "application/octet-stream";
  return new Response(bytes, { headers: { "Content-Type": type } });
}
