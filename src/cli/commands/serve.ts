import { LeNetError } from "../../errors.ts";
import { createHandler } from "../../serve/mod.ts";
import type { HandlerOptions } from "../../serve/options.ts";
import { type Command, STOP_SIGNALS } from "../command.ts";
import type { FlagTable, FlagValues } from "../flags.ts";
import { NET_FLAGS, weightsOf } from "../sources.ts";

const FLAGS = {
  port: {
    kind: "integer",
    min: 0,
    max: 65_535,
    value: "N",
    default: 8000,
    help: "the port; 0 is any free one",
  },
  host: {
    kind: "text",
    value: "NAME",
    default: "127.0.0.1",
    help: "the address; the default is reached from this machine alone, 0.0.0.0 from all",
  },
  parallel: { kind: "boolean", help: "run a server on each core" },
  cors: {
    kind: "list",
    value: "ORIGINS",
    defaultText: "none",
    help:
      "the origins whose pages may call the server: * or https://one.example,https://two.example",
  },
  weights: NET_FLAGS.weights,
  "max-bytes": {
    kind: "integer",
    min: 1,
    value: "N",
    defaultText: "8 MiB",
    help: "the size limit of a body",
  },
  "max-pixels": {
    kind: "integer",
    min: 1,
    value: "N",
    defaultText: "12,600,000",
    help: "the size limit of a picture",
  },
  "max-images": {
    kind: "integer",
    min: 1,
    value: "N",
    defaultText: "100",
    help: "the limit of pictures in a request",
  },
  "max-requests": {
    kind: "integer",
    min: 1,
    value: "N",
    defaultText: "128",
    help: "the limit of queued requests on each core; more are refused with status 503",
  },
  "max-wait": {
    kind: "integer",
    min: 1,
    value: "MS",
    defaultText: "1,000",
    help: "the limit of the expected time in the queue",
  },
  timeout: {
    kind: "integer",
    min: 1,
    value: "MS",
    defaultText: "30,000",
    help: "the time limit for receiving a body",
  },
  "no-page": { kind: "boolean", help: "do not serve the page" },
} as const satisfies FlagTable;

/** `serve`: serves answers over HTTP. */
export const command: Command<typeof FLAGS> = {
  name: "serve",
  summary:
    "Serves answers over HTTP: POST /classify and /read, GET /health and /openapi.json, and a page to draw on.",
  flags: FLAGS,
  notes: "Without a checkout: deno serve jsr:@x/lenet/serve",
  async run({ flags }) {
    const cores = flags.parallel ? navigator.hardwareConcurrency : 1;
    const settings: ServerSettings = {
      hostname: flags.host,
      port: flags.port,
      shared: cores > 1,
      weights: flags.weights,
      options: handlerOptions(flags),
    };
    const stopped = stopSignal();
    const server = await startServer(settings);
    // With port 0, the first server has found the port for the others.
    const { port } = server.addr;
    const workers = await Promise.all(
      Array.from({ length: cores - 1 }, () => startWorker({ ...settings, port })),
    );
    const { hostname } = settings;
    const name = hostname.includes(":") ? `[${hostname}]` : hostname;
    const on = cores > 1 ? ` with ${cores} cores` : "";
    console.log(`Serving on http://${name}:${port}/${on}, ctrl-C ends it`);
    await stopped;
    for (const worker of workers) worker.terminate();
    await server.shutdown();
  },
};

/** The settings of a server. They can be sent to a worker. */
export interface ServerSettings {
  readonly hostname: string;
  readonly port: number;
  /** Whether other servers of this process listen on the same port. */
  readonly shared: boolean;
  /** A pretrained network, or the path of a file. */
  readonly weights: string;
  readonly options: Omit<HandlerOptions, "weights">;
}

/**
 * Starts a server.
 *
 * @param settings The address, the network and the options of the handler.
 * @returns The server.
 * @throws {LeNetError} `option/invalid` when it cannot listen at the address; whatever loading the network throws.
 */
export async function startServer(
  { hostname, port, shared, weights, options }: ServerSettings,
): Promise<Deno.HttpServer<Deno.NetAddr>> {
  const handler = createHandler({ ...options, weights: await weightsOf(weights) });
  // The handler loads the network at the first request; a network that cannot be loaded is reported at the start.
  const health = await handler(new Request("http://localhost/health"));
  await health.body?.cancel();
  if (!health.ok) {
    throw new LeNetError("weights/malformed", `Cannot serve ${weights}: it cannot be loaded`);
  }
  try {
    return Deno.serve({ hostname, port, reusePort: shared, onListen() {} }, handler);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new LeNetError(
      "option/invalid",
      `Cannot serve on ${hostname}, port ${port}: ${cause.message}, expected an address that is free`,
      { cause },
    );
  }
}

function handlerOptions(flags: FlagValues<typeof FLAGS>): Omit<HandlerOptions, "weights"> {
  const { cors } = flags;
  const given = {
    cors: cors?.join() === "*" ? "*" : cors,
    maxBytes: flags["max-bytes"],
    maxPixels: flags["max-pixels"],
    maxImages: flags["max-images"],
    maxRequests: flags["max-requests"],
    maxWait: flags["max-wait"],
    bodyTimeout: flags.timeout,
    page: !flags["no-page"],
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function startWorker(settings: ServerSettings): Promise<Worker> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("../serve_worker.ts", import.meta.url), {
      type: "module",
    });
    worker.onmessage = () => resolve(worker);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(settings);
  });
}

/** Resolves when the process is asked to end, by Ctrl-C or by a service manager. A second request ends it at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of STOP_SIGNALS) {
      const stop = (): void => {
        Deno.removeSignalListener(signal, stop);
        resolve();
      };
      Deno.addSignalListener(signal, stop);
    }
  });
}
