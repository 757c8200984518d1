import type { Architecture } from "../model/architecture.ts";
import type { Parameters } from "../model/parameters.ts";
import { createRunner } from "./create_runner.ts";
import type { Runner } from "./runner.ts";
import { type BackendOption, checkBackendOption, selectBackend } from "./select.ts";

/**
 * From how many images on a call goes to the GPU, where there is one and `auto` was asked for.
 *
 * Reading one answer back from a GPU costs 1 to 15 ms whatever the work, and WASM reads a digit in 0.03 to 0.2 ms:
 * between 5 and 500 digits they are level. Below, WASM answers first; above, both are quick.
 */
export const WEBGPU_CROSSOVER = 256;

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
