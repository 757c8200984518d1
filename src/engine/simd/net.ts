import type { Parameter, Parameters } from "../../model/parameters.ts";
import { channelWeights } from "./channel_weights.ts";
import { FLOAT } from "./layout.ts";
import { kernelModule } from "./module.ts";
import { OP_BYTES, writeOp } from "./op.ts";
import { type Plan, PROGRAM_ADDRESS } from "./plan.ts";

/** A network in a memory of its own, ready to run. */
export interface LoadedNet {
  /** All of the memory, as floats. */
  readonly heap: Float32Array;
  /** Runs so many digits, from 1 to a tile, from the plan's input to its output. */
  readonly run: (count: number) => void;
}

/** What `kernels/index.as` exports. */
interface KernelExports {
  /** A new one for each instance. */
  readonly memory: WebAssembly.Memory;
  readonly run: LoadedNet["run"];
  readonly packBlock: (
    kind: number,
    channels: number,
    kernel: number,
    from: number,
    to: number,
  ) => void;
}

/**
 * Writes a network's ops and weights into a new memory and puts the kernels to work on it.
 *
 * @param plan How the network lies in memory.
 * @param parameters Its weights, which fit.
 * @returns The net.
 * @throws {LeNetError} `backend/unavailable` when the kernels cannot be compiled here.
 */
export function loadNet(plan: Plan, parameters: Parameters): LoadedNet {
  const { pages, steps, alone, staging } = plan;
  const { exports } = new WebAssembly.Instance(kernelModule());
  const { memory, run, packBlock } = exports as unknown as KernelExports;
  // It begins with one.
  memory.grow(pages - 1);
  const heap = new Float32Array(memory.buffer);
  const words = new Uint32Array(memory.buffer);
  words[0] = alone;
  words[1] = steps.length;
  for (const [index, { op, packing, source }] of steps.entries()) {
    writeOp(op, words, PROGRAM_ADDRESS + index * OP_BYTES);
    if (source !== undefined) {
      const { weight, bias } = channelWeights(source, parameters);
      heap.set(weight, op.weights / FLOAT);
      heap.set(bias, op.bias / FLOAT);
    }
    if (packing === undefined) continue;
    const { name, channels, kernel, blocks, taken, given } = packing;
    heap.set((parameters.get(`${name}.bias`) as Parameter).data, op.bias / FLOAT);
    const weights = (parameters.get(`${name}.weight`) as Parameter).data;
    for (let block = 0; block < blocks; block++) {
      heap.set(weights.subarray(block * taken, (block + 1) * taken), staging / FLOAT);
      packBlock(op.kind, channels, kernel, staging, op.weights + block * given * FLOAT);
    }
  }
  return { heap, run };
}
