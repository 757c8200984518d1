import { LeNetError } from "../../model/error.ts";
import { KERNELS_BASE64 } from "./kernels.generated.ts";

/** `(module (func (drop (f32x4.splat (f32.const 0)))))`: valid only where there is SIMD. */
// deno-fmt-ignore
const PROBE = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x04, 0x01, 0x60, 0x00, 0x00,
  0x03, 0x02, 0x01, 0x00,
  0x0a, 0x0c, 0x01, 0x0a, 0x00, 0x43, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x13, 0x1a, 0x0b,
]);

/** Compiled once, however many nets run on it. */
let kernels: WebAssembly.Module | undefined;

/**
 * Whether this runtime has WebAssembly with SIMD.
 *
 * @returns False in runtimes of before 2021 to 2023, where the reference engine takes over.
 */
export function isSimdSupported(): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(PROBE);
}

/**
 * Hands over the compiled kernels in a runtime that refuses to compile them from bytes. It must come before the first
 * net is made; elsewhere it is not needed, nor in Cloudflare Workers, where `@x/lenet/workers` does it.
 *
 * @param module `kernels.wasm` of this package, of this same version, as the runtime's bundler or `import` gives it.
 * @throws {LeNetError} `option/invalid` when it is something else.
 *
 * @example Beside the file
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
      `Cannot take the kernels: found ${typeof module}, expected the WebAssembly.Module of kernels.wasm`,
    );
  }
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  if (!(exports.includes("memory") && exports.includes("run"))) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the kernels: the module exports [${exports}], expected that of kernels.wasm, with memory and run`,
    );
  }
  kernels = module;
}

/**
 * The compiled kernels: those that {@linkcode init} was given, else those of this package, compiled at the first call.
 *
 * @returns The module, the same one at every call.
 * @throws {LeNetError} `backend/unavailable` when this runtime refuses to compile it.
 */
export function kernelModule(): WebAssembly.Module {
  if (kernels !== undefined) return kernels;
  try {
    return kernels = new WebAssembly.Module(decodeBase64(KERNELS_BASE64));
  } catch (error) {
    throw new LeNetError(
      "backend/unavailable",
      `Cannot compile the kernels here: ${
        error instanceof Error ? error.message : error
      }; give the module of kernels.wasm to init() first`,
      { cause: error },
    );
  }
}

/** `Uint8Array.fromBase64` is not everywhere yet. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
