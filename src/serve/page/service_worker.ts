/**
 * Caches the files of the page, so that it works without a network connection.
 *
 * @module
 */

/** The used part of a service worker's global scope. */
interface Scope {
  readonly clients: { claim(): Promise<void> };
  readonly registration: { readonly scope: string };
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetch) => void): void;
}

interface Extendable {
  waitUntil(promise: Promise<unknown>): void;
}

interface Fetch {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

declare const self: Scope;

/** Set by the build: all files of the page, relative to the scope of the worker. */
declare const FILES: readonly string[];

/** Set by the build: the name of the cache, which contains a hash of the files. */
declare const CACHE: string;

const PREFIX = "lenet-page-";

self.addEventListener("install", (event) => {
  // From the server, not from the HTTP cache.
  const requests = FILES.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  const clean = async (): Promise<void> => {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // The page is the same with any query.
  url.search = url.hash = "";
  const isOurs = FILES.some((file) => new URL(file, self.registration.scope).href === url.href);
  // The browser handles all other requests.
  if (request.method !== "GET" || !isOurs) return;
  event.respondWith(
    caches.open(CACHE)
      .then((cache) => cache.match(url))
      .then((kept) => kept ?? fetch(request)),
  );
});
