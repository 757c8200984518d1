/**
 * A server of digits, as a `fetch` handler that runs wherever there are such. This module is itself a whole server:
 * `deno serve jsr:@x/lenet/serve`.
 *
 * @module
 */

import { createHandler, type Handler } from "./create_handler.ts";

export { createHandler, type Handler } from "./create_handler.ts";
export type { HandlerOptions } from "./options.ts";

/** A server with the default options, as `deno serve`, Deno Deploy, Workers and Bun take it. */
const server: { readonly fetch: Handler } = { fetch: createHandler() };

export default server;
