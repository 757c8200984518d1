import { LeNetError } from "../errors.ts";
import { createHandler } from "../serve/mod.ts";
import type { HandlerOptions } from "../serve/options.ts";
import { weightsOf } from "./sources.ts";

/** What a server is started with; it can be sent to a worker. */
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
 * @param settings Where it listens, and what it answers with.
 * @returns The server.
 * @throws {LeNetError} `option/invalid` when it cannot listen there; what loading the network throws.
 */
export async function startServer(
  { hostname, port, shared, weights, options }: ServerSettings,
): Promise<Deno.HttpServer<Deno.NetAddr>> {
  const handler = createHandler({ ...options, weights: await weightsOf(weights) });
  // Loaded before anybody asks, and before it is too late to say what is wrong with it.
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
