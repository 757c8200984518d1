/**
 * A stand-in for a GPU: an adapter that passes for hardware, and our own kernels as the engine behind it, which tests let
 * fail. Importing this module registers the engine.
 *
 * @module
 */

import { registerWebGpu } from "../../src/engine/backends.ts";
import type { Trainer, TrainerOptions, TrainerState } from "../../src/engine/trainer.ts";
import { wasmRunner } from "../../src/engine/wasm/runner.ts";
import { wasmTrainer } from "../../src/engine/wasm/trainer.ts";
import { LeNetError } from "../../src/errors.ts";
import type { Architecture } from "../../src/model/architecture.ts";

/** Puts a network in training. */
export type MakeTrainer = (
  architecture: Architecture,
  state: TrainerState,
  options: TrainerOptions,
) => Promise<Trainer>;

/** What the engine does; {@linkcode besideGpu} restores it. */
export const engine = {
  /** Makes its trainers. */
  trainer: wasmTrainer as MakeTrainer,
  /** Whether its packages are installed. */
  hasPackages: true,
  /** How many calls its runners answer before all of them fail. */
  answers: Infinity,
};

const importTfjs = (): Promise<void> =>
  engine.hasPackages
    ? Promise.resolve()
    : Promise.reject(new LeNetError("backend/unavailable", "the packages are missing"));

registerWebGpu({
  runner: () =>
    Promise.resolve({
      importTfjs,
      tfjsRunner(_, architecture, parameters) {
        const runner = wasmRunner(architecture, parameters);
        return Promise.resolve({
          backend: "webgpu",
          logits: (inputs, count) =>
            engine.answers-- > 0
              ? runner.logits(inputs, count)
              : Promise.reject(new Error("Device lost")),
          [Symbol.dispose]: () => runner[Symbol.dispose](),
        });
      },
    }),
  trainer: () =>
    Promise.resolve({ importTfjs, tfjsTrainer: (_, ...run) => engine.trainer(...run) }),
});

/** Trains until a step fails, or the reading of the state after it, and everything later. The known step is not counted. */
export function failingAt(failing: number, what: "step" | "state" = "step"): MakeTrainer {
  let steps = 0;
  return async (architecture, state, options) => {
    const trainer = await wasmTrainer(architecture, state, options);
    if (architecture.name === "known-step") return trainer;
    const lost = (): Promise<never> => Promise.reject(new Error("Device lost"));
    return {
      step: (...batch) =>
        ++steps > failing || (steps === failing && what === "step")
          ? lost()
          : trainer.step(...batch),
      parameters: () => trainer.parameters(),
      state: () => steps >= failing ? lost() : trainer.state(),
      [Symbol.dispose]: () => trainer[Symbol.dispose](),
    };
  };
}

/** Runs work beside the GPU. Gives what it returned, and what was written as warnings. */
export async function besideGpu<T>(
  trainer: MakeTrainer,
  work: () => Promise<T>,
  isFallbackAdapter = false,
): Promise<[result: T, warnings: string[]]> {
  const { gpu } = navigator;
  const replace = (value: unknown): void => {
    Object.defineProperty(navigator, "gpu", { value, configurable: true });
  };
  const { warn } = console;
  const warnings: string[] = [];
  console.warn = (message: string) => void warnings.push(message);
  replace({ requestAdapter: () => Promise.resolve({ isFallbackAdapter }) });
  const before = { ...engine };
  engine.trainer = trainer;
  try {
    return [await work(), warnings];
  } finally {
    Object.assign(engine, before);
    console.warn = warn;
    replace(gpu);
  }
}

/** A network for digits whose steps are large, with that many filters. */
export const large = (filters: number): Architecture => ({
  name: "large",
  input: [1, 28, 28],
  layers: [
    { kind: "conv", name: "conv1", filters, kernel: 5, padding: 2 },
    { kind: "pool", mode: "max" },
    { kind: "flatten" },
    { kind: "dense", name: "fc1", units: 10 },
  ],
  classes: 10,
});
