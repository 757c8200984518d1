import { LeNetError } from "../../errors.ts";
import { type Architecture, sizeOf } from "../../model/architecture.ts";
import * as math from "../../model/math.ts";
import type { Parameters } from "../../model/parameters.ts";
import {
  dropoutSeed,
  type OptimizerOptions,
  type Trainer,
  type TrainerOptions,
  type TrainerState,
} from "../trainer.ts";
import {
  type Kernels,
  loadNetwork,
  type Measured,
  type Network,
  type PassBatch,
  passBatch,
} from "./training_network.ts";
import { BATCH_GRADIENTS, planTraining, slotAt } from "./training_plan.ts";

/**
 * Puts a network in training on our own WebAssembly SIMD kernels.
 *
 * The same steps give the same bits in every runtime, and on any number of threads: sums have a fixed order, and no
 * function of the runtime's own goes into them.
 *
 * @param architecture The network.
 * @param state Where to begin: first weights, or the state of another trainer with the same options.
 * @param options The optimizer, whether weights are averaged, and which layers change.
 * @param pass Computes each batch; by default on this thread.
 * @returns The trainer.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit or need more than 4 GiB, `backend/unavailable`
 * when the kernels cannot be compiled here.
 */
export function wasmTrainer(
  architecture: Architecture,
  state: TrainerState,
  options: TrainerOptions = {},
  pass: PassBatch = passBatch,
): Promise<Trainer> {
  return new Promise((resolve) => resolve(new WasmTrainer(architecture, state, options, pass)));
}

class WasmTrainer implements Trainer {
  readonly #architecture: Architecture;
  readonly #layers: readonly string[] | undefined;
  readonly #seed: number;
  readonly #averaging: number;
  readonly #optimizer: Optimizer;
  readonly #slots: readonly string[];
  readonly #lineSteps: number;
  readonly #pass: PassBatch;
  #steps: number;
  /** Undefined once it is disposed of. */
  #network: Network | undefined;

  constructor(
    architecture: Architecture,
    state: TrainerState,
    { optimizer = {}, averaging = 0, seed = 0, layers, lineSteps = 1 }: TrainerOptions,
    pass: PassBatch,
  ) {
    this.#architecture = architecture;
    this.#layers = layers;
    this.#lineSteps = lineSteps;
    this.#seed = seed;
    this.#averaging = averaging;
    this.#optimizer = createOptimizer(optimizer);
    const { slots } = this.#optimizer;
    this.#slots = averaging === 0 ? slots : [...slots, "average"];
    this.#pass = pass;
    this.#steps = state.steps;
    this.#network = this.#load(state, 0);
  }

  #load({ parameters, slots }: Omit<TrainerState, "steps">, batch: number): Network {
    const options = { layers: this.#layers, batch, lineSteps: this.#lineSteps };
    const plan = planTraining(this.#architecture, this.#slots.length, options);
    const network = loadNetwork(this.#architecture, plan);
    network.write(parameters, 0);
    for (const [index, name] of this.#slots.entries()) {
      const values = slots.get(name);
      if (values !== undefined) network.write(values, slotAt(index));
    }
    return network;
  }

  /** The network, with room for a batch. */
  #networkFor(batch: number): Network {
    const network = this.#network;
    if (network === undefined) {
      throw new TypeError(`Cannot train ${this.#architecture.name}: its trainer was disposed of`);
    }
    const { isWholeBatch, tile } = network.plan;
    if (!isWholeBatch || batch <= tile) return network;
    return this.#network = this.#load(this.#read(network), batch);
  }

  #read(network: Network): Omit<TrainerState, "steps"> {
    return {
      parameters: network.read(0),
      slots: new Map(this.#slots.map((name, index) => [name, network.read(slotAt(index))])),
    };
  }

  async step(
    inputs: Float32Array,
    labels: Uint8Array,
    learningRate: number,
    targets: Float32Array = new Float32Array(),
  ): Promise<Measured> {
    const { classes, input } = this.#architecture;
    const count = labels.length / this.#lineSteps + targets.length / classes;
    if (inputs.length !== count * sizeOf(input)) {
      throw new LeNetError(
        "image/invalid",
        `Cannot train ${this.#architecture.name}: found ${inputs.length} values for ${count} inputs, expected ${
          sizeOf(input)
        } for each`,
      );
    }
    const network = this.#networkFor(count);
    const step = this.#steps + 1;
    const seed = dropoutSeed(this.#seed, step);
    const measured = await this.#pass(network, { inputs, labels, targets, seed });
    const { kernels, plan: { start, size } } = network;
    for (const [from, to] of network.ranges) {
      this.#optimizer.update(kernels, from, to, size, step, learningRate);
    }
    if (this.#averaging > 0) {
      // The mean of all weights so far, until they are more than the average is meant to span.
      const keep = Math.min(this.#averaging, 1 - 1 / step);
      const at = slotAt(this.#slots.length - 1) * size;
      kernels.average(start, start + size, at, keep, 1 - keep);
    }
    this.#steps = step;
    return measured;
  }

  parameters(): Promise<Parameters> {
    return new Promise((resolve) => resolve(this.#networkFor(0).read(0)));
  }

  state(): Promise<TrainerState> {
    return new Promise((resolve) =>
      resolve({ ...this.#read(this.#networkFor(0)), steps: this.#steps })
    );
  }

  [Symbol.dispose](): void {
    this.#network = undefined;
  }
}

/** An optimizer over a range of parameters. */
interface Optimizer {
  /** The names of the states that it carries from step to step, in the order of their slots. */
  readonly slots: readonly string[];
  /**
   * One step.
   *
   * @param kernels The kernels of the network.
   * @param start Where the parameters begin.
   * @param end Where they end.
   * @param size The distance from slot to slot.
   * @param step The number of this step, from 1.
   * @param learningRate The learning rate of this step.
   */
  update(
    kernels: Kernels,
    start: number,
    end: number,
    size: number,
    step: number,
    learningRate: number,
  ): void;
}

function createOptimizer(options: OptimizerOptions): Optimizer {
  if (options.name === "sgd") {
    const { momentum = 0, weightDecay = 0 } = options;
    return {
      slots: momentum > 0 ? ["momentum"] : [],
      update(kernels, start, end, size, _step, learningRate) {
        kernels.sgd(
          ...[start, end, BATCH_GRADIENTS * size, slotAt(0) * size] as const,
          learningRate,
          momentum,
          weightDecay,
        );
      },
    };
  }
  const isDecoupled = options.name === "adamw";
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = isDecoupled ? 0.01 : 0 } = options;
  return {
    slots: ["mean", "square"],
    update(kernels, start, end, size, step, learningRate) {
      kernels.adam(
        ...[start, end, BATCH_GRADIENTS * size, slotAt(0) * size, slotAt(1) * size] as const,
        learningRate / (1 - math.pow(beta1, step)),
        ...[beta1, 1 - beta1, beta2, 1 - beta2],
        Math.sqrt(1 - math.pow(beta2, step)),
        epsilon,
        isDecoupled ? 0 : weightDecay,
        isDecoupled ? 1 - learningRate * weightDecay : 1,
      );
    },
  };
}
