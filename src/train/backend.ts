/**
 * Where a training computes, and what becomes of it when the GPU fails.
 *
 * @module
 */

import {
  type BackendOption,
  chooseBackend,
  createRunner,
  importWebGpu,
} from "../engine/backends.ts";
import type { Runner } from "../engine/runner.ts";
import type { Trainer, TrainerOptions, TrainerState } from "../engine/trainer.ts";
import { wasmTrainer } from "../engine/wasm/trainer.ts";
import type { PassBatch } from "../engine/wasm/training_network.ts";
import { reasonOf } from "../errors.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Parameters } from "../model/parameters.ts";
import { summarize } from "../model/summary.ts";

/**
 * The smallest step for which `auto` uses a GPU, in multiply-adds of its forward pass.
 *
 * A step on a GPU takes a time of its own whatever the work: some hundred kernels are issued, and its loss is read back.
 * On WASM a step of LeNet-5 of 128 images, 5e7 multiply-adds, takes 6 ms on one core, so that one of 4e8 takes about 50 ms.
 * A step of a tiny network, 7e3 multiply-adds, takes 32 to 47 ms on the software adapter of Mesa: a hardware adapter
 * should need less. No hardware was measured, so this errs on the side of WASM. To measure it there, time the steps of
 * `wasmTrainer` and of `tfjsTrainer` in growing batches, and take the size from which the GPU is the faster one.
 */
export const WEBGPU_TRAINING_CROSSOVER = 4e8;

/**
 * Chooses where to train.
 *
 * `auto` takes WebGPU for large steps, when a hardware adapter reproduces a known training step, else WASM.
 *
 * @param requested The backend that was asked for.
 * @param architecture The network.
 * @param inputs The number of inputs in a step.
 * @returns The backend to use.
 * @throws {LeNetError} What {@linkcode chooseBackend} throws.
 */
export async function selectTrainingBackend(
  requested: BackendOption = "auto",
  architecture: Architecture,
  inputs: number,
): Promise<"webgpu" | "wasm"> {
  const work = summarize(architecture).multiplyAdds * inputs;
  if (requested === "auto" && work < WEBGPU_TRAINING_CROSSOVER) return "wasm";
  return await chooseBackend(requested, async () => {
    // Not kept for the process: a GPU that was lost in an earlier training fails here.
    const { importTfjs, tfjsTrainer } = await importWebGpu("trainer");
    await importTfjs("webgpu");
    const { checkGpuTraining } = await import("../engine/reference.ts");
    return await checkGpuTraining((...run) => tfjsTrainer("webgpu", ...run));
  });
}

/** A GPU has failed, as opposed to a callback of the run. */
class GpuFailure extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
    this.name = "GpuFailure";
  }
}

/** Makes the steps of an epoch on a trainer; it may be called again, for another trainer with the same state. */
type Epoch<Result> = (trainer: Trainer, backend: "webgpu" | "wasm") => Promise<Result>;

/** A network in training that outlives the GPU on which it trains. Dispose of it when done. */
export class Training implements Disposable {
  readonly #architecture: Architecture;
  readonly #options: TrainerOptions;
  readonly #pass: PassBatch | undefined;
  #backend: "webgpu" | "wasm";
  #trainer: Trainer;
  /** On a GPU, the state after the last epoch; on our own kernels the first one, which is not needed again. */
  #state: TrainerState;
  #hasLostGpu = false;

  private constructor(
    architecture: Architecture,
    options: TrainerOptions,
    pass: PassBatch | undefined,
    backend: "webgpu" | "wasm",
    trainer: Trainer,
    state: TrainerState,
  ) {
    this.#architecture = architecture;
    this.#options = options;
    this.#pass = pass;
    this.#backend = backend;
    this.#trainer = trainer;
    this.#state = state;
  }

  /**
   * Puts a network in training: on `wasm` on our own kernels, on `webgpu` on tfjs.
   *
   * @param backend Where to compute.
   * @param architecture The network.
   * @param state Where to begin: first weights, or the state of another trainer with the same options.
   * @param options The optimizer, whether weights are averaged, and which layers change.
   * @param pass Computes each batch on our own kernels; by default on this thread.
   * @returns The training; the caller disposes of it.
   * @throws {LeNetError} `architecture/invalid` when the layers do not fit, `backend/unavailable` when the backend cannot
   * be started here.
   */
  static async start(
    backend: "webgpu" | "wasm",
    architecture: Architecture,
    state: TrainerState,
    options: TrainerOptions,
    pass?: PassBatch,
  ): Promise<Training> {
    const trainer = backend === "wasm"
      ? await wasmTrainer(architecture, state, options, pass)
      : await gpuTrainer(architecture, state, options);
    const training = new Training(architecture, options, pass, backend, trainer, state);
    await training.epoch(() => Promise.resolve());
    return training;
  }

  /** Where it computes now. */
  get backend(): "webgpu" | "wasm" {
    return this.#backend;
  }

  /** Whether it began on a GPU that has failed. */
  get hasLostGpu(): boolean {
    return this.#hasLostGpu;
  }

  /** Reads the state after the last epoch. */
  async state(): Promise<TrainerState> {
    return this.#backend === "wasm" ? await this.#trainer.state() : this.#state;
  }

  /** Reads the weights after the last epoch. */
  async parameters(): Promise<Parameters> {
    return this.#backend === "wasm" ? await this.#trainer.parameters() : this.#state.parameters;
  }

  /**
   * Trains for an epoch. On a GPU it reads the state after it: when the GPU fails, the epoch begins again on our own
   * kernels, from the state before it.
   *
   * @param run Makes the steps of the epoch.
   * @returns What `run` gave.
   */
  async epoch<Result>(run: Epoch<Result>): Promise<Result> {
    try {
      return await this.#attempt(run);
    } catch (error) {
      if (!(error instanceof GpuFailure)) throw error;
      console.warn(
        `lenet: WebGPU failed in training: ${error.message}; it begins the epoch again on WASM.`,
      );
      const lost = this.#trainer;
      this.#trainer = await wasmTrainer(
        this.#architecture,
        this.#state,
        this.#options,
        this.#pass,
      );
      this.#backend = "wasm";
      this.#hasLostGpu = true;
      lost[Symbol.dispose]();
      return await this.#attempt(run);
    }
  }

  async #attempt<Result>(run: Epoch<Result>): Promise<Result> {
    const result = await run(this.#trainer, this.#backend);
    if (this.#backend === "webgpu") this.#state = await this.#trainer.state();
    return result;
  }

  /** Frees what the trainer holds. */
  [Symbol.dispose](): void {
    this.#trainer[Symbol.dispose]();
  }
}

/** Makes a trainer on WebGPU whose errors are a {@linkcode GpuFailure}. */
async function gpuTrainer(
  architecture: Architecture,
  state: TrainerState,
  options: TrainerOptions,
): Promise<Trainer> {
  const { tfjsTrainer } = await importWebGpu("trainer");
  const trainer = await tfjsTrainer("webgpu", architecture, state, options);
  const fail = (cause: unknown): never => {
    throw new GpuFailure(cause);
  };
  return {
    step: (...batch) => trainer.step(...batch).catch(fail),
    parameters: () => trainer.parameters().catch(fail),
    state: () => trainer.state().catch(fail),
    [Symbol.dispose]: () => trainer[Symbol.dispose](),
  };
}

/**
 * Makes a network ready to run beside a training. On `webgpu` it answers on WASM when the GPU fails.
 *
 * @param backend Where to compute.
 * @param architecture The network.
 * @param parameters Its weights.
 * @returns The runner; the caller disposes of it.
 * @throws {LeNetError} `backend/unavailable` when WASM cannot be started here.
 */
export async function trainingRunner(
  backend: "webgpu" | "wasm",
  architecture: Architecture,
  parameters: Parameters,
): Promise<Runner> {
  const onWasm = (): Promise<Runner> => createRunner("wasm", architecture, parameters);
  if (backend === "wasm") return await onWasm();
  let runner = await createRunner(backend, architecture, parameters).catch(onWasm);
  return {
    get backend() {
      return runner.backend;
    },
    async logits(inputs, count) {
      try {
        return await runner.logits(inputs, count);
      } catch (error) {
        if (runner.backend !== "webgpu") throw error;
        const lost = runner;
        runner = await onWasm();
        lost[Symbol.dispose]();
        return await runner.logits(inputs, count);
      }
    },
    [Symbol.dispose]: () => runner[Symbol.dispose](),
  };
}
