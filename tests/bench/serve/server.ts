// The server that is measured, in a process of its own. For each line on standard input it writes what it has used.

import process from "node:process";
import { startServer } from "../../../src/cli/commands/serve.ts";

/** How often the memory is looked at, in milliseconds. */
const INTERVAL = 100;

const server = await startServer({
  hostname: "127.0.0.1",
  port: 0,
  shared: false,
  weights: "digits",
  options: {},
});

let peak = 0;

const timer = setInterval(() => peak = Math.max(peak, Deno.memoryUsage().rss), INTERVAL);

const say = (value: object): void => console.log(JSON.stringify(value));

say({ port: server.addr.port });

for await (const _ of Deno.stdin.readable) {
  const { rss } = Deno.memoryUsage();
  const { user, system } = process.cpuUsage();
  say({ rss, peak: Math.max(peak, rss), cpu: (user + system) / 1e6 });
  peak = 0;
}

clearInterval(timer);

await server.shutdown();
