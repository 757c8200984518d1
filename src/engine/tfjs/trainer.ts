import type { Tensor1D } from "@tensorflow/tfjs-core";
import type { Architecture } from "../../model/architecture.ts";
import type { Parameters } from "../../model/parameters.ts";
import type { Trainer, TrainerOptions, TrainerState } from "../trainer.ts";
import { fromFlat, toFlat } from "./layout.ts";
import { loadTfjs, type TfjsBackend, withBackend } from "./load.ts";
import { createNetwork } from "./network.ts";
import { createOptimizer } from "./optimizer.ts";

/**
 * Puts a network in training on one of tfjs' backends.
 *
 * @param backend Which one.
 * @param architecture The network.
 * @param state Where to begin: first weights, or the state of another trainer with the same options.
 * @param options The optimizer, and whether weights are averaged.
 * @returns The trainer.
 * @throws {LeNetError} `backend/unavailable` when the backend cannot be started here.
 */
export async function tfjsTrainer(
  backend: TfjsBackend,
  architecture: Architecture,
  state: TrainerState,
  { optimizer: optimizerOptions = {}, averaging = 0 }: TrainerOptions = {},
): Promise<Trainer> {
  const tf = await loadTfjs(backend);
  const network = createNetwork(tf, backend, architecture);
  const optimizer = createOptimizer(tf, optimizerOptions);
  const { layout } = network;
  const slotNames = averaging === 0 ? optimizer.slots : [...optimizer.slots, "average"];

  const upload = (parameters: Parameters | undefined): Tensor1D =>
    parameters === undefined
      ? tf.zeros([layout.reduce((sum, { size }) => sum + size, 0)])
      : tf.tensor1d(toFlat(layout, parameters));
  let [flat, ...slots] = withBackend(tf, backend, () => [
    upload(state.parameters),
    ...slotNames.map((name) => upload(state.slots.get(name))),
  ]);
  let steps = state.steps;

  return {
    async step(inputs, labels, learningRate) {
      const step = steps + 1;
      const [measured, ...next] = withBackend(tf, backend, () => {
        const { measured, gradient } = network.gradient(flat, inputs, labels);
        const moved = optimizer.update(flat, gradient, slots, step, learningRate);
        if (averaging === 0) return [measured, moved.parameters, ...moved.slots];
        // The mean of all weights so far, until they are more than the average is meant to span.
        const keep = Math.min(averaging, 1 - 1 / step);
        const average = slots[slots.length - 1];
        const averaged: Tensor1D = tf.add(
          tf.mul(average, keep),
          tf.mul(moved.parameters, 1 - keep),
        );
        return [measured, moved.parameters, ...moved.slots, averaged];
      });
      tf.dispose([flat, ...slots]);
      [flat, ...slots] = next;
      steps = step;
      try {
        const [loss, correct] = await measured.data();
        return { loss, correct };
      } finally {
        measured.dispose();
      }
    },
    async state() {
      const read = async (tensor: Tensor1D): Promise<Parameters> =>
        fromFlat(layout, await tensor.data() as Float32Array);
      const entries = slotNames.map(async (name, index) =>
        [name, await read(slots[index])] as const
      );
      return { parameters: await read(flat), slots: new Map(await Promise.all(entries)), steps };
    },
    [Symbol.dispose]() {
      tf.dispose([flat, ...slots]);
    },
  };
}
