/**
 * One number for all that the kernels compute, the same in every runtime. Once bundled it runs in Deno, Node and Bun
 * alike, so it has no `using`.
 *
 * @module
 */

import { simdRunner } from "../../src/engine/simd/runner.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { lenet5 } from "../../src/model/lenet5.ts";
import { drawInputs, drawParameters } from "./simd_draw.ts";

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

/** What {@linkcode goldenHash} gives wherever the kernels are right. */
export const GOLDEN_HASH = "ef8b24fa125d36892e7649633c084c3cbfdf8a3d9645b282d3ab8d50e634f3de";

/**
 * SHA-256 of the logits of two seeded networks for 19 seeded inputs each.
 *
 * @returns The hash, in hexadecimal digits.
 */
export async function goldenHash(): Promise<string> {
  const logits: number[] = [];
  for (const architecture of [lenet5(), CURVED]) {
    const runner = simdRunner(architecture, drawParameters(architecture, 1));
    logits.push(...runner.logitsSync(drawInputs(architecture, 19, 2), 19));
  }
  const digest = await crypto.subtle.digest("SHA-256", Float32Array.from(logits));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
