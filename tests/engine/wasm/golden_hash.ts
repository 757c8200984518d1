/**
 * One number for all that the kernels compute, the same in every runtime. Once bundled it runs in Deno, Node and Bun
 * alike, so it has no `using`.
 *
 * @module
 */

import { wasmRunner } from "../../../src/engine/wasm/runner.ts";
import type { Architecture } from "../../../src/model/architecture.ts";
import { lenet5 } from "../../../src/model/zoo.ts";
import { drawInputs, drawParameters } from "./draw.ts";

/** With curves, odd sizes, both kinds of convolution and a kernel that goes in parts. */
const CURVED: Architecture = {
  name: "curved",
  input: [2, 19, 23],
  layers: [
    { kind: "conv", name: "conv1", filters: 5, kernel: 4, padding: 1 },
    { kind: "activation", activation: "sigmoid" },
    { kind: "pool", mode: "average" },
    { kind: "conv", name: "conv2", filters: 9, kernel: 7, padding: 3 },
    { kind: "pool", mode: "average" },
    { kind: "activation", activation: "tanh" },
    { kind: "flatten" },
    { kind: "dense", name: "fc1", units: 37 },
    { kind: "activation", activation: "tanh" },
    { kind: "dense", name: "fc2", units: 7 },
  ],
  classes: 7,
};

/** With the layers of 1998, and batch normalization that becomes part of weights and that does not. */
const NORMALIZED: Architecture = {
  name: "normalized",
  input: [2, 18, 22],
  layers: [
    { kind: "batch-norm", name: "bn1" },
    { kind: "conv", name: "conv1", filters: 3, kernel: 5, padding: 2 },
    { kind: "batch-norm", name: "bn2" },
    { kind: "activation", activation: "scaled-tanh" },
    { kind: "subsample", name: "subsample1" },
    { kind: "activation", activation: "scaled-tanh" },
    {
      kind: "conv",
      name: "conv2",
      filters: 4,
      kernel: 3,
      padding: 0,
      connections: [[0], [0, 1], [1, 2], [0, 1, 2]],
    },
    { kind: "activation", activation: "relu" },
    { kind: "flatten" },
    { kind: "dense", name: "fc1", units: 6 },
    { kind: "dropout", rate: 0.5 },
    { kind: "activation", activation: "scaled-tanh" },
    { kind: "batch-norm", name: "bn3" },
    { kind: "rbf", codes: ["#..#.#", ".##..#", "####..", "......", ".#.#.#"] },
  ],
  classes: 5,
};

/** What {@linkcode goldenHash} gives wherever the kernels are right. */
export const GOLDEN_HASH = "63d3087b0e4edf57d5d9a8407c38a87b8ea6f680d8903521239c27623eb5399d";

/**
 * SHA-256 of the logits of three seeded networks for 19 seeded inputs each.
 *
 * @returns The hash, in hexadecimal digits.
 */
export async function goldenHash(): Promise<string> {
  const logits: number[] = [];
  for (const architecture of [lenet5(), CURVED, NORMALIZED]) {
    const runner = wasmRunner(architecture, drawParameters(architecture, 1));
    logits.push(...runner.logitsSync(drawInputs(architecture, 19, 2), 19));
  }
  const digest = await crypto.subtle.digest("SHA-256", Float32Array.from(logits));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
