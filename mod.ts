/**
 * The digit reader for the edge: which digit is this?
 *
 * {@linkcode classifyDigit} answers in one call. {@linkcode LeNet} keeps a network in the hand. To train one, see
 * `@x/lenet/train`.
 *
 * @module
 */

export { classifyDigit, classifyDigits, type ClassifyOptions } from "./src/classify.ts";

export type { Dataset } from "./src/data/dataset.ts";

export type { Activation } from "./src/engine/reference.ts";

export type { BackendName } from "./src/engine/runner.ts";

export { type BackendOption, selectBackend } from "./src/engine/backends.ts";

export { init } from "./src/engine/wasm/runner.ts";

export type {
  DigitImage,
  DigitPixels,
  DrawableImage,
  EncodedImage,
  PixelImage,
  PixelNumbers,
  PixelValues,
} from "./src/image/image.ts";

export type { Box } from "./src/image/image.ts";

export type { ImageLimits } from "./src/options.ts";

export type { PreparationPicture } from "./src/image/ink/steps.ts";

export { type PackageName, providePackages } from "./src/packages.ts";

export {
  type Classification,
  LeNet,
  type LoadOptions,
  type NoDigitReason,
  type PictureOptions,
  type WeightsSource,
} from "./src/lenet.ts";

export type { Architecture, ImageShape, Shape } from "./src/model/architecture.ts";

export { LeNetError, type LeNetErrorCode } from "./src/errors.ts";

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
} from "./src/model/architecture.ts";

export { lenet5, type LeNetVariation } from "./src/model/zoo.ts";

export type {
  Accuracy,
  Model,
  ModelMetadata,
  Normalization,
  Preparation,
  StoredNormalization,
} from "./src/model/model.ts";

export type { Parameter, Parameters } from "./src/model/parameters.ts";

export { formatSummary, summarize, type Summary, type SummaryRow } from "./src/model/summary.ts";

export { ARCHITECTURE_NAMES, architectureByName } from "./src/model/zoo.ts";

export type { ReadDigit, Reading, ReadOptions } from "./src/reading/read.ts";

export { readDigits, type ReadDigitsOptions } from "./src/classify.ts";

export type { Scan, ScanAnswer } from "./src/engine/sliding.ts";

export type { Evaluation } from "./src/evaluate.ts";

export type { CoverageRisk } from "./src/metrics.ts";

export type { StorageDtype } from "./src/weights/dtype.ts";

export type { ModelDescription } from "./src/weights/state_dict.ts";

export type { PretrainedName } from "./src/weights/model_file.ts";

export type { WeightsModule, WeightsModuleMetadata } from "./src/weights/model_file.ts";
