// Sends requests for some time, and writes what came back. Autocannon is fetched when this is run.

import { Buffer } from "node:buffer";
import { digitBodies, garbageBodies } from "./bodies.ts";
import type { Load, LoadResult } from "./run_load.ts";

// Computed, so that nobody but the bench downloads it.
const name = "npm:autocannon@8.0.0";
const { default: autocannon } = await import(name);

const { url, kind, seconds, connections, rate }: Load = JSON.parse(Deno.args[0]);
const { pixels, png } = await digitBodies();
const bodies = kind === "garbage"
  ? await garbageBodies()
  : kind === "mixed"
  ? [...pixels, ...png]
  : { pixels, png }[kind];
const { requests, latency, statusCodeStats, errors } = await autocannon({
  url,
  connections,
  duration: seconds,
  timeout: 10,
  ...rate !== undefined && { overallRate: rate },
  requests: bodies.map(({ type, bytes }) => ({
    method: "POST",
    headers: { "content-type": type },
    body: Buffer.from(bytes),
  })),
});
const statuses = Object.fromEntries(
  Object.entries<{ count: number }>(statusCodeStats).map(([status, { count }]) => [status, count]),
);
const result: LoadResult = {
  count: requests.total,
  seconds,
  p50: latency.p50,
  p99: latency.p99,
  statuses,
  errors,
};
console.log(JSON.stringify(result));
