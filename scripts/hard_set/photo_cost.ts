/**
 * What it costs to read a large photo, in a process of its own, so that its memory is what reading takes. Called with
 * a small JPEG, which is read first so that everything is loaded, and the large one; prints a {@linkcode PhotoCost}.
 *
 * @module
 */

import process from "node:process";
import { LeNet } from "../../mod.ts";
import { decodeJpeg } from "../../src/image/jpeg.ts";

/** What reading a large photo costs. */
export interface PhotoCost {
  /** The answer to the decoded picture, the median of several. */
  readonly milliseconds: number;
  /** By how much the process grew at most while it decoded and read the file. */
  readonly megabytes: number;
}

const CALLS = 7;

if (import.meta.main) {
  const [small, large] = await Promise.all(Deno.args.map((file) => Deno.readFile(file)));
  using net = await LeNet.load("digits", { backend: "wasm" });
  await net.classify(small);
  const before = Deno.memoryUsage().rss;
  await net.classify(large);
  // Kilobytes, everywhere that Deno runs.
  const most = process.resourceUsage().maxRSS * 1024;

  const picture = await decodeJpeg(large);
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const started = performance.now();
    await net.classify(picture);
    times.push(performance.now() - started);
  }
  const cost: PhotoCost = {
    milliseconds: times.sort((a, b) => a - b)[CALLS >> 1],
    megabytes: Math.max(0, most - before) / 1e6,
  };
  console.log(JSON.stringify(cost));
}
