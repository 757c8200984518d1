import type { Architecture } from "../../model/architecture.ts";
import { LeNetError } from "../../model/error.ts";
import { foldBatchNorm } from "../../model/fold_batch_norm.ts";
import type { Parameters } from "../../model/parameters.ts";
import { sizeOf } from "../../model/shapes.ts";
import type { Runner } from "../runner.ts";
import { FLOAT } from "./layout.ts";
import { type LoadedNet, loadNet } from "./net.ts";
import { planNetwork, TILE } from "./plan.ts";

/** A {@linkcode Runner} that can also answer at once. */
export interface SimdRunner extends Runner {
  /**
   * Runs the network forward, now.
   *
   * @param inputs `count` normalized inputs one after another, each [channels, height, width].
   * @param count How many inputs there are, from 1.
   * @returns `count` × classes logits, a fresh array.
   */
  logitsSync(inputs: Float32Array, count: number): Float32Array<ArrayBuffer>;
}

/**
 * Runs a network on our own WebAssembly SIMD kernels.
 *
 * An input's logits are the same bits in every runtime, and whether it is run alone or among others.
 *
 * @param architecture The network.
 * @param parameters Its weights, which fit it. They are copied: later changes to them change nothing here.
 * @returns The runner. It has a memory of its own, which is freed once the runner is disposed of.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit or need more than 4 GiB,
 * `backend/unavailable` when the kernels cannot be compiled here.
 */
export function simdRunner(architecture: Architecture, parameters: Parameters): SimdRunner {
  const folded = foldBatchNorm(architecture, parameters);
  const plan = planNetwork(folded.architecture);
  const { input, output } = plan;
  const { name, classes } = architecture;
  const size = sizeOf(architecture.input);
  let net: LoadedNet | undefined = loadNet(plan, folded.parameters);

  function logitsSync(inputs: Float32Array, count: number): Float32Array<ArrayBuffer> {
    if (net === undefined) throw new TypeError(`Cannot run ${name}: its runner was disposed of`);
    if (!Number.isInteger(count) || count < 1 || inputs.length !== count * size) {
      throw new LeNetError(
        "image/invalid",
        `Cannot run ${name}: found ${inputs.length} values for ${count} inputs, expected ${size} for each`,
      );
    }
    const { heap, run } = net;
    const logits = new Float32Array(count * classes);
    for (let first = 0; first < count; first += TILE) {
      const digits = Math.min(TILE, count - first);
      for (let digit = 0; digit < digits; digit++) {
        const from = (first + digit) * size;
        // One input needs no view of a part of the inputs.
        const values = count === 1 ? inputs : inputs.subarray(from, from + size);
        heap.set(values, (input.address + digit * input.step) / FLOAT);
      }
      run(digits);
      for (let digit = 0; digit < digits; digit++) {
        const from = (output.address + digit * output.step) / FLOAT;
        const to = (first + digit) * classes;
        for (let c = 0; c < classes; c++) logits[to + c] = heap[from + c];
      }
    }
    return logits;
  }

  return {
    backend: "wasm",
    logitsSync,
    logits: (inputs, count) => new Promise((resolve) => resolve(logitsSync(inputs, count))),
    [Symbol.dispose]() {
      net = undefined;
    },
  };
}
