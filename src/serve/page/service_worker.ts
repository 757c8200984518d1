/**
 * Keeps the page's files on the device, so that it works without a network.
 *
 * @module
 */

/** As much of a service worker's global scope as is used. */
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

/** Filled in by the build: all files of the page, relative to the worker's scope, and a name for just these. */
declare const FILES: readonly string[];

declare const CACHE: string;

const PREFIX = "lenet-page-";

self.addEventListener("install", (event) => {
  // The server's files, not those of a cache in between.
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
  // An address with a question is that of the same page.
  url.search = url.hash = "";
  const isOurs = FILES.some((file) => new URL(file, self.registration.scope).href === url.href);
  // Everything else the server answers by itself.
  if (request.method !== "GET" || !isOurs) return;
  event.respondWith(
    caches.open(CACHE)
      .then((cache) => cache.match(url))
      .then((kept) => kept ?? fetch(request)),
  );
});
