/**
 * What it costs to read a large photo, in a process of its own, so that its memory is what reading takes. Called with
 * a small JPEG, which is read first so that everything is loaded, the large one, and the pixels of the large one in
 * RGBA, with their columns and rows; prints a {@linkcode PhotoCost}.
 *
 * @module
 */

import process from "node:process";
import { LeNet } from "../../../mod.ts";

/** What reading a large photo costs. */
export interface PhotoCost {
  /** The answer to the decoded picture, the median of several. */
  readonly milliseconds: number;
  /** By how much the process grew at most while it read the decoded picture, whose pixels are counted. */
  readonly megabytes: number;
  /** By how much it grew at most while it decoded and read the file. */
  readonly decodingMegabytes: number;
}

const CALLS = 7;

/** How much is read at once: reading all at once takes memory of its own. */
const CHUNK = 1 << 20;

if (import.meta.main) {
  const [smallFile, largeFile, pixelsFile, width, height] = Deno.args;
  const [small, large] = [await Deno.readFile(smallFile), await Deno.readFile(largeFile)];
  using net = await LeNet.load("digits", { backend: "wasm" });
  await net.classify(small);
  const before = Deno.memoryUsage().rss;
  // Kilobytes, everywhere that Deno runs.
  const growth = (): number => Math.max(0, process.resourceUsage().maxRSS * 1024 - before) / 1e6;

  const picture = {
    data: new Uint8Array(4 * Number(width) * Number(height)),
    width: Number(width),
    height: Number(height),
  };
  using file = await Deno.open(pixelsFile);
  for (let at = 0; at < picture.data.length;) {
    at += await file.read(picture.data.subarray(at, at + CHUNK)) ?? Infinity;
  }
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const started = performance.now();
    await net.classify(picture);
    times.push(performance.now() - started);
  }
  const megabytes = growth();
  await net.classify(large);
  const cost: PhotoCost = {
    milliseconds: times.sort((a, b) => a - b)[CALLS >> 1],
    megabytes,
    decodingMegabytes: growth(),
  };
  console.log(JSON.stringify(cost));
}
