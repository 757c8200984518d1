import type { Reply } from "./reply.ts";

/**
 * What the page may do: run its own files, compile WebAssembly, show pictures that were dropped on it or that it drew,
 * and use the camera. It talks to nobody but its own server.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const tags = new Map<string, Promise<string>>();

/**
 * Gives a file of the page, or says that the one at hand is still the same.
 *
 * @param path Its path.
 * @param request The request.
 * @returns The reply; nothing when the page has no such file.
 */
export async function pageReply(path: string, request: Request): Promise<Reply | undefined> {
  // Loaded when first needed: whoever only answers programs does without the page.
  const { PAGE_FILES } = await import("./page.generated.ts");
  if (!Object.hasOwn(PAGE_FILES, path)) return undefined;
  const { type, body } = PAGE_FILES[path];
  let tag = tags.get(path);
  if (tag === undefined) tags.set(path, tag = tagOf(body));
  const etag = await tag;
  const headers = {
    etag,
    // Kept, but asked for again: a file keeps its name when the package is updated.
    "cache-control": "no-cache",
    "content-type": type,
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
  };
  // A server that packs the file on its way makes the tag a weak one.
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((known) =>
    known.trim().replace(/^W\//, "")
  );
  if (known.includes(etag)) return { status: 304, headers, body: null };
  return { headers, body };
}

async function tagOf(body: string | Uint8Array): Promise<string> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  const hex = Array.from(
    new Uint8Array(digest, 0, 8),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return `"${hex.join("")}"`;
}
