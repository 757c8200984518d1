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

export type { AffineLimits } from "../data/affine.ts";
export { loadCifar10 } from "../data/cifar10.ts";
export type { LoadOptions, Split } from "../data/collection.ts";
export type { Dataset } from "../data/dataset.ts";
export {
  ARTICLE_DISTORTIONS,
  DIGIT_DISTORTIONS,
  type Distortions,
  PHOTO_DISTORTIONS,
} from "../data/distort.ts";
export type { DownloadOptions, DownloadProgress } from "../data/download.ts";
export { type IdxArray, idxDataset, type IdxDatasetParts, readIdx } from "../data/idx.ts";
export { loadFashionMnist, loadMnist } from "../data/mnist.ts";
export { normalizationOf } from "../data/normalization_of.ts";
export { padDataset } from "../data/pad_dataset.ts";
export type { Source } from "../data/read_source.ts";
export { syntheticDigits, type SyntheticOptions } from "../data/synthetic.ts";
export type { OptimizerName, OptimizerOptions } from "../engine/optimizer_options.ts";
export type { BackendOption } from "../engine/select.ts";
export type { TrainerState } from "../engine/trainer.ts";
export { type PackageName, providePackages } from "../import_package.ts";
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
} from "../model/layer.ts";
export type { Accuracy, Model, ModelMetadata, Normalization, Preparation } from "../model/model.ts";
export type { Parameter, Parameters } from "../model/parameters.ts";
export type { RandomState } from "../model/random.ts";
export type { Checkpoint, DataIdentity } from "./checkpoint.ts";
export { checkpointFromBytes, checkpointToBytes } from "./checkpoint_file.ts";
export type { Evaluation } from "./evaluate.ts";
export { DivergedError } from "./diverged_error.ts";
export { fineTune, type FineTuneOptions, type FineTuneResult } from "./fine_tune.ts";
export type { FineTuning, FineTuningOptions } from "./fine_tuning.ts";
export type { EpochRecord, TrainProgress } from "./history.ts";
export type { Recipe, RecipeOptions } from "./recipe.ts";
export type { CoverageRisk } from "./risk_at_coverage.ts";
export type { RunOptions } from "./run_epoch.ts";
export type { Sample, Samples } from "./samples.ts";
export type { Schedule } from "./schedule.ts";
export { train, type TrainOptions, type TrainResult } from "./train.ts";
