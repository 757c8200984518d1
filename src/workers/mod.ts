/**
 * The digit reader for Cloudflare Workers, which do not compile WebAssembly from bytes: all exports of `@x/lenet`, with
 * the kernels as a WebAssembly module that the bundler writes beside the script. In other runtimes it works as
 * `@x/lenet` does.
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

import * as kernels from "../engine/wasm/kernels.wasm";
import { init } from "../engine/wasm/runner.ts";
import * as training from "../engine/wasm/training.wasm";
import type { LeNet } from "../lenet.ts";

// In Workers an import gives the compiled module as default export; Deno gives the exports of an instance.
for (const { default: module } of [kernels, training] as { default?: unknown }[]) {
  if (module instanceof WebAssembly.Module) init(module);
}

export * from "../../mod.ts";

/** Calls after which V8 has compiled the functions that every call runs. */
const WARM_UP_CALLS = 4;

/** Pixels of a side: large enough for the whole preparation of a picture, small enough to be quick uncompiled. */
const SIDE = 64;

/**
 * Classifies a drawn picture a few times, so that what requests need is loaded and compiled while a Worker starts: a
 * start may take a second of processor time, a request on Cloudflare's free plan 10 ms. The picture is given as pixels,
 * since a starting Worker may not decompress files.
 *
 * @param net The network that will answer the requests.
 *
 * @example In a Worker
 * ```ts
 * import { LeNet, warmUp } from "@x/lenet/workers";
 *
 * const net = await LeNet.load();
 * await warmUp(net);
 * ```
 */
export async function warmUp(net: LeNet): Promise<void> {
  const picture = { data: drawSeven(), width: SIDE, height: SIDE };
  for (let call = 0; call < WARM_UP_CALLS; call++) await net.classify(picture);
}

/** A black 7 on white, in RGBA. */
function drawSeven(): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(4 * SIDE * SIDE).fill(255);
  const dot = (x: number, y: number): void => {
    for (let row = y; row < y + 4; row++) {
      const from = 4 * (row * SIDE + x);
      for (let at = from; at < from + 16; at++) data[at] = at % 4 === 3 ? 255 : 0;
    }
  };
  for (let x = 20; x < 44; x++) dot(x, 16);
  for (let y = 16; y < 46; y++) dot(Math.round(44 - (y - 16) / 2), y);
  return data;
}
