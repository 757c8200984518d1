import { type Architecture, sizeOf } from "../../model/architecture.ts";
import { kindOf } from "../../model/layers.ts";
import type { Parameter, Parameters } from "../../model/parameters.ts";
import { Random } from "../../model/random.ts";
import { bestText, ctcLoss } from "../ctc.ts";
import { DISTILLATION_TEMPERATURE, NO_LABEL } from "../trainer.ts";
import { FLOAT } from "./plan.ts";
import { compiledModule } from "./runner.ts";
import { TRAINING_BASE64 } from "./training.generated.ts";
import type { StepKind } from "./training_nodes.ts";
import { BATCH_GRADIENTS, SHARD_GRADIENTS, type TrainingPlan } from "./training_plan.ts";

/** A pass of a step over the first inputs of a tile. */
type Pass = (step: number, count: number) => void;

/** The exports of `training/index.as`. Addresses, sizes, and the distances from parameters to their state are in bytes. */
export type Kernels =
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

/** The inputs of a step, and what each is to answer. */
export interface StepBatch {
  /** Normalized inputs, one after another. */
  readonly inputs: Float32Array;
  /** The classes of the first inputs; of lines, those of the text of each, filled up to the number of its steps. */
  readonly labels: Uint8Array;
  /** The logits of another network for the remaining inputs, as targets. */
  readonly targets: Float32Array;
  /** The seed of dropout. */
  readonly seed: number;
}

/** What was measured on inputs. */
export interface Measured {
  /** The sum of the losses of the inputs of a tile or a shard; of a batch their mean. */
  readonly loss: number;
  readonly correct: number;
}

/**
 * Computes a batch on a network: leaves its gradients, and gives the mean loss. It passes the shards of the batch and adds
 * them up in their order, here or on several threads: to the same bits.
 */
export type PassBatch = (network: Network, batch: StepBatch) => Measured | Promise<Measured>;

/** A network in a memory of its own. */
export interface Network {
  readonly architecture: Architecture;
  readonly plan: TrainingPlan;
  readonly kernels: Kernels;
  /** The parameters that an optimizer changes: where they begin and end. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
  /** All parameters as they lie in memory; networks with the same plan exchange them so. */
  readonly weights: Float32Array;
  /** The gradients of a shard, in the same order. */
  readonly gradients: Float32Array;
  /** Writes parameters, or what else is as many values: the slot at this multiple of their size. */
  write(parameters: Parameters, slot: number): void;
  /** Reads parameters, or the slot at this multiple of their size. */
  read(slot: number): Parameters;
  /** Begins a batch with the weights as they are. */
  begin(batch: StepBatch): void;
  /** Computes a shard of a batch that has begun: leaves its gradients, and gives the sum of its losses. */
  passShard(batch: StepBatch, shard: number): Measured;
  /** Adds the gradients of a shard to those of the batch. */
  addShard(shard: number): void;
  /** Ends a batch once all its shards are added: clears the gradients of weights that do not exist. */
  end(): void;
}

/** The number of shards of a batch. */
export function countShards({ architecture, plan }: Network, { inputs }: StepBatch): number {
  return Math.ceil(inputs.length / sizeOf(architecture.input) / plan.shard);
}

/** Computes a batch on this thread. */
export function passBatch(network: Network, batch: StepBatch): Measured {
  const shards = countShards(network, batch);
  let loss = 0;
  let correct = 0;
  network.begin(batch);
  for (let shard = 0; shard < shards; shard++) {
    const measured = network.passShard(batch, shard);
    network.addShard(shard);
    loss += measured.loss;
    correct += measured.correct;
  }
  network.end();
  return { loss: loss / (batch.inputs.length / sizeOf(network.architecture.input)), correct };
}

/** Bytes of a page of WebAssembly memory. */
const PAGE_BYTES = 65_536;

/**
 * Loads a network into a memory of its own; all its values are 0.
 *
 * @param architecture The network.
 * @param plan The plan of its memory.
 * @returns The network.
 * @throws {LeNetError} `backend/unavailable` when the kernels cannot be compiled here.
 */
export function loadNetwork(architecture: Architecture, plan: TrainingPlan): Network {
  const { exports } = new WebAssembly.Instance(compiledModule("training", TRAINING_BASE64));
  const kernels = exports as unknown as Kernels;
  const { memory } = kernels;
  memory.grow(Math.ceil(plan.bytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES);
  const heap = new Float32Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  for (const { address, values } of plan.words) words.set(values, address / FLOAT);
  for (const { address, values } of plan.floats) heap.set(values, address / FLOAT);
  const { parameters, start, size, steps, tile, lineSteps } = plan;
  const { input, layers, classes } = architecture;
  const values = sizeOf(input);
  const lossOf = kindOf(layers[layers.length - 1]).logits === "distances"
    ? kernels.squaredDistance
    : kernels.crossEntropy;
  const ranges: [number, number][] = [];
  for (const { address, layout, isTrained } of parameters) {
    if (!isTrained) continue;
    const last = ranges.at(-1);
    const end = address + layout.size * FLOAT;
    if (last?.[1] === address) last[1] = end;
    else ranges.push([address, end]);
  }
  const region = (slot: number): Float32Array =>
    heap.subarray((start + slot * size) / FLOAT, (start + (slot + 1) * size) / FLOAT);
  const gradients = region(SHARD_GRADIENTS);
  const total = region(BATCH_GRADIENTS);
  let masks: ReadonlyMap<number, Float32Array> = new Map();

  /** Draws what each dropout drops in a batch. */
  function drawMasks({ seed, inputs }: StepBatch): Map<number, Float32Array> {
    const random = new Random(seed);
    const count = inputs.length / values;
    return new Map(steps.flatMap(({ dropout }) => {
      if (dropout === undefined) return [];
      const { rate, size, address } = dropout;
      const draw = (): number => random.next() < rate ? 0 : 1 / (1 - rate);
      return [[address, Float32Array.from({ length: count * size }, draw)]];
    }));
  }

  /** The loss of a line, and whether its most likely text is right; leaves the gradient. */
  function lossOfLine(
    logits: number,
    gradient: number,
    labels: Uint8Array,
    count: number,
  ): Measured {
    const at = (address: number): Float32Array =>
      heap.subarray(address / FLOAT, address / FLOAT + classes);
    const line = { values: at(logits), steps: lineSteps, classes: classes / lineSteps };
    const end = labels.indexOf(NO_LABEL);
    const text = end < 0 ? labels : labels.subarray(0, end);
    const found = bestText(line);
    const isRight = found.length === text.length && found.every((label, i) => label === text[i]);
    return { loss: ctcLoss(line, text, at(gradient), 1 / count), correct: isRight ? 1 : 0 };
  }

  /** Computes some inputs of a batch together, at most a tile: adds their gradients to those of the shard. */
  function passTile(
    { inputs, labels, targets }: StepBatch,
    first: number,
    part: number,
  ): Measured {
    heap.set(inputs.subarray(first * values, (first + part) * values), plan.staging / FLOAT);
    // The backward pass of a flatten lays values that come channel by channel out as images.
    kernels.flattenBackward(plan.loading, part);
    for (const { kind, address, dropout } of steps) {
      if (dropout !== undefined) {
        const { size, address } = dropout;
        const mask = masks.get(address) as Float32Array;
        heap.set(mask.subarray(first * size, (first + part) * size), address / FLOAT);
      }
      kernels[`${kind}Forward`](address, part);
    }
    let loss = 0;
    let correct = 0;
    const count = inputs.length / values;
    for (let n = 0; n < part; n++) {
      const logits = plan.logits.address + n * plan.logits.step;
      const gradient = plan.logits.gradient + n * plan.logits.step;
      const index = first + n;
      if (lineSteps > 1) {
        const own = labels.subarray(index * lineSteps, (index + 1) * lineSteps);
        const measured = lossOfLine(logits, gradient, own, count);
        loss += measured.loss;
        correct += measured.correct;
        continue;
      }
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
    return { loss, correct };
  }

  return {
    architecture,
    plan,
    kernels,
    ranges,
    weights: region(0),
    gradients,
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
    begin(batch) {
      masks = drawMasks(batch);
      for (const { table, count, from, to } of plan.copies) {
        kernels.copyFrom(table, count, from, to);
      }
    },
    passShard(batch, shard) {
      gradients.fill(0);
      const end = Math.min((shard + 1) * plan.shard, batch.inputs.length / values);
      let loss = 0;
      let correct = 0;
      for (let first = shard * plan.shard; first < end; first += tile) {
        const measured = passTile(batch, first, Math.min(tile, end - first));
        loss += measured.loss;
        correct += measured.correct;
      }
      return { loss, correct };
    },
    addShard(shard) {
      if (shard === 0) {
        total.set(gradients);
        return;
      }
      const from = start + SHARD_GRADIENTS * size;
      // A moving average with factors of 1 is a sum.
      kernels.average(from, from + size, (BATCH_GRADIENTS - SHARD_GRADIENTS) * size, 1, 1);
    },
    end() {
      for (const { mask, of, bytes } of plan.masks) kernels.maskGradients(mask, of, bytes);
    },
  };
}
