/**
 * The digit reader for the edge: which digit is this?
 *
 * {@linkcode classifyDigit} answers in one call. {@linkcode LeNet} keeps a network in the hand; {@linkcode train}
 * makes one from data.
 *
 * @module
 */

export { classifyDigit, classifyDigits, type ClassifyOptions } from "./src/classify.ts";
export type { AffineLimits } from "./src/data/affine.ts";
export type { LoadOptions as LoadDataOptions, Split } from "./src/data/collection.ts";
export type { Dataset } from "./src/data/dataset.ts";
export { DIGIT_DISTORTIONS, type Distortions } from "./src/data/distort.ts";
export type { DownloadOptions, DownloadProgress } from "./src/data/download.ts";
export { loadFashionMnist, loadMnist } from "./src/data/mnist.ts";
export { syntheticDigits, type SyntheticOptions } from "./src/data/synthetic.ts";
export type { OptimizerName, OptimizerOptions } from "./src/engine/optimizer_options.ts";
export { type BackendOption, selectBackend } from "./src/engine/select.ts";
export type { TrainerState } from "./src/engine/trainer.ts";
export type {
  DigitImage,
  DigitPixels,
  EncodedImage,
  PixelImage,
  PixelValues,
} from "./src/image/digit_image.ts";
export { type Classification, LeNet, type LoadOptions, type WeightsSource } from "./src/lenet.ts";
export type { Architecture, ImageShape, Shape } from "./src/model/architecture.ts";
export { LeNetError, type LeNetErrorCode } from "./src/model/error.ts";
export type { Initialization } from "./src/model/initialize.ts";
export type {
  ActivationLayer,
  ActivationName,
  ConvLayer,
  DenseLayer,
  FlattenLayer,
  Layer,
  PoolLayer,
} from "./src/model/layer.ts";
export { lenet5 } from "./src/model/lenet5.ts";
export type { Accuracy, Model, ModelMetadata, Normalization } from "./src/model/model.ts";
export type { Parameter, Parameters } from "./src/model/parameters.ts";
export type { RandomState } from "./src/model/random.ts";
export { formatSummary, summarize, type Summary, type SummaryRow } from "./src/model/summary.ts";
export type { Checkpoint, DataIdentity } from "./src/train/checkpoint.ts";
export type { Evaluation } from "./src/train/evaluate.ts";
export type { EpochRecord, TrainProgress } from "./src/train/history.ts";
export type { Recipe, RecipeOptions } from "./src/train/recipe.ts";
export type { Schedule } from "./src/train/schedule.ts";
export { train, type TrainOptions, type TrainResult } from "./src/train/train.ts";
export type { StorageDtype } from "./src/weights/dtype.ts";
export type { WeightsModule, WeightsModuleMetadata } from "./src/weights/module.ts";
export type { PretrainedName } from "./src/weights/pretrained.ts";
