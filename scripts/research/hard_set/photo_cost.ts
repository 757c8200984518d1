/**
 * Measures the cost of reading a large photo. It runs in a process of its own, whose memory is that of reading.
 *
 * Arguments: a small JPEG, which is read first so that everything is loaded; the large JPEG; its pixels in RGBA; and
 * their columns and rows. Prints a {@linkcode PhotoCost} as JSON.
 *
 * @module
 */

import process from "node:process";
import { LeNet } from "../../../mod.ts";

/** The cost of reading a large photo. */
export interface PhotoCost {
  /** The median time of `classify` on the decoded picture. */
  readonly milliseconds: number;
  /** The peak growth of the process while it classified the decoded picture, whose pixels count. */
  readonly megabytes: number;
  /** The peak growth while it decoded and classified the file. */
  readonly decodingMegabytes: number;
}

const CALLS = 7;

/** Bytes that are read at once: reading the whole file would take memory of its own. */
const CHUNK = 1 << 20;

if (import.meta.main) {
  const [smallFile, largeFile, pixelsFile, width, height] = Deno.args;
  const [small, large] = [await Deno.readFile(smallFile), await Deno.readFile(largeFile)];
  using net = await LeNet.load("digits", { backend: "wasm" });
  await net.classify(small);
  const before = Deno.memoryUsage().rss;
  // Deno reports maxRSS in kilobytes on every platform.
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
