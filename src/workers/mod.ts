/**
 * The digit reader for Cloudflare Workers, which refuse to compile WebAssembly from bytes: all that `@x/lenet` has, with
 * the kernels in the way that Workers take them, a module that the bundler lays beside the script. Elsewhere it is
 * `@x/lenet`.
 *
 * @example A Worker
 * ```ts
 * import { LeNet, LeNetError, warmUp } from "@x/lenet/workers";
 *
 * const net = await LeNet.load();
 * await warmUp(net); // while the Worker starts, which has more time than a request
 *
 * export default {
 *   fetch: async (request: Request): Promise<Response> => {
 *     try {
 *       return Response.json(await net.classify(request));
 *     } catch (error) {
 *       if (!(error instanceof LeNetError)) throw error;
 *       return Response.json({ code: error.code, message: error.message }, { status: 400 });
 *     }
 *   },
 * };
 * ```
 *
 * @module
 */

import * as kernels from "../engine/simd/kernels.wasm";
import { init } from "../engine/simd/module.ts";

// In Workers the module is the default export. Deno has put it to work already, and gives what it exports.
const { default: module } = kernels as { default?: unknown };
if (module instanceof WebAssembly.Module) init(module);

export * from "../../mod.ts";
export { warmUp } from "./warm_up.ts";
