// Makes parts of the lines to train on, on another core.

/// <reference lib="deno.worker" />

import { makePart, type PartRequest } from "./line_parts.ts";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async ({ data }: MessageEvent<PartRequest>) => {
  await makePart(data);
  self.postMessage(undefined);
};
