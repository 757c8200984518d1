// Runs one more server on the same port, on another core.

/// <reference lib="deno.worker" />

import { type ServerSettings, startServer } from "./commands/serve.ts";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async ({ data }: MessageEvent<ServerSettings>) => {
  await startServer(data);
  self.postMessage("listening");
};
