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
export type { Activation } from "./src/engine/activations.ts";
export type { BackendName } from "./src/engine/runner.ts";
export { type BackendOption, selectBackend } from "./src/engine/select.ts";
export { init } from "./src/engine/simd/module.ts";
export type {
  DigitImage,
  DigitPixels,
  DrawableImage,
  EncodedImage,
  PixelImage,
  PixelNumbers,
  PixelValues,
} from "./src/image/digit_image.ts";
export type { Box } from "./src/image/box.ts";
export type { ImageLimits } from "./src/image/limits.ts";
export type { PreparationPicture } from "./src/image/preparation_step.ts";
export { type PackageName, providePackages } from "./src/import_package.ts";
export {
  type Classification,
  LeNet,
  type LoadOptions,
  type NoDigitReason,
  type PictureOptions,
  type WeightsSource,
} from "./src/lenet.ts";
export type { Architecture, ImageShape, Shape } from "./src/model/architecture.ts";
export { LeNetError, type LeNetErrorCode } from "./src/model/error.ts";
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
} from "./src/model/layer.ts";
export { lenet5, type LeNetVariation } from "./src/model/lenet5.ts";
export type {
  Accuracy,
  Model,
  ModelMetadata,
  Normalization,
  Preparation,
} from "./src/model/model.ts";
export type { Parameter, Parameters } from "./src/model/parameters.ts";
export { formatSummary, summarize, type Summary, type SummaryRow } from "./src/model/summary.ts";
export { ARCHITECTURE_NAMES, architectureByName } from "./src/model/zoo.ts";
export type { ReadDigit, Reading, ReadOptions } from "./src/read.ts";
export { readDigits, type ReadDigitsOptions } from "./src/read_digits.ts";
export type { Scan, ScanAnswer } from "./src/scan.ts";
export type { Evaluation } from "./src/train/evaluate.ts";
export type { CoverageRisk } from "./src/train/risk_at_coverage.ts";
export type { StorageDtype } from "./src/weights/dtype.ts";
export type { GivenDescription } from "./src/weights/given_description.ts";
export type { PretrainedName } from "./src/weights/pretrained.ts";
export type { WeightsModule, WeightsModuleMetadata } from "./src/weights/read_module.ts";
