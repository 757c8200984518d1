import { createHandler } from "../../src/serve/mod.ts";

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  createHandler(),
);
(self as unknown as { postMessage(port: number): void }).postMessage(server.addr.port);
