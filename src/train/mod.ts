/**
 * Training and fine-tuning of a LeNet, and datasets to train it on.
 *
 * @example Training on synthetic digits
 * ```ts
 * import { lenet5 } from "@x/lenet";
 * import { syntheticDigits, train } from "@x/lenet/train";
 * import { assertEquals } from "@std/assert";
 *
 * const digits = syntheticDigits({ count: 300, seed: 1 });
 * const { history } = await train(lenet5(), digits, { epochs: 1, backend: "wasm" });
 * assertEquals(history.length, 1);
 * ```
 *
 * @module
 */

export {
  ARTICLE_DISTORTIONS,
  DIGIT_DISTORTIONS,
  type Distortions,
  PHOTO_DISTORTIONS,
} from "../data/augment/distort.ts";
export type { AffineLimits } from "../data/augment/warps.ts";
export { loadCifar10, loadFashionMnist, loadMnist } from "../data/catalog.ts";
export type { LoadOptions, Split } from "../data/collection.ts";
export { type Dataset, normalizationOf, padDataset } from "../data/dataset.ts";
export type { DownloadOptions, DownloadProgress } from "../data/download.ts";
export type { Source } from "../data/files.ts";
export { type IdxArray, idxDataset, type IdxDatasetParts, readIdx } from "../data/idx.ts";
export { syntheticDigits, type SyntheticOptions } from "../data/synthetic/digits.ts";

export {
  type Checkpoint,
  checkpointFromBytes,
  checkpointToBytes,
  type DataIdentity,
} from "./checkpoint.ts";
export type { EpochRecord, RunOptions, TrainProgress } from "./epoch.ts";
export { DivergedError, fineTune, type FineTuneOptions, type FineTuneResult } from "./fine_tune.ts";
export type { FineTuning, FineTuningOptions } from "./fine_tuning_options.ts";
export type { Recipe, RecipeOptions, Schedule } from "./recipe.ts";
export type { Sample, Samples } from "./samples.ts";
export { train, type TrainOptions, type TrainResult } from "./train.ts";

export type { BackendOption } from "../engine/backends.ts";
export type { OptimizerName, OptimizerOptions, TrainerState } from "../engine/trainer.ts";
export type { CoverageRisk, Evaluation } from "../evaluate.ts";
export type {
  ActivationLayer,
  ActivationName,
  Architecture,
  BatchNormLayer,
  ConvLayer,
  DenseLayer,
  DropoutLayer,
  FlattenLayer,
  ImageShape,
  Layer,
  PoolLayer,
  RbfLayer,
  SubsampleLayer,
} from "../model/architecture.ts";
export type { Initialization } from "../model/initialize.ts";
export type { Accuracy, Model, ModelMetadata, Normalization, Preparation } from "../model/model.ts";
export type { Parameter, Parameters } from "../model/parameters.ts";
export type { RandomState } from "../model/random.ts";
export { type PackageName, providePackages } from "../packages.ts";
