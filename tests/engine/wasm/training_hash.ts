/**
 * One number for what training on the kernels gives, the same in every runtime. Once bundled it runs in Deno, Node and
 * Bun alike, so it has no `using`.
 *
 * @module
 */

import type { OptimizerOptions } from "../../../src/engine/trainer.ts";
import { wasmTrainer } from "../../../src/engine/wasm/trainer.ts";
import type { Architecture } from "../../../src/model/architecture.ts";
import { initialize } from "../../../src/model/initialize.ts";
import { lenet5 } from "../../../src/model/zoo.ts";
import { drawInputs } from "./draw.ts";

/** With pooled convolutions, batch normalization and dropout. */
const POOLED: Architecture = lenet5({
  name: "pooled",
  input: [1, 16, 16],
  channels: [5, 7],
  kernel: 3,
  dense: [17],
  batchNorm: true,
  dropout: 0.2,
});

/** With the layers of 1998, every curve, and convolutions whose outputs all have a gradient. */
const CURVED: Architecture = {
  name: "curved",
  input: [2, 13, 12],
  layers: [
    { kind: "conv", name: "conv1", filters: 5, kernel: 4, padding: 1 },
    { kind: "activation", activation: "scaled-tanh" },
    { kind: "subsample", name: "subsample1" },
    {
      kind: "conv",
      name: "conv2",
      filters: 3,
      kernel: 3,
      padding: 1,
      connections: [[0, 1], [1, 2, 4], [3, 4]],
    },
    { kind: "activation", activation: "sigmoid" },
    { kind: "pool", mode: "average" },
    { kind: "flatten" },
    { kind: "dense", name: "fc1", units: 6 },
    { kind: "activation", activation: "tanh" },
    { kind: "rbf", codes: ["#..#.#", ".##..#", "####..", "......"] },
  ],
  classes: 4,
};

const OPTIMIZERS: readonly OptimizerOptions[] = [
  { name: "sgd", weightDecay: 1e-3 },
  { name: "sgd", momentum: 0.9 },
  { name: "adam" },
  { name: "adamw" },
];

/** What {@linkcode trainingHash} gives wherever the kernels are right. */
export const TRAINING_HASH = "d9d8e9f1d06c53007c26be0e8f34bbcdf73472dbee05802937e97483c7ad0ed5";

/** Steps of each optimizer; the second half is made by a trainer that goes on from the state of the first. */
const STEPS = 100;

/**
 * SHA-256 of the weights and slots of three networks after 100 steps of each optimizer, two of them partly distilled.
 *
 * @returns The hash, in hexadecimal digits.
 */
export async function trainingHash(): Promise<string> {
  const values: number[] = [];
  for (const architecture of [lenet5(), POOLED, CURVED]) {
    for (const optimizer of OPTIMIZERS) {
      const options = { optimizer, averaging: 0.95, seed: 3 };
      const parameters = initialize(architecture, { seed: 1 });
      let state = { parameters, slots: new Map(), steps: 0 };
      for (const last of [STEPS / 2, STEPS]) {
        const trainer = await wasmTrainer(architecture, state, options);
        for (let step = state.steps; step < last; step++) {
          const inputs = drawInputs(architecture, 5, step);
          const labels = Uint8Array.from(
            { length: step % 2 === 0 ? 5 : 3 },
            (_, n) => (n + step) % 4,
          );
          const rest = (5 - labels.length) * architecture.classes;
          const targets = Float32Array.from({ length: rest }, (_, i) => (i * 7 + step) % 5);
          await trainer.step(inputs, labels, 0.001, targets);
        }
        state = await trainer.state() as typeof state;
        trainer[Symbol.dispose]();
      }
      for (const part of [state.parameters, ...state.slots.values()]) {
        for (const { data } of part.values()) for (const value of data) values.push(value);
      }
    }
  }
  // NaN has many bits.
  if (!values.every(Number.isFinite)) throw new Error("training diverged");
  const digest = await crypto.subtle.digest("SHA-256", Float32Array.from(values));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
