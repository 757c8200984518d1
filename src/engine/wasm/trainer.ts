import { LeNetError } from "../../errors.ts";
import { type Architecture, sizeOf } from "../../model/architecture.ts";
import { kindOf } from "../../model/layers.ts";
import * as math from "../../model/math.ts";
import type { Parameter, Parameters } from "../../model/parameters.ts";
import { Random } from "../../model/random.ts";
import {
  DISTILLATION_TEMPERATURE,
  dropoutSeed,
  type OptimizerOptions,
  type Trainer,
  type TrainerOptions,
  type TrainerState,
} from "../trainer.ts";
import { FLOAT } from "./plan.ts";
import { compiledModule } from "./runner.ts";
import { TRAINING_BASE64 } from "./training.generated.ts";
import type { StepKind } from "./training_nodes.ts";
import { planTraining, type TrainingPlan } from "./training_plan.ts";

/** A pass of a step over the first inputs of a tile. */
type Pass = (step: number, count: number) => void;

/** The exports of `training/index.as`. Addresses and sizes are in bytes, states of optimizers at distances. */
type Kernels =
  & Readonly<Record<`${StepKind}${"Forward" | "Backward"}`, Pass>>
  & {
    readonly memory: WebAssembly.Memory;
    readonly argMax: (logits: number, classes: number) => number;
    readonly crossEntropy: LossKernel;
    readonly squaredDistance: LossKernel;
    readonly distillation: (
      logits: number,
      gradient: number,
      targets: number,
      classes: number,
      temperature: number,
      count: number,
    ) => number;
    readonly copyFrom: (table: number, count: number, from: number, to: number) => void;
    readonly maskGradients: (mask: number, gradient: number, bytes: number) => void;
    readonly sgd: Update;
    readonly adam: Update;
    readonly average: Update;
  };

/** Gives the loss of one input, and leaves its gradient over the number of inputs. */
type LossKernel = (
  logits: number,
  gradient: number,
  classes: number,
  label: number,
  count: number,
) => number;

/** Updates a range of parameters. */
type Update = (start: number, end: number, ...numbers: number[]) => void;

/**
 * Puts a network in training on our own WebAssembly SIMD kernels.
 *
 * The same steps give the same bits in every runtime: sums have a fixed order, and no function of the runtime's own goes
 * into them.
 *
 * @param architecture The network.
 * @param state Where to begin: first weights, or the state of another trainer with the same options.
 * @param options The optimizer, whether weights are averaged, and which layers change.
 * @returns The trainer.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit or need more than 4 GiB, `backend/unavailable`
 * when the kernels cannot be compiled here.
 */
export function wasmTrainer(
  architecture: Architecture,
  state: TrainerState,
  options: TrainerOptions = {},
): Promise<Trainer> {
  return new Promise((resolve) => resolve(new WasmTrainer(architecture, state, options)));
}

class WasmTrainer implements Trainer {
  readonly #architecture: Architecture;
  readonly #layers: readonly string[] | undefined;
  readonly #seed: number;
  readonly #averaging: number;
  readonly #optimizer: Optimizer;
  readonly #slots: readonly string[];
  #steps: number;
  /** Undefined once it is disposed of. */
  #network: Network | undefined;

  constructor(
    architecture: Architecture,
    state: TrainerState,
    { optimizer = {}, averaging = 0, seed = 0, layers }: TrainerOptions,
  ) {
    this.#architecture = architecture;
    this.#layers = layers;
    this.#seed = seed;
    this.#averaging = averaging;
    this.#optimizer = createOptimizer(optimizer);
    const { slots } = this.#optimizer;
    this.#slots = averaging === 0 ? slots : [...slots, "average"];
    this.#steps = state.steps;
    this.#network = this.#load(state, 0);
  }

  #load({ parameters, slots }: Omit<TrainerState, "steps">, batch: number): Network {
    const plan = planTraining(this.#architecture, this.#slots.length, this.#layers, batch);
    const network = loadNetwork(plan);
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

  // Not async: what is thrown at once becomes a rejection all the same.
  step(
    inputs: Float32Array,
    labels: Uint8Array,
    learningRate: number,
    targets?: Float32Array,
  ): Promise<{ loss: number; correct: number }> {
    return new Promise((resolve) =>
      resolve(this.#step(inputs, labels, learningRate, targets ?? new Float32Array()))
    );
  }

  #step(
    inputs: Float32Array,
    labels: Uint8Array,
    learningRate: number,
    targets: Float32Array,
  ): { loss: number; correct: number } {
    const { classes, input } = this.#architecture;
    const count = labels.length + targets.length / classes;
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
    const measured = network.pass(this.#architecture, inputs, labels, targets, {
      seed: dropoutSeed(this.#seed, step),
    });
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

/** Parameters, their gradients and the slots follow each other in memory. */
function slotAt(index: number): number {
  return 2 + index;
}

/** A network in a memory of its own. */
interface Network {
  readonly plan: TrainingPlan;
  readonly kernels: Kernels;
  /** The parameters that an optimizer changes: where they begin and end. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
  /** Writes parameters, or the slot with this number. */
  write(parameters: Parameters, slot: number): void;
  /** Reads parameters, or the slot with this number. */
  read(slot: number): Parameters;
  /** Computes the loss of a batch, and leaves its gradients. */
  pass(
    architecture: Architecture,
    inputs: Float32Array,
    labels: Uint8Array,
    targets: Float32Array,
    options: { seed: number },
  ): { loss: number; correct: number };
}

/** Bytes of a page of WebAssembly memory. */
const PAGE_BYTES = 65_536;

function loadNetwork(plan: TrainingPlan): Network {
  const { exports } = new WebAssembly.Instance(compiledModule("training", TRAINING_BASE64));
  const kernels = exports as unknown as Kernels;
  const { memory } = kernels;
  memory.grow(Math.ceil(plan.bytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES);
  const heap = new Float32Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  for (const { address, values } of plan.words) words.set(values, address / FLOAT);
  for (const { address, values } of plan.floats) heap.set(values, address / FLOAT);
  const { parameters, start, size, steps, tile } = plan;
  const ranges: [number, number][] = [];
  for (const { address, layout, isTrained } of parameters) {
    if (!isTrained) continue;
    const last = ranges.at(-1);
    const end = address + layout.size * FLOAT;
    if (last?.[1] === address) last[1] = end;
    else ranges.push([address, end]);
  }

  /** Draws what each dropout drops in a batch. */
  function drawMasks(seed: number, count: number): Map<number, Float32Array> {
    const random = new Random(seed);
    return new Map(steps.flatMap(({ dropout }) => {
      if (dropout === undefined) return [];
      const { rate, size, address } = dropout;
      const draw = (): number => random.next() < rate ? 0 : 1 / (1 - rate);
      return [[address, Float32Array.from({ length: count * size }, draw)]];
    }));
  }

  return {
    plan,
    kernels,
    ranges,
    write(values, slot) {
      for (const { name, address, layout } of parameters) {
        const { data } = values.get(name) as Parameter;
        const at = (address + slot * size) / FLOAT;
        layout.places.forEach((place, index) => heap[at + place] = data[index]);
      }
    },
    read(slot) {
      return new Map(parameters.map(({ name, shape, address, layout }) => {
        const at = (address + slot * size) / FLOAT;
        const { places } = layout;
        // A loop: `Float32Array.from` goes through an iterator, and a list of all values.
        const data = new Float32Array(places.length);
        for (let i = 0; i < data.length; i++) data[i] = heap[at + places[i]];
        return [name, { shape, data }];
      }));
    },
    pass({ input, layers, classes }, inputs, labels, targets, { seed }) {
      const values = sizeOf(input);
      const count = inputs.length / values;
      const lossOf = kindOf(layers[layers.length - 1]).logits === "distances"
        ? kernels.squaredDistance
        : kernels.crossEntropy;
      const masks = drawMasks(seed, count);
      heap.fill(0, (start + size) / FLOAT, (start + 2 * size) / FLOAT);
      for (const { table, count, from, to } of plan.copies) {
        kernels.copyFrom(table, count, from, to);
      }
      let loss = 0;
      let correct = 0;
      for (let first = 0; first < count; first += tile) {
        const part = Math.min(tile, count - first);
        heap.set(inputs.subarray(first * values, (first + part) * values), plan.staging / FLOAT);
        kernels.flattenBackward(plan.loading, part);
        for (const { kind, address, dropout } of steps) {
          if (dropout !== undefined) {
            const { size, address } = dropout;
            const mask = masks.get(address) as Float32Array;
            heap.set(mask.subarray(first * size, (first + part) * size), address / FLOAT);
          }
          kernels[`${kind}Forward`](address, part);
        }
        for (let n = 0; n < part; n++) {
          const logits = plan.logits.address + n * plan.logits.step;
          const gradient = plan.logits.gradient + n * plan.logits.step;
          const index = first + n;
          if (index < labels.length) {
            loss += lossOf(logits, gradient, classes, labels[index], count);
            if (kernels.argMax(logits, classes) === labels[index]) correct++;
            continue;
          }
          const from = (index - labels.length) * classes;
          heap.set(targets.subarray(from, from + classes), plan.targets / FLOAT);
          loss += kernels.distillation(
            logits,
            gradient,
            plan.targets,
            classes,
            DISTILLATION_TEMPERATURE,
            count,
          );
        }
        for (let index = steps.length - 1; index >= 0 && steps[index].goesBack; index--) {
          kernels[`${steps[index].kind}Backward`](steps[index].address, part);
        }
      }
      for (const { mask, of, bytes } of plan.masks) kernels.maskGradients(mask, of, bytes);
      return { loss: loss / count, correct };
    },
  };
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
   * @param size The distance to the gradients, and from slot to slot.
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
        kernels.sgd(start, end, size, slotAt(0) * size, learningRate, momentum, weightDecay);
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
        ...[start, end, size, slotAt(0) * size, slotAt(1) * size] as const,
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
