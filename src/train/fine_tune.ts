import { DIGIT_DISTORTIONS } from "../data/augment/distort.ts";
import { type Dataset, padDataset } from "../data/dataset.ts";
import { syntheticDigits } from "../data/synthetic/digits.ts";
import {
  type BackendOption,
  createRunner,
  registerWebGpu,
  selectBackend,
} from "../engine/backends.ts";
import type { Runner } from "../engine/runner.ts";
import type { Trainer } from "../engine/trainer.ts";
import { LeNetError } from "../errors.ts";
import { DIGIT_SIDE } from "../image/frame.ts";
import { LeNet } from "../lenet.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Model } from "../model/model.ts";
import type { Parameter, Parameters } from "../model/parameters.ts";
import { Random } from "../model/random.ts";
import { checkOptionNames } from "../options.ts";
import { type Batch, batches, type BatchOptions, holdOut, repeatDataset } from "./batches.ts";
import type { EpochRecord } from "./checkpoint.ts";
import {
  BATCH,
  FINE_TUNING_OPTIONS,
  type FineTuningOptions,
  resolveFineTuning,
  trainedLayers,
  withNewHead,
} from "./fine_tuning.ts";
import { collectSamples, type Samples } from "./samples.ts";
import { runEpoch, type RunOptions, validate } from "./train.ts";

/** The options of {@linkcode fineTune}: how it learns, and how the run is watched and stopped. */
export interface FineTuneOptions extends FineTuningOptions, RunOptions {
  /**
   * Names for other classes than the network has: it keeps its features and gets a new head. All of them need samples.
   */
  readonly classes?: readonly string[];
  /** Where to compute, also with the new network; `auto` unless told. */
  readonly backend?: BackendOption;
  /** Told of the new network and of what its epochs came to, before the first and after each. */
  readonly onEpoch?: (architecture: Architecture, history: readonly EpochRecord[]) => void;
}

/** What fine-tuning comes to. */
export interface FineTuneResult {
  /** The new network; dispose of it when done. */
  readonly net: LeNet;
  /** One record for each epoch. */
  readonly history: readonly EpochRecord[];
}

const FINE_TUNE_OPTIONS: readonly (keyof FineTuneOptions)[] = [
  ...FINE_TUNING_OPTIONS,
  "classes",
  "backend",
  "signal",
  "onProgress",
  "onEpoch",
];

/**
 * Adapts a network to samples of one's own, in seconds. The old network stays as it is.
 *
 * The defaults suit 5 to 500 samples: of known classes, such as digits in a hand that is misread, or, with `classes`, of
 * new ones. The same samples, options and backend `wasm` give the same weights, bit for bit.
 *
 * @param net The old network.
 * @param samples What to learn, of at least two classes.
 * @param options How to learn, where to compute, and how to watch and stop.
 * @returns The new network and the history of the run.
 * @throws {LeNetError} `option/unknown` or `option/invalid`; `data/empty`, `data/malformed`, `data/mismatch` or
 * `image/…` for samples that cannot be used, naming the first by its index; `train/diverged`, a
 * {@linkcode DivergedError} with the last good network, when the loss is no longer finite; `aborted` when the signal
 * stops it; `backend/unavailable`.
 *
 * @example Learning how somebody writes ones and sevens
 * ```ts
 * import { LeNet } from "@x/lenet";
 * import { fineTune } from "@x/lenet/train";
 * import { assertEquals } from "@std/assert";
 *
 * const samples = await Promise.all([1, 7].map(async (label) => ({
 *   image: await Deno.readFile(`scripts/samples/${label}.png`),
 *   label,
 * })));
 * using stock = await LeNet.load();
 * const { net } = await fineTune(stock, samples, { epochs: 2, backend: "wasm" });
 * const { digit } = await net.classify(samples[1].image);
 * assertEquals(digit, 7);
 * net[Symbol.dispose]();
 * ```
 */
export async function fineTune(
  net: LeNet,
  samples: Samples,
  options: FineTuneOptions = {},
): Promise<FineTuneResult> {
  checkOptionNames("fine-tune", options, FINE_TUNE_OPTIONS);
  const { classes, backend: requested = "auto", signal, onProgress, onEpoch, ...asked } = options;
  const start = classes === undefined
    ? net.model
    : withNewHead(net.model, classes, asked.seed ?? 0);
  const { architecture, parameters: old } = start;
  const { epochsFor, ...tuning } = resolveFineTuning(asked, architecture, classes !== undefined);
  // Training carries the engine of tfjs anyway, so that bundles need no other import for WebGPU.
  registerWebGpu(() => import("../engine/tfjs/runner.ts"));
  const backend = await selectBackend(requested);
  const all = await collectSamples(start, samples, signal);
  const random = new Random(tuning.seed);
  const parts = tuning.validation === 0
    ? { train: all, validation: undefined }
    : holdOut(all, tuning.validation, random);
  checkClasses(parts.train, classes !== undefined);

  const set = repeatDataset(parts.train, Math.max(1, Math.floor(BATCH / parts.train.count)));
  const steps = Math.ceil(set.count / BATCH);
  const batchSize = Math.ceil(set.count / steps);
  const epochs = epochsFor(steps);
  const { preparation } = classes === undefined ? start.metadata : all;
  const model = (parameters: Parameters): Model => {
    const { accuracy: _, preparation: __, ...metadata } = start.metadata;
    return {
      architecture,
      parameters,
      metadata: {
        ...metadata,
        ...preparation && { preparation },
        recipe: {
          ...tuning,
          epochs,
          dataset: all.name,
          samples: parts.train.count,
          backend,
          base: metadata.recipe?.base ?? metadata.recipe ?? null,
        },
        dataChecksums: { ...metadata.dataChecksums, ...all.checksums },
      },
    };
  };

  const { tfjsTrainer } = await import("../engine/tfjs/trainer.ts");
  const rehearsal = tuning.keep > 0 && Rehearsal.suits(architecture)
    ? await Rehearsal.prepare(backend, start, batchSize, random)
    : undefined;
  let trainer: Trainer | undefined;
  const history: EpochRecord[] = [];
  const { augment, learningRate, keep } = tuning;
  const { normalization } = start.metadata;
  let good = old;
  let learned = old;
  try {
    trainer = await tfjsTrainer(
      backend,
      architecture,
      { parameters: old, slots: new Map(), steps: 0 },
      { seed: tuning.seed, layers: trainedLayers(architecture, tuning.train) },
    );
    onEpoch?.(architecture, history);
    while (history.length < epochs) {
      const epoch = history.length + 1;
      const fresh = batches(set, { batchSize, augment, normalization }, random);
      const pass = await runEpoch(
        trainer,
        rehearsal?.join(fresh) ?? fresh,
        { epoch, epochs, count: set.count, batchSize, learningRate, schedule: "one-cycle" },
        {
          ...signal && { signal },
          onProgress(progress, weights) {
            // The first loss of an epoch is that of the weights that the epoch before it came to.
            good = learned;
            return onProgress?.(progress, weights);
          },
        },
      );
      learned = mixParameters(old, (await trainer.state()).parameters, keep);
      checkFinite(learned, epoch, learningRate);
      const validation = parts.validation && await validate(
        backend,
        { architecture, parameters: learned },
        start.metadata,
        parts.validation,
        signal,
      );
      history.push({ epoch, ...pass, ...validation && { validation } });
      onEpoch?.(architecture, [...history]);
      // Epochs of few samples are short: timers and signals have their turn after each.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  } catch (error) {
    if (!(error instanceof LeNetError) || error.code !== "train/diverged") throw error;
    const last = await LeNet.load(model(good), { backend: requested });
    throw new DivergedError(error.message, last, { cause: error });
  } finally {
    trainer?.[Symbol.dispose]();
    rehearsal?.[Symbol.dispose]();
  }
  return { net: await LeNet.load(model(learned), { backend: requested }), history };
}

function checkClasses({ labels, classNames, count }: Dataset, areNew: boolean): void {
  const missing = classNames.filter((_, label) => !labels.includes(label));
  if (areNew && missing.length > 0) {
    throw new LeNetError(
      "data/mismatch",
      `Cannot fine-tune: there is no sample of ${
        missing[0]
      } to learn from, expected at least one of each new class`,
    );
  }
  if (classNames.length - missing.length < 2) {
    throw new LeNetError(
      "data/mismatch",
      `Cannot fine-tune: the samples to learn from, ${count}, are all of the class ${
        classNames[labels[0]]
      }, expected at least two classes`,
    );
  }
}

function checkFinite(parameters: Parameters, epoch: number, learningRate: number): void {
  for (const [name, { data }] of parameters) {
    if (data.every(Number.isFinite)) continue;
    throw new LeNetError(
      "train/diverged",
      `Cannot go on training: ${name} is no longer finite after epoch ${epoch}, try a learning rate below ${learningRate}`,
    );
  }
}

/** What fine-tuning throws when its loss is no longer finite, code `train/diverged`. */
export class DivergedError extends LeNetError {
  /** The network as it was before the last epoch that still had a finite loss; whoever takes it disposes of it. */
  readonly net: LeNet;

  /**
   * Makes the error.
   *
   * @param message One sentence for a person.
   * @param net The last good network.
   * @param options The error that caused this one, if any.
   */
  constructor(message: string, net: LeNet, options?: ErrorOptions) {
    super("train/diverged", message, options);
    this.name = "DivergedError";
    this.net = net;
  }
}

/**
 * Weights between those of two networks of one architecture (Wortsman et al., 2022: "Robust fine-tuning of zero-shot
 * models").
 *
 * @param old The weights of one.
 * @param learned The weights of the other.
 * @param share How much of the first there is, 0 to 1; at 0 the second pass through exactly.
 * @returns share·old + (1 − share)·learned.
 */
export function mixParameters(old: Parameters, learned: Parameters, share: number): Parameters {
  if (share === 0) return learned;
  return new Map([...learned].map(([name, { shape, data }]) => {
    const before = (old.get(name) as Parameter).data;
    const mixed = data.map((value, i) => value + share * (before[i] - value));
    return [name, { shape, data: mixed }];
  }));
}

/** How many digits are drawn; they are distorted anew every time. */
const DRAWN = 1000;

/**
 * What keeps a network from forgetting while it learns new samples: every step also sees synthetic digits, with the
 * answers of the old network for targets (Li and Hoiem, 2016: "Learning without forgetting").
 */
class Rehearsal implements Disposable {
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
  options: BatchOptions,
  random: Random,
): Generator<Batch, never, void> {
  for (;;) yield* batches(dataset, options, random);
}
