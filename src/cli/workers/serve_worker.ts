// One more server on the same port, on a core of its own.

/// <reference lib="deno.worker" />

import { type ServerSettings, startServer } from "../server.ts";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async ({ data }: MessageEvent<ServerSettings>) => {
  await startServer(data);
  self.postMessage("listening");
};
