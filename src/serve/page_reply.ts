import type { Reply } from "./reply.ts";

/**
 * The page may run its own files, compile WebAssembly, show dropped and drawn pictures, and use the camera. It connects to
 * its own server only.
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

/** Entity tags of the files, computed when each is first requested. */
const tags = new Map<string, Promise<string>>();

/**
 * Returns a file of the page, or 304 if the client has it already.
 *
 * @param path The path of the file.
 * @param request The request.
 * @returns The reply; undefined if the page has no such file.
 */
export async function pageReply(path: string, request: Request): Promise<Reply | undefined> {
  // Imported on first use: a server of programs alone does without the page.
  const { PAGE_FILES } = await import("./page.generated.ts");
  if (!Object.hasOwn(PAGE_FILES, path)) return undefined;
  const { type, body } = PAGE_FILES[path];
  let tag = tags.get(path);
  if (tag === undefined) tags.set(path, tag = tagOf(body));
  const etag = await tag;
  const headers = {
    etag,
    // To be revalidated: a file keeps its name when the package is updated.
    "cache-control": "no-cache",
    "content-type": type,
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
  };
  // A proxy that compresses the file makes the tag a weak one.
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
