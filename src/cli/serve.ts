import { LeNetError } from "../errors.ts";
import type { HandlerOptions } from "../serve/options.ts";
import { type Arguments, runScript } from "./command.ts";
import { type ServerSettings, startServer } from "./server.ts";

const USAGE = `
Usage: deno task serve [--port N] [--host NAME] [options]

Serves answers: POST /classify and /read, GET /health and /openapi.json, and a page to draw on.

  --port N          where to listen (default 8000; 0 is any free port)
  --host NAME       the address (default 127.0.0.1, this machine alone; 0.0.0.0 for all)
  --parallel        one server on each core
  --cors ORIGINS    pages from where may ask: * or https://one.example,https://two.example (default none)
  --weights NAME    a pretrained network, or a safetensors file (default digits)
  --max-bytes N     the largest body (default 8 MiB)
  --max-pixels N    the largest picture (default 12,600,000)
  --max-images N    pictures in one request (default 100)
  --max-requests N  requests that may wait, on each core (default 128)
  --max-wait MS     how long a request may have to wait for others (default 1,000)
  --timeout MS      how long a body may take to come (default 30,000)
  --no-page         no page

Without the project: deno serve jsr:@x/lenet/serve
`;

const LAST_PORT = 65_535;

await runScript(USAGE, {
  string: [
    "port",
    "host",
    "cors",
    "weights",
    "max-bytes",
    "max-pixels",
    "max-images",
    "max-requests",
    "max-wait",
    "timeout",
  ],
  boolean: ["parallel", "no-page"],
}, async (args) => {
  const [unexpected] = args.positionals;
  if (unexpected !== undefined) {
    throw new LeNetError("option/invalid", `Cannot serve ${unexpected}: expected options alone`);
  }
  const port = args.number("port") ?? 8000;
  if (!Number.isInteger(port) || port < 0 || port > LAST_PORT) {
    throw new LeNetError(
      "option/invalid",
      `Cannot serve on port ${port}: expected a whole number from 0 to ${LAST_PORT}`,
    );
  }
  const cores = args.has("parallel") ? navigator.hardwareConcurrency : 1;
  const settings: ServerSettings = {
    hostname: args.text("host") ?? "127.0.0.1",
    port,
    shared: cores > 1,
    weights: args.text("weights") ?? "digits",
    options: optionsOf(args),
  };
  const stopped = stopSignal();
  const server = await startServer(settings);
  // The first has found the port if it was to be any.
  const workers = await Promise.all(
    Array.from({ length: cores - 1 }, () => startWorker({ ...settings, port: server.addr.port })),
  );
  const { hostname } = settings;
  const name = hostname.includes(":") ? `[${hostname}]` : hostname;
  console.log(
    `Serving on http://${name}:${server.addr.port}/${
      cores > 1 ? ` with ${cores} cores` : ""
    }, ctrl-C ends it`,
  );
  await stopped;
  for (const worker of workers) worker.terminate();
  await server.shutdown();
});

function optionsOf(args: Arguments): Omit<HandlerOptions, "weights"> {
  const cors = args.text("cors");
  const given = {
    cors: cors === "*" ? cors : cors?.split(","),
    maxBytes: args.number("max-bytes"),
    maxPixels: args.number("max-pixels"),
    maxImages: args.number("max-images"),
    maxRequests: args.number("max-requests"),
    maxWait: args.number("max-wait"),
    bodyTimeout: args.number("timeout"),
    page: args.has("no-page") ? false : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function startWorker(settings: ServerSettings): Promise<Worker> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./workers/serve_worker.ts", import.meta.url), {
      type: "module",
    });
    worker.onmessage = () => resolve(worker);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(settings);
  });
}

/** Comes true when the process is asked to end, by ctrl-C or by what runs it. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      // Windows has no SIGTERM to listen to.
      if (signal === "SIGTERM" && Deno.build.os === "windows") continue;
      const stop = (): void => {
        // Asked again, the process ends at once.
        Deno.removeSignalListener(signal, stop);
        resolve();
      };
      Deno.addSignalListener(signal, stop);
    }
  });
}
