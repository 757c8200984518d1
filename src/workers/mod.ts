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

import * as kernels from "../engine/wasm/kernels.wasm";
import { init } from "../engine/wasm/runner.ts";
import type { LeNet } from "../lenet.ts";

// In Workers the module is the default export. Deno has put it to work already, and gives what it exports.
const { default: module } = kernels as { default?: unknown };

if (module instanceof WebAssembly.Module) init(module);

export * from "../../mod.ts";

/** Enough for engines to compile what they have seen run often. */
const TIMES = 4;

/** Large enough to be prepared as any picture is, small enough to be quick before anything is compiled. */
const SIDE = 64;

/**
 * Reads a drawn picture a few times, so that what requests need is loaded and compiled while a Worker starts: that may
 * take a second of processor time, a request on Cloudflare's free plan 10 ms. It takes pixels, since a starting Worker
 * may not unpack files.
 *
 * @param net The network that is to answer.
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
  for (let time = 0; time < TIMES; time++) await net.classify(picture);
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
