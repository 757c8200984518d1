/**
 * Fine-tunes a network over and over, and prints what memory it takes after the first twenty times and after fifty
 * more, in bytes. Run it with `--v8-flags=--expose-gc`.
 *
 * @module
 */

import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { LeNet } from "../../src/lenet.ts";
import { fineTune } from "../../src/train/fine_tune.ts";

const { gc } = globalThis as unknown as { gc: () => void };

using old = await LeNet.load("digits", { backend: "wasm" });

const samples = syntheticDigits({ count: 10, seed: 1 });

async function memoryAfter(times: number): Promise<number> {
  for (let i = 0; i < times; i++) {
    const { net } = await fineTune(old, samples, { backend: "wasm", epochs: 1, augment: null });
    net[Symbol.dispose]();
    gc();
  }
  return Deno.memoryUsage().rss;
}

const before = await memoryAfter(20);

console.log(JSON.stringify({ before, after: await memoryAfter(50) }));
