import { type Dataset, splitDataset } from "../data/dataset.ts";
import { type BackendOption, selectBackend } from "../engine/select.ts";
import type { TrainerState } from "../engine/trainer.ts";
import type { Architecture } from "../model/architecture.ts";
import { initialize } from "../model/initialize.ts";
import type { Model } from "../model/model.ts";
import { checkOptionNames } from "../model/options.ts";
import type { Parameters } from "../model/parameters.ts";
import { Random } from "../model/random.ts";
import { distortionsAt } from "./augment.ts";
import { batches } from "./batches.ts";
import { checkFits } from "./check_fits.ts";
import { type Checkpoint, checkResumable, type DataIdentity } from "./checkpoint.ts";
import type { EpochRecord } from "./history.ts";
import { type Recipe, RECIPE_OPTIONS, type RecipeOptions, resolveRecipe } from "./recipe.ts";
import { runEpoch, type RunOptions } from "./run_epoch.ts";
import { validate } from "./validate.ts";

/** The options of {@linkcode train}: the recipe, and how the run is watched and stopped. */
export interface TrainOptions extends RecipeOptions, RunOptions {
  /** Where to compute; `auto` unless told. */
  readonly backend?: BackendOption;
  /** Where an earlier run was; it goes on to the result that it would have had. */
  readonly resume?: Checkpoint;
  /**
   * Images to measure on after every epoch, which are not learned from, in place of those that `validation` sets
   * aside.
   */
  readonly validationData?: Dataset;
  /** Given a checkpoint before the first epoch and after each; the run waits for it. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void | Promise<void>;
}

/** What training comes to. */
export interface TrainResult {
  /** The trained network. */
  readonly model: Model;
  /** One record for each epoch. */
  readonly history: readonly EpochRecord[];
  /** Where it was computed. */
  readonly backend: "webgpu" | "wasm";
}

const TRAIN_OPTIONS: readonly (keyof TrainOptions)[] = [
  ...RECIPE_OPTIONS,
  "backend",
  "resume",
  "validationData",
  "signal",
  "onProgress",
  "onCheckpoint",
];

/**
 * Trains a network from nothing.
 *
 * The same recipe, data and backend `wasm` give the same weights, bit for bit, resumed or not.
 *
 * @param architecture The network.
 * @param dataset What to learn: images of the network's own shape, labels within its classes.
 * @param options The recipe, where to compute, and how to watch and stop.
 * @returns The trained model and the history of the run.
 * @throws {LeNetError} `option/invalid`, `architecture/invalid` or `data/mismatch` before anything starts;
 * `checkpoint/mismatch` when the run to resume was another one; `train/diverged` when the loss is no longer finite;
 * `aborted` when the signal stops it.
 */
export async function train(
  architecture: Architecture,
  dataset: Dataset,
  options: TrainOptions = {},
): Promise<TrainResult> {
  checkOptionNames("train", options, TRAIN_OPTIONS);
  const { backend: requested, resume, signal, onProgress: _, onCheckpoint, ...rest } = options;
  const { validationData, ...asked } = rest;
  checkFits(`train ${architecture.name}`, architecture, dataset);
  if (validationData !== undefined) {
    checkFits(`validate ${architecture.name}`, architecture, validationData);
  }
  const data: DataIdentity = {
    name: dataset.name,
    count: dataset.count,
    checksums: dataset.checksums ?? {},
  };
  const recipe = resolveRecipe(
    { ...validationData && { validation: 0 }, ...resume?.recipe, ...asked },
    dataset.count,
    dataset.shape[0],
  );
  if (resume !== undefined) checkResumable(resume, { architecture, recipe, data });

  const backend = await selectBackend(requested);
  const random = new Random(resume?.random ?? recipe.seed);
  const history = [...resume?.history ?? []];
  const parts = recipe.validation === 0
    ? { train: dataset, validation: validationData }
    : splitDataset(dataset, recipe.validation);
  const { tfjsTrainer } = await import("../engine/tfjs/trainer.ts");
  const trainer = await tfjsTrainer(
    backend,
    architecture,
    resume?.trainer ?? firstState(architecture, recipe),
    recipe,
  );
  let state: TrainerState;
  try {
    state = await trainer.state();
    const keep = async (): Promise<void> => {
      const done = { architecture, recipe, data, history: [...history], random: random.state };
      await onCheckpoint?.({ ...done, trainer: state });
    };
    await keep();
    while (history.length < recipe.epochs) {
      const epoch = history.length + 1;
      const augment = distortionsAt(recipe.augment, (epoch - 1) / recipe.epochs);
      const pass = await runEpoch(
        trainer,
        batches(parts.train, { ...recipe, augment }, random),
        { ...recipe, epoch, count: parts.train.count },
        options,
      );
      state = await trainer.state();
      const validation = parts.validation
        ? await validate(
          backend,
          { architecture, parameters: learned(state) },
          recipe,
          parts.validation,
          signal,
        )
        : undefined;
      history.push({ epoch, ...pass, ...validation && { validation } });
      await keep();
    }
  } finally {
    trainer[Symbol.dispose]();
  }
  const model: Model = {
    architecture,
    parameters: learned(state),
    metadata: {
      classNames: dataset.classNames,
      normalization: recipe.normalization,
      ...dataset.preparation && { preparation: dataset.preparation },
      temperature: 1,
      recipe: { ...recipe, dataset: dataset.name, backend },
      dataChecksums: data.checksums,
    },
  };
  return { model, history, backend };
}

function firstState(architecture: Architecture, recipe: Recipe): TrainerState {
  const { initialization: method, seed } = recipe;
  return { parameters: initialize(architecture, { method, seed }), slots: new Map(), steps: 0 };
}

/** The weights that a run comes to: their moving average, where one is kept. */
function learned({ parameters, slots }: TrainerState): Parameters {
  return slots.get("average") ?? parameters;
}
