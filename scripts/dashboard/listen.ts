import { LeNetError } from "../../src/model/error.ts";

const LAST_PORT = 65_535;

/**
 * Listens for HTTP on this machine alone.
 *
 * @param port Where to listen; 0 is any free port. If it is in use, the next that is free.
 * @param handler Answers.
 * @param say Told of every port that is in use.
 * @returns The server.
 * @throws {LeNetError} `option/invalid` when it is no port, or none is free, or this user may not have it.
 */
export function listen(
  port: number,
  handler: (request: Request) => Response | Promise<Response>,
  say: (message: string) => void,
): Deno.HttpServer<Deno.NetAddr> {
  if (!Number.isInteger(port) || port < 0 || port > LAST_PORT) {
    throw new LeNetError(
      "option/invalid",
      `Cannot serve on port ${port}: expected a whole number from 0 to ${LAST_PORT}`,
    );
  }
  for (let at = port; at <= LAST_PORT; at++) {
    try {
      return Deno.serve({ hostname: "127.0.0.1", port: at, onListen() {} }, handler);
    } catch (error) {
      if (error instanceof Deno.errors.PermissionDenied) {
        throw new LeNetError(
          "option/invalid",
          `Cannot serve on port ${at}: the system does not allow it, expected one from 1024`,
          { cause: error },
        );
      }
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      say(`port ${at} is in use, trying the next`);
    }
  }
  throw new LeNetError(
    "option/invalid",
    `Cannot serve on port ${port}: it is in use, and so are all after it`,
  );
}
