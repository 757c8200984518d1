import type { Dataset } from "../data/dataset.ts";
import { DIGIT_DISTORTIONS } from "../data/distort.ts";
import { padDataset } from "../data/pad_dataset.ts";
import { syntheticDigits } from "../data/synthetic.ts";
import { createRunner } from "../engine/create_runner.ts";
import type { Runner } from "../engine/runner.ts";
import { DIGIT_SIDE } from "../image/digit_frame.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Model } from "../model/model.ts";
import type { Random } from "../model/random.ts";
import { type Batch, batches } from "./batches.ts";

/** How many digits are drawn; they are distorted anew every time. */
const DRAWN = 1000;

/**
 * What keeps a network from forgetting while it learns new samples: every step also sees synthetic digits, with the
 * answers of the old network for targets (Li and Hoiem, 2016: "Learning without forgetting").
 */
export class Rehearsal implements Disposable {
  readonly #runner: Runner;
  readonly #digits: Iterator<Batch>;

  private constructor(runner: Runner, digits: Iterator<Batch>) {
    this.#runner = runner;
    this.#digits = digits;
  }

  /**
   * Whether a network can rehearse: it takes grey pictures that digits fit into. It need not know digits:
   * strange as they are to a network of clothing, they keep most of what it knows, too.
   *
   * @param architecture The network.
   */
  static suits({ input: [channels, height, width] }: Architecture): boolean {
    return channels === 1 && height >= DIGIT_SIDE && width >= DIGIT_SIDE;
  }

  /**
   * Prepares the rehearsal.
   *
   * @param backend Where the old network runs.
   * @param model The old network.
   * @param count How many digits join each batch.
   * @param random Decides which.
   * @returns The rehearsal; dispose of it when done.
   */
  static async prepare(
    backend: "webgpu" | "wasm",
    model: Model,
    count: number,
    random: Random,
  ): Promise<Rehearsal> {
    const { architecture: { input: [, height, width] } } = model;
    const drawn = syntheticDigits({
      count: Math.ceil(DRAWN / count) * count,
      seed: random.integer(2 ** 31),
    });
    const options = {
      batchSize: count,
      augment: DIGIT_DISTORTIONS,
      normalization: model.metadata.normalization,
    };
    const runner = await createRunner(backend, model.architecture, model.parameters);
    const digits = endless(padDataset(drawn, height, width), options, random);
    return new Rehearsal(runner, digits);
  }

  /**
   * Lets digits join batches.
   *
   * @param fresh Batches of new samples.
   * @returns As many batches, longer by the digits.
   */
  async *join(fresh: Iterable<Batch>): AsyncGenerator<Batch, void, void> {
    for (const { inputs: first, labels } of fresh) {
      const { inputs: rest, labels: { length: count } } = this.#digits.next().value as Batch;
      const answers = await this.#runner.logits(rest, count);
      const inputs = new Float32Array(first.length + rest.length);
      inputs.set(first);
      inputs.set(rest, first.length);
      yield { inputs, labels, answers };
    }
  }

  /** Frees what the old network holds here. */
  [Symbol.dispose](): void {
    this.#runner[Symbol.dispose]();
  }
}

function* endless(
  dataset: Dataset,
  options: Parameters<typeof batches>[1],
  random: Random,
): Generator<Batch, never, void> {
  for (;;) yield* batches(dataset, options, random);
}
