import { LeNetError } from "../model/error.ts";

/** A backend by name, or `auto`: WebGPU when a hardware adapter is there, else WASM SIMD. */
export type BackendOption = "auto" | "webgpu" | "wasm";

/** What can be asked for. */
export const BACKENDS: readonly BackendOption[] = ["auto", "webgpu", "wasm"];

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

async function trial(): Promise<string | undefined> {
  // Loaded when first needed: most answers never ask for a GPU.
  const [{ tryGpu }, { tfjsRunner }] = await Promise.all([
    import("./gpu_trial.ts"),
    import("./tfjs/runner.ts"),
  ]);
  return await (outcome ??= tryGpu((...net) => tfjsRunner("webgpu", ...net)));
}
