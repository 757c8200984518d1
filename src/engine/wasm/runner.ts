import { LeNetError } from "../../errors.ts";
import { type Architecture, sizeOf } from "../../model/architecture.ts";
import {
  batchNormScale,
  foldBatchNorm,
  type Parameter,
  type Parameters,
} from "../../model/parameters.ts";
import type { Runner } from "../runner.ts";
import { KERNELS_BASE64 } from "./kernels.generated.ts";
import { FLOAT, type Plan, planNetwork, PROGRAM_ADDRESS, TILE } from "./plan.ts";
import { OP_BYTES, type Step, writeOp } from "./steps.ts";

/** A {@linkcode Runner} that also runs synchronously. */
interface SimdRunner extends Runner {
  /** As {@linkcode Runner.logits}, but synchronous. */
  logitsSync(inputs: Float32Array, count: number): Float32Array<ArrayBuffer>;
}

/**
 * Makes a network ready to run on our WebAssembly SIMD kernels.
 *
 * The logits of an input have the same bits in every runtime, alone or in a batch.
 *
 * @param architecture The network.
 * @param parameters Its weights, which fit it. They are copied.
 * @returns The runner. It has a memory of its own, which is freed after its disposal.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit or need more than 4 GiB,
 * `backend/unavailable` when the kernels cannot be compiled here.
 */
export function wasmRunner(architecture: Architecture, parameters: Parameters): SimdRunner {
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
        // A single input needs no view of a part of the inputs.
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

/** A network in a memory of its own, ready to run. */
interface LoadedNet {
  /** All of the memory, as floats. */
  readonly heap: Float32Array;
  /** Runs 1 to {@linkcode TILE} inputs, from the plan's input to its output. */
  readonly run: (count: number) => void;
}

/** The exports of `kernels/index.as`. */
interface KernelExports {
  /** A new memory for each instance, of one page. */
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
 * Instantiates the kernels with a memory that holds the ops and weights of a network.
 *
 * @param plan The memory layout of the network.
 * @param parameters Its weights, which fit.
 * @returns The loaded network.
 * @throws {LeNetError} `backend/unavailable` when the kernels cannot be compiled here.
 */
export function loadNet(plan: Plan, parameters: Parameters): LoadedNet {
  const { pages, steps, alone, staging } = plan;
  const { exports } = new WebAssembly.Instance(kernelModule());
  const { memory, run, packBlock } = exports as unknown as KernelExports;
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
    const { name, channels, kernel, blocks, unpacked, packed } = packing;
    heap.set((parameters.get(`${name}.bias`) as Parameter).data, op.bias / FLOAT);
    const weights = (parameters.get(`${name}.weight`) as Parameter).data;
    for (let block = 0; block < blocks; block++) {
      heap.set(weights.subarray(block * unpacked, (block + 1) * unpacked), staging / FLOAT);
      packBlock(op.kind, channels, kernel, staging, op.weights + block * packed * FLOAT);
    }
  }
  return { heap, run };
}

/**
 * The numbers of a step that is neither a convolution nor a dense layer, as its kernel reads them.
 *
 * @param source The layer that the step computes.
 * @param parameters The parameters of the network.
 * @returns For a scale one weight and one bias for each channel; for radial basis functions their codes one after
 * another as ±1, and no bias.
 */
function channelWeights(
  source: NonNullable<Step["source"]>,
  parameters: Parameters,
): { weight: ArrayLike<number>; bias: ArrayLike<number> } {
  switch (source.kind) {
    case "batch-norm":
      return batchNormScale(source.name, parameters);
    case "subsample": {
      const { data: weight } = parameters.get(`${source.name}.weight`) as Parameter;
      const { data: bias } = parameters.get(`${source.name}.bias`) as Parameter;
      // The step before computes the mean of a block, not its sum.
      return { weight: weight.map((value) => 4 * value), bias };
    }
    case "rbf":
      return {
        weight: source.codes.flatMap((code) => [...code].map((pixel) => pixel === "#" ? 1 : -1)),
        bias: [],
      };
  }
}

/** `(module (func (drop (f32x4.splat (f32.const 0)))))`: valid only where WebAssembly has SIMD. */
// deno-fmt-ignore
const PROBE = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x04, 0x01, 0x60, 0x00, 0x00,
  0x03, 0x02, 0x01, 0x00,
  0x0a, 0x0c, 0x01, 0x0a, 0x00, 0x43, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x13, 0x1a, 0x0b,
]);

/** Whether this runtime has WebAssembly with SIMD. Browsers and Node from before 2021 to 2023 have not. */
export function isSimdSupported(): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(PROBE);
}

/** The kernels that networks run on, and those that they are trained on, by a function that only they export. */
const MODULES = { kernels: "run", training: "crossEntropy" };

/** The name of a compiled module of kernels. */
type ModuleName = keyof typeof MODULES;

/** Compiled modules, shared by all networks. */
const compiled = new Map<ModuleName, WebAssembly.Module>();

/**
 * Sets compiled kernels, in a runtime that does not compile WebAssembly from bytes. Call it before the first network is
 * loaded or trained. Other runtimes do not need it, nor do Cloudflare Workers, where `@x/lenet/workers` calls it.
 *
 * @param module `kernels.wasm` of this version of the package, or `training.wasm`, on which networks are trained, as the
 * runtime's bundler or `import` compiles it.
 * @throws {LeNetError} `option/invalid` when it is something else.
 *
 * @example With the file beside the program
 * ```ts ignore
 * import kernels from "./kernels.wasm";
 * import { init } from "@x/lenet";
 *
 * init(kernels);
 * ```
 */
export function init(module: WebAssembly.Module): void {
  if (!(module instanceof WebAssembly.Module)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the kernels: found ${typeof module}, expected the WebAssembly.Module of kernels.wasm or training.wasm`,
    );
  }
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  for (const [name, own] of Object.entries(MODULES)) {
    if (!exports.includes("memory") || !exports.includes(own)) continue;
    compiled.set(name as ModuleName, module);
    return;
  }
  throw new LeNetError(
    "option/invalid",
    `Cannot take the kernels: the module exports [${exports}], expected that of kernels.wasm, with memory and run, or of training.wasm`,
  );
}

/**
 * The compiled kernels on which networks run: the module given to {@linkcode init}, else that of this package, compiled
 * at the first call.
 *
 * @returns The module, the same one at every call.
 * @throws {LeNetError} `backend/unavailable` when this runtime refuses to compile it.
 */
export function kernelModule(): WebAssembly.Module {
  return compiledModule("kernels", KERNELS_BASE64);
}

/**
 * A compiled module of kernels, as {@linkcode kernelModule}.
 *
 * @param name Which one.
 * @param base64 Its bytes.
 */
export function compiledModule(name: ModuleName, base64: string): WebAssembly.Module {
  let module = compiled.get(name);
  if (module !== undefined) return module;
  try {
    module = new WebAssembly.Module(decodeBase64(base64));
  } catch (error) {
    throw new LeNetError(
      "backend/unavailable",
      `Cannot compile the kernels here: ${
        error instanceof Error ? error.message : error
      }; give the module of ${name}.wasm to init() first`,
      { cause: error },
    );
  }
  compiled.set(name, module);
  return module;
}

/** Decodes the base64 of compiled kernels. `Uint8Array.fromBase64` may be missing. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
