import { type Dataset, holdOut, repeatDataset } from "../data/dataset.ts";
import { type BackendOption, checkBackendOption } from "../engine/backends.ts";
import { LeNetError } from "../errors.ts";
import { LeNet } from "../lenet.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Model } from "../model/model.ts";
import type { Parameter, Parameters } from "../model/parameters.ts";
import { Random } from "../model/random.ts";
import { checkOptionNames, invalidOption } from "../options.ts";
import { selectTrainingBackend, Training } from "./backend.ts";
import { batches } from "./batches.ts";
import {
  checkRunOptions,
  type EpochRecord,
  measureEpoch,
  runEpoch,
  type RunOptions,
} from "./epoch.ts";
import {
  FINE_TUNING_OPTIONS,
  type FineTuningOptions,
  headLayers,
  resolveFineTuning,
  withNewHead,
} from "./fine_tuning_options.ts";
import { Rehearsal } from "./rehearsal.ts";
import { collectSamples, type Samples } from "./samples.ts";

/** The options of {@linkcode fineTune}: the settings, the backend, and how the run is observed and stopped. */
export interface FineTuneOptions extends FineTuningOptions, RunOptions {
  /** The names of new classes. The network keeps its features and gets a new head. Each class needs a sample. */
  readonly classes?: readonly string[];
  /**
   * The backend to compute on, also of the new network; default `auto`: WebGPU for large steps, or calls, on a hardware
   * adapter, else WASM.
   */
  readonly backend?: BackendOption;
  /** Called with the new architecture and the history, before the first epoch and after each; the run awaits it. */
  readonly onEpoch?: (
    architecture: Architecture,
    history: readonly EpochRecord[],
  ) => void | Promise<void>;
}

/** The result of {@linkcode fineTune}. */
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

/** Labelled images in a step, at most; rehearsed digits come on top. */
const MAX_BATCH = 64;

/**
 * Adapts a network to a few samples, in seconds. The old network is not changed.
 *
 * The defaults suit 1 to 500 samples of known classes, such as digits in a handwriting that is misread, or of new
 * classes with `classes`. The samples may all be of one known class: what the network knew of the others is held by
 * `keep`. On the backend `wasm` the same samples and options give the same weights, bit for bit. When a GPU fails, the
 * last epoch begins again on `wasm`, with a warning on the console, and the new network is on `wasm`.
 *
 * @param net The old network.
 * @param samples Labelled pictures or a dataset, at least one image.
 * @param options The settings, the backend, and how the run is observed and stopped.
 * @returns The new network and the history of the run.
 * @throws {LeNetError} `option/unknown` or `option/invalid`; `data/empty`, `data/malformed`, `data/mismatch` or
 * `image/…` for samples that cannot be used, with the index of the first; `train/diverged`, a
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
  if (!((net as LeNet | null)?.model?.parameters instanceof Map)) {
    throw invalidOption("fine-tune", "the network", net, "a LeNet such as LeNet.load() gives");
  }
  checkOptionNames("fine-tune", options, FINE_TUNE_OPTIONS);
  checkRunOptions("fine-tune", options, ["onProgress", "onEpoch"]);
  const { classes, backend: requested = "auto", signal, onProgress, onEpoch, ...asked } = options;
  const start = classes === undefined
    ? net.model
    : withNewHead(net.model, classes, asked.seed ?? 0);
  const { architecture, parameters: old } = start;
  const { epochsFor, ...tuning } = resolveFineTuning(asked, architecture, classes !== undefined);
  checkBackendOption(requested);
  const all = await collectSamples(start, samples, signal);
  const random = new Random(tuning.seed);
  const parts = tuning.validation === 0
    ? { train: all, validation: undefined }
    : holdOut(all, tuning.validation, random);
  if (classes !== undefined) checkNewClasses(parts.train);

  const set = repeatDataset(parts.train, Math.max(1, Math.floor(MAX_BATCH / parts.train.count)));
  const steps = Math.ceil(set.count / MAX_BATCH);
  const batchSize = Math.ceil(set.count / steps);
  const epochs = epochsFor(steps);
  const rehearses = tuning.keep > 0 && Rehearsal.suits(architecture);
  const inputs = rehearses ? 2 * batchSize : batchSize;
  const backend = await selectTrainingBackend(requested, architecture, inputs);
  let training: Training | undefined;
  const { preparation } = classes === undefined ? start.metadata : all;
  const modelOf = (trained: Parameters): Model => {
    const { accuracy: _, preparation: __, ...metadata } = start.metadata;
    return {
      architecture,
      parameters: interpolateParameters(old, trained, tuning.keep),
      metadata: {
        ...metadata,
        ...preparation && { preparation },
        recipe: {
          ...tuning,
          epochs,
          dataset: all.name,
          samples: parts.train.count,
          backend: training?.backend ?? backend,
          base: metadata.recipe?.base ?? metadata.recipe ?? null,
        },
        dataChecksums: { ...metadata.dataChecksums, ...all.checksums },
      },
    };
  };
  const netOf = (trained: Parameters): Promise<LeNet> =>
    LeNet.load(modelOf(trained), { backend: training?.hasLostGpu ? "wasm" : requested });

  const rehearsal = rehearses
    ? await Rehearsal.prepare(backend, start, parts.train, batchSize, random)
    : undefined;
  const history: EpochRecord[] = [];
  const { augment, learningRate, keep, train } = tuning;
  const layers = train === "head" ? headLayers(architecture) : train;
  const { normalization } = start.metadata;
  let good = old;
  let learned = old;
  try {
    training = await Training.start(
      backend,
      architecture,
      { parameters: old, slots: new Map(), steps: 0 },
      { seed: tuning.seed, layers: layers === "all" ? undefined : layers },
    );
    await onEpoch?.(architecture, []);
    while (history.length < epochs) {
      const epoch = history.length + 1;
      const pass = await training.epoch((trainer, backend) => {
        const fresh = batches(set, { batchSize, augment, normalization }, random);
        return runEpoch(
          trainer,
          rehearsal?.join(fresh) ?? fresh,
          {
            epoch,
            epochs,
            count: set.count,
            batchSize,
            learningRate,
            schedule: "one-cycle",
            backend,
          },
          {
            ...signal && { signal },
            onProgress(progress, weights) {
              // A step measures the weights before it: the first loss of an epoch is that of the previous epoch's result.
              good = learned;
              return onProgress?.(progress, weights);
            },
          },
        );
      });
      learned = await training.parameters();
      const measured = await measureEpoch(
        training.backend,
        { architecture, parameters: interpolateParameters(old, learned, keep) },
        start.metadata,
        parts,
        { epoch, epochs, learningRate },
        signal,
      );
      history.push({ epoch, ...pass, ...measured });
      await onEpoch?.(architecture, [...history]);
    }
  } catch (error) {
    if (!(error instanceof LeNetError) || error.code !== "train/diverged") throw error;
    const last = await netOf(good);
    throw new DivergedError(error.message, last, { cause: error });
  } finally {
    training?.[Symbol.dispose]();
    rehearsal?.[Symbol.dispose]();
  }
  return { net: await netOf(learned), history };
}

function checkNewClasses({ labels, classNames }: Dataset): void {
  const missing = classNames.find((_, label) => !labels.includes(label));
  if (missing === undefined) return;
  throw new LeNetError(
    "data/mismatch",
    `Cannot fine-tune: there is no sample of ${missing} to train on, expected at least one of each new class`,
  );
}

/** The error of {@linkcode fineTune} when its loss is no longer finite, code `train/diverged`. */
export class DivergedError extends LeNetError {
  /** The network before the last epoch with a finite loss. The receiver of the error disposes of it. */
  readonly net: LeNet;

  /**
   * Creates the error.
   *
   * @param message One sentence for people.
   * @param net The last good network.
   * @param options `cause` is the error that led to this one.
   */
  constructor(message: string, net: LeNet, options?: ErrorOptions) {
    super("train/diverged", message, options);
    this.name = "DivergedError";
    this.net = net;
  }
}

/**
 * Interpolates the weights of two networks of one architecture (Wortsman et al., 2022: "Robust fine-tuning of zero-shot
 * models").
 *
 * @param old The weights before training.
 * @param trained The weights after training.
 * @param share The share of the old weights, 0 to 1. At 0 the trained weights are returned as they are.
 * @returns share·old + (1 − share)·trained.
 */
export function interpolateParameters(
  old: Parameters,
  trained: Parameters,
  share: number,
): Parameters {
  if (share === 0) return trained;
  return new Map([...trained].map(([name, { shape, data }]) => {
    const before = (old.get(name) as Parameter).data;
    const values = data.map((value, i) => value + share * (before[i] - value));
    return [name, { shape, data: values }];
  }));
}
