import { LeNetError } from "../model/error.ts";
import { initialize } from "../model/initialize.ts";
import { lenet5 } from "../model/lenet5.ts";
import { Random } from "../model/random.ts";
import { sizeOf } from "../model/shapes.ts";
import { referenceRunner } from "./reference.ts";

/** A backend by name, or `auto`: WebGPU when a hardware adapter is there, else WASM SIMD. */
export type BackendOption = "auto" | "webgpu" | "wasm";

/** What can be asked for. */
export const BACKENDS: readonly BackendOption[] = ["auto", "webgpu", "wasm"];

/** How far a GPU's logits may be from the reference's on the known answer. */
const TOLERANCE = 1e-3;

/**
 * Chooses where to compute.
 *
 * `auto` takes WebGPU when the platform offers a hardware adapter that reproduces a known answer, else WASM. A
 * software adapter is used only when `webgpu` is asked for by name: it computes the right numbers slowly.
 *
 * @param requested What was asked for.
 * @returns The backend to use.
 * @throws {LeNetError} `option/invalid` for another name; `backend/unavailable` when `webgpu` was asked for by name
 * and there is no adapter, or it computes wrong numbers.
 */
export async function selectBackend(requested: BackendOption = "auto"): Promise<"webgpu" | "wasm"> {
  checkBackendOption(requested);
  if (requested === "wasm") return "wasm";
  const adapter = await requestAdapter();
  if (requested === "webgpu") {
    if (adapter === null) {
      throw new LeNetError(
        "backend/unavailable",
        "Cannot use the backend webgpu: found no WebGPU adapter here, use auto or wasm",
      );
    }
    const problem = await trial();
    if (problem !== undefined) {
      throw new LeNetError(
        "backend/unavailable",
        `Cannot use the backend webgpu: ${problem}, use auto or wasm`,
      );
    }
    return "webgpu";
  }
  if (adapter === null || isSoftware(adapter)) return "wasm";
  const problem = await trial();
  if (problem === undefined) return "webgpu";
  console.warn(`lenet: WebGPU is not used: ${problem}; WASM takes its place.`);
  return "wasm";
}

/**
 * @param requested What was asked for.
 * @throws {LeNetError} `option/invalid` when there is no such backend.
 */
export function checkBackendOption(requested: BackendOption): void {
  if (!BACKENDS.includes(requested)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot choose a backend: ${requested} was asked for, expected one of ${BACKENDS.join(", ")}`,
    );
  }
}

async function requestAdapter(): Promise<GPUAdapter | null> {
  const gpu = globalThis.navigator?.gpu;
  // A platform may offer WebGPU and refuse it; both mean that there is none.
  return await gpu?.requestAdapter().catch(() => null) ?? null;
}

function isSoftware(adapter: GPUAdapter): boolean {
  // Where it was first specified, and where it is now.
  const { isFallbackAdapter } = adapter as { isFallbackAdapter?: boolean };
  return isFallbackAdapter ?? adapter.info?.isFallbackAdapter ?? false;
}

/** The outcome of the trial holds for the life of the process. */
let outcome: Promise<string | undefined> | undefined;

/** Runs a known network on the GPU. Some drivers answer zeros without any error. */
function trial(): Promise<string | undefined> {
  return outcome ??= (async () => {
    const architecture = lenet5();
    const parameters = initialize(architecture, { seed: 1 });
    const random = new Random(2);
    const input = Float32Array.from(
      { length: sizeOf(architecture.input) },
      () => random.next(),
    );
    const expected = await referenceRunner(architecture, parameters).logits(input, 1);
    try {
      const { tfjsRunner } = await import("./tfjs/runner.ts");
      using runner = await tfjsRunner("webgpu", architecture, parameters);
      const found = await runner.logits(input, 1);
      const error = Math.max(...expected.map((value, i) => Math.abs(value - found[i])));
      // Written so that NaN fails.
      return error <= TOLERANCE ? undefined : `a known answer came out wrong by ${error}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  })();
}
