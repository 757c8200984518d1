import { LeNetError, reasonOf } from "../errors.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Model } from "../model/model.ts";
import type { Parameters } from "../model/parameters.ts";
import { importOwnModule, memoizeAsync } from "../packages.ts";
import type { Runner } from "./runner.ts";
import type { Trainer, TrainerOptions, TrainerState } from "./trainer.ts";
import { isSimdSupported, wasmRunner } from "./wasm/runner.ts";

/** A backend by name, or `auto`: WebGPU when a hardware adapter is there, else WASM SIMD. */
export type BackendOption = "auto" | "webgpu" | "wasm";

/** The values of {@linkcode BackendOption}. */
export const BACKENDS: readonly BackendOption[] = ["auto", "webgpu", "wasm"];

/**
 * The smallest number of images for which `auto` uses a GPU.
 *
 * Reading one answer back from a GPU takes 1 to 15 ms whatever the work, and WASM reads a digit in 0.03 to 0.2 ms: the
 * two are level somewhere between 5 and 500 digits. Below this number WASM answers first; above it both are quick.
 */
export const WEBGPU_CROSSOVER = 256;

/**
 * Chooses where to compute.
 *
 * `auto` takes WebGPU when the platform offers a hardware adapter that reproduces a known answer, else WASM. Where tfjs,
 * which computes on WebGPU, cannot be loaded, it takes WASM without a word. A software adapter is used only when
 * `webgpu` is asked for by name: it computes the right numbers slowly.
 *
 * @param requested The backend that was asked for.
 * @returns The backend to use.
 * @throws {LeNetError} `option/invalid` for another name; `backend/unavailable` when `webgpu` was asked for by name
 * and there is no adapter, it computes wrong numbers, or tfjs cannot be loaded. Outside Deno that takes
 * `import "@x/lenet/webgpu"`.
 */
export async function selectBackend(requested: BackendOption = "auto"): Promise<"webgpu" | "wasm"> {
  return await chooseBackend(requested, checkWebGpu);
}

/**
 * Chooses where to compute, as {@linkcode selectBackend} does, by another check of the GPU.
 *
 * @param requested The backend that was asked for.
 * @param check Gives what is wrong with the GPU, if anything.
 * @returns The backend to use.
 */
export async function chooseBackend(
  requested: BackendOption,
  check: () => Promise<string | undefined>,
): Promise<"webgpu" | "wasm"> {
  checkBackendOption(requested);
  if (requested === "wasm") return "wasm";
  const adapter = await requestAdapter();
  if (requested === "webgpu") {
    if (adapter === null) throw unavailable("found no WebGPU adapter here, use auto or wasm");
    const problem = await check();
    if (problem !== undefined) throw unavailable(`${problem}, use auto or wasm`);
    return "webgpu";
  }
  if (adapter === null || isSoftware(adapter)) return "wasm";
  let problem: string | undefined;
  try {
    problem = await check();
  } catch (error) {
    if (error instanceof LeNetError && error.code === "backend/unavailable") return "wasm";
    throw error;
  }
  if (problem === undefined) return "webgpu";
  console.warn(`lenet: WebGPU is not used: ${problem}; WASM takes its place.`);
  return "wasm";
}

/**
 * Checks the name of a backend.
 *
 * @param requested The backend that was asked for.
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
  // A platform may offer WebGPU and refuse an adapter by null or by an error.
  return await gpu?.requestAdapter().catch(() => null) ?? null;
}

function isSoftware(adapter: GPUAdapter): boolean {
  // The flag was first on the adapter, and is on its info today.
  const { isFallbackAdapter } = adapter as { isFallbackAdapter?: boolean };
  return isFallbackAdapter ?? adapter.info?.isFallbackAdapter ?? false;
}

function unavailable(problem: string, cause?: unknown): LeNetError {
  return new LeNetError(
    "backend/unavailable",
    `Cannot use the backend webgpu: ${problem}`,
    cause === undefined ? undefined : { cause },
  );
}

/**
 * What computes on WebGPU: the modules of `tfjs/`. No import here names them, or every bundle and every start of a program
 * in Deno would load them.
 */
export interface WebGpuEngine {
  /** Imports `tfjs/runner.ts`. */
  runner(): Promise<TfjsPackages & { readonly tfjsRunner: WebGpuRunner }>;
  /** Imports `tfjs/trainer.ts`. */
  trainer(): Promise<TfjsPackages & { readonly tfjsTrainer: WebGpuTrainer }>;
}

interface TfjsPackages {
  /**
   * Imports the packages that the engine needs.
   *
   * @throws {LeNetError} `backend/unavailable` when they cannot be imported here.
   */
  readonly importTfjs: (backend: "webgpu") => Promise<unknown>;
}

/** Makes a network ready to run. */
type WebGpuRunner = (
  backend: "webgpu",
  architecture: Architecture,
  parameters: Parameters,
) => Promise<Runner>;

/** Puts a network in training. */
type WebGpuTrainer = (
  backend: "webgpu",
  architecture: Architecture,
  state: TrainerState,
  options: TrainerOptions,
) => Promise<Trainer>;

let registeredEngine: WebGpuEngine | undefined;

/**
 * Registers what computes on WebGPU. A second registration changes nothing.
 *
 * @param engine Imports its parts.
 */
export function registerWebGpu(engine: WebGpuEngine): void {
  registeredEngine ??= engine;
}

/**
 * Imports a part of what computes on WebGPU.
 *
 * @param part The part.
 * @returns Its module.
 * @throws {LeNetError} `backend/unavailable` when it is not registered, and cannot be imported by a computed path either.
 */
export async function importWebGpu<Part extends keyof WebGpuEngine>(
  part: Part,
): Promise<Awaited<ReturnType<WebGpuEngine[Part]>>> {
  type Module = Awaited<ReturnType<WebGpuEngine[Part]>>;
  if (registeredEngine !== undefined) return await registeredEngine[part]() as Module;
  const expected = 'expected import "@x/lenet/webgpu" in the program, and ' +
    "@tensorflow/tfjs-core and @tensorflow/tfjs-backend-webgpu installed";
  if (!("Deno" in globalThis)) throw unavailable(`its engine is not loaded, ${expected}`);
  try {
    return await importOwnModule(`./tfjs/${part}`, import.meta.url) as Module;
  } catch (error) {
    throw unavailable(`its engine cannot be loaded (${reasonOf(error)}), ${expected}`, error);
  }
}

/** Runs a known network on the GPU, once in a process; gives what is wrong with the GPU. */
const checkWebGpu = memoizeAsync(async (): Promise<string | undefined> => {
  const { importTfjs, tfjsRunner } = await importWebGpu("runner");
  await importTfjs("webgpu");
  const { checkGpu } = await import("./reference.ts");
  return await checkGpu((...net) => tfjsRunner("webgpu", ...net));
});

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
   * @param requested The backend that was asked for.
   * @throws {LeNetError} `option/invalid` when there is no such backend.
   */
  constructor(architecture: Architecture, parameters: Parameters, requested: BackendOption) {
    checkBackendOption(requested);
    this.#architecture = architecture;
    this.#parameters = parameters;
    this.#requested = requested;
  }

  /**
   * Gives the runner for a call.
   *
   * @param count The number of images in the call.
   * @returns The runner; it stays the dispatcher's.
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
   * Makes a dispatcher for another network, on the same backend.
   *
   * @param architecture The other network.
   * @param parameters Its weights.
   * @returns The dispatcher; the caller disposes of it.
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
 * `wasm` is our own SIMD kernels, or plain loops where WebAssembly has no SIMD.
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
    const { tfjsRunner } = await importWebGpu("runner");
    return await tfjsRunner(backend, architecture, parameters);
  }
  if (isSimdSupported()) return wasmRunner(architecture, parameters);
  const { referenceRunner } = await import("./reference.ts");
  return referenceRunner(architecture, parameters);
}

/**
 * Starts a small network of the library's own when it is first needed, and keeps it. It runs on WASM, as everything does
 * that reads one digit.
 *
 * @param load Loads the network.
 * @returns Gives the runner; throws `backend/unavailable` when it cannot be started here.
 */
export function lazyRunner(load: () => Promise<Model>): () => Promise<Runner> {
  return memoizeAsync(async () => {
    const { architecture, parameters } = await load();
    return await createRunner("wasm", architecture, parameters);
  });
}
