/**
 * Training a LeNet, and the data to train it on.
 *
 * @example Learning from digits that the library draws
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

export type { AffineLimits } from "../data/augment/warps.ts";

export { loadCifar10 } from "../data/catalog.ts";

export type { LoadOptions, Split } from "../data/collection.ts";

export type { Dataset } from "../data/dataset.ts";

export {
  ARTICLE_DISTORTIONS,
  DIGIT_DISTORTIONS,
  type Distortions,
  PHOTO_DISTORTIONS,
} from "../data/augment/distort.ts";

export type { DownloadOptions, DownloadProgress } from "../data/download.ts";

export { type IdxArray, idxDataset, type IdxDatasetParts, readIdx } from "../data/idx.ts";

export { loadFashionMnist, loadMnist } from "../data/catalog.ts";

export { normalizationOf } from "../data/dataset.ts";

export { padDataset } from "../data/dataset.ts";

export type { Source } from "../data/source.ts";

export { syntheticDigits, type SyntheticOptions } from "../data/synthetic/digits.ts";

export type { OptimizerName, OptimizerOptions } from "../engine/trainer.ts";

export type { BackendOption } from "../engine/backends.ts";

export type { TrainerState } from "../engine/trainer.ts";

export { type PackageName, providePackages } from "../packages.ts";

export type { Architecture, ImageShape } from "../model/architecture.ts";

export type { Initialization } from "../model/initialize.ts";

export type {
  ActivationLayer,
  ActivationName,
  BatchNormLayer,
  ConvLayer,
  DenseLayer,
  DropoutLayer,
  FlattenLayer,
  Layer,
  PoolLayer,
  RbfLayer,
  SubsampleLayer,
} from "../model/architecture.ts";

export type { Accuracy, Model, ModelMetadata, Normalization, Preparation } from "../model/model.ts";

export type { Parameter, Parameters } from "../model/parameters.ts";

export type { RandomState } from "../model/random.ts";

export type { Checkpoint, DataIdentity } from "./checkpoint.ts";

export { checkpointFromBytes, checkpointToBytes } from "./checkpoint.ts";

export type { Evaluation } from "../evaluate.ts";

export { DivergedError } from "./fine_tune.ts";

export { fineTune, type FineTuneOptions, type FineTuneResult } from "./fine_tune.ts";

export type { FineTuning, FineTuningOptions } from "./fine_tuning.ts";

export type { EpochRecord, TrainProgress } from "./checkpoint.ts";

export type { Recipe, RecipeOptions } from "./recipe.ts";

export type { CoverageRisk } from "../metrics.ts";

export type { RunOptions } from "./train.ts";

export type { Sample, Samples } from "./samples.ts";

export type { Schedule } from "./recipe.ts";

export { train, type TrainOptions, type TrainResult } from "./train.ts";
