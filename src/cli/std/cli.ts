/**
 * `@std/cli` as the rest of the project imports it. Where JSR cannot be reached, a thin layer over `node:util` takes its
 * place.
 *
 * @module
 */

import type * as fallback from "./cli_fallback.ts";

const cli: typeof fallback = await import("@std/cli").then(
  (std) => std as unknown as typeof fallback,
  () => import("./cli_fallback.ts"),
);

export const parseArgs: typeof fallback.parseArgs = cli.parseArgs;
