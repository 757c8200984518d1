import { LeNetError } from "../errors.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Parameters } from "../model/parameters.ts";
import { modelFromModule, type WeightsModule } from "../weights/model_file.ts";
import type { Runner } from "./runner.ts";
import { isSimdSupported, wasmRunner } from "./wasm/runner.ts";

/**
 * From how many images on a call goes to the GPU, where there is one and `auto` was asked for.
 *
 * Reading one answer back from a GPU costs 1 to 15 ms whatever the work, and WASM reads a digit in 0.03 to 0.2 ms:
 * between 5 and 500 digits they are level. Below, WASM answers first; above, both are quick.
 */
export const WEBGPU_CROSSOVER = 256;

/** What can be asked for. */
export const BACKENDS: readonly BackendOption[] = ["auto", "webgpu", "wasm"];

/** Sends every call to the backend that suits it, and keeps a runner on each backend that was used. */
export class Dispatcher implements Disposable {
  readonly #architecture: Architecture;
  readonly #parameters: Parameters;
  readonly #requested: BackendOption;
  readonly #runners = new Map<"webgpu" | "wasm", Promise<Runner>>();
  #selected: Promise<"webgpu" | "wasm"> | undefined;
  #disposed = false;

  /**
   * @param architecture The network.
   * @param parameters Its weights.
   * @param requested What was asked for.
   * @throws {LeNetError} `option/invalid` when there is no such backend.
   */
  constructor(architecture: Architecture, parameters: Parameters, requested: BackendOption) {
    checkBackendOption(requested);
    this.#architecture = architecture;
    this.#parameters = parameters;
    this.#requested = requested;
  }

  /**
   * @param count How many images a call has.
   * @returns The runner that suits it; it stays the dispatcher's.
   * @throws {LeNetError} `backend/unavailable` when the backend that was asked for cannot be started here.
   */
  async runnerFor(count: number): Promise<Runner> {
    if (this.#disposed) throw new TypeError("This net was disposed of");
    const backend = this.#requested === "auto" && count < WEBGPU_CROSSOVER
      ? "wasm"
      : await (this.#selected ??= selectBackend(this.#requested));
    let runner = this.#runners.get(backend);
    if (runner === undefined) {
      runner = createRunner(backend, this.#architecture, this.#parameters);
      this.#runners.set(backend, runner);
    }
    return await runner;
  }

  /**
   * @param architecture Another network.
   * @param parameters Its weights.
   * @returns A dispatcher for it, on the backend that was asked for here; the caller disposes of it.
   */
  another(architecture: Architecture, parameters: Parameters): Dispatcher {
    if (this.#disposed) throw new TypeError("This net was disposed of");
    return new Dispatcher(architecture, parameters, this.#requested);
  }

  /** Frees what the runners hold. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const runner of this.#runners.values()) {
      runner.then((runner) => runner[Symbol.dispose](), () => {});
    }
    this.#runners.clear();
  }
}

/**
 * Makes a network ready to run.
 *
 * `wasm` is our own SIMD kernels, or plain loops where WebAssembly has no SIMD. What `webgpu` needs is loaded when
 * first asked for.
 *
 * @param backend Where to run.
 * @param architecture The network.
 * @param parameters Its weights.
 * @returns The runner.
 * @throws {LeNetError} `backend/unavailable` when the backend cannot be started here.
 */
export async function createRunner(
  backend: "webgpu" | "wasm",
  architecture: Architecture,
  parameters: Parameters,
): Promise<Runner> {
  if (backend === "webgpu") {
    const { tfjsRunner } = await import("./tfjs/runner.ts");
    return await tfjsRunner(backend, architecture, parameters);
  }
  if (isSimdSupported()) return wasmRunner(architecture, parameters);
  const { referenceRunner } = await import("./reference.ts");
  return referenceRunner(architecture, parameters);
}

/**
 * A small network of the library's own, which is started when it is first needed and kept: on WASM, which runs wherever
 * digits are read.
 *
 * @param load Imports its weights.
 * @returns Gives the network; it throws `backend/unavailable` when that cannot be started here.
 */
export function lazyRunner(load: () => Promise<WeightsModule>): () => Promise<Runner> {
  let kept: Promise<Runner> | undefined;
  const start = async (): Promise<Runner> => {
    try {
      const { architecture, parameters } = modelFromModule(await load());
      return await createRunner("wasm", architecture, parameters);
    } catch (error) {
      // A failure is not kept: the next call tries again.
      kept = undefined;
      throw error;
    }
  };
  return () => kept ??= start();
}

/** A backend by name, or `auto`: WebGPU when a hardware adapter is there, else WASM SIMD. */
export type BackendOption = "auto" | "webgpu" | "wasm";

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
  const [{ checkGpu }, { tfjsRunner }] = await Promise.all([
    import("./reference.ts"),
    import("./tfjs/runner.ts"),
  ]);
  return await (outcome ??= checkGpu((...net) => tfjsRunner("webgpu", ...net)));
}
