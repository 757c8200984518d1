/**
 * The digit reader for the edge: which digit is this?
 *
 * {@linkcode classifyDigit} answers in one call. {@linkcode LeNet} loads a network once for many calls. To train one, see
 * `@x/lenet/train`.
 *
 * @module
 */

export {
  classifyDigit,
  classifyDigits,
  type ClassifyOptions,
  LeNet,
  type LoadOptions,
  readDigits,
  type ReadDigitsOptions,
} from "./src/lenet.ts";
export type {
  Classification,
  ExplainedHypothesis,
  NoDigitReason,
  PictureOptions,
} from "./src/classification.ts";
export type { FreeReadOptions, NoTextReason, Reading, ReadOptions } from "./src/read.ts";
export type { LineConstraints } from "./src/reading/constraints.ts";
export type { LineReading, ReadDigit, ReadLine } from "./src/reading/read.ts";
export type { Scan, ScanAnswer } from "./src/scan.ts";
export type { CoverageRisk, Evaluation } from "./src/evaluate.ts";
export type { Activation } from "./src/engine/reference.ts";

export type {
  Box,
  DigitImage,
  DigitPixels,
  DrawableImage,
  EncodedImage,
  PixelImage,
  PixelNumbers,
  PixelValues,
} from "./src/image/image.ts";
export type { PreparationPicture } from "./src/image/page.ts";
export { type ImageLimits, luhn } from "./src/options.ts";

export { type BackendOption, selectBackend } from "./src/engine/backends.ts";
export type { BackendName } from "./src/engine/runner.ts";
export { init } from "./src/engine/wasm/runner.ts";
export { type PackageName, providePackages } from "./src/packages.ts";

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
  Shape,
  SubsampleLayer,
} from "./src/model/architecture.ts";
export {
  ARCHITECTURE_NAMES,
  architectureByName,
  lenet5,
  type LeNetVariation,
} from "./src/model/zoo.ts";
export { formatSummary, summarize, type Summary, type SummaryRow } from "./src/model/summary.ts";
export type {
  Accuracy,
  Model,
  ModelMetadata,
  Normalization,
  Preparation,
  StoredNormalization,
} from "./src/model/model.ts";
export type { Parameter, Parameters } from "./src/model/parameters.ts";
export type { StorageDtype } from "./src/weights/dtype.ts";
export type {
  PretrainedName,
  SaveOptions,
  WeightsModule,
  WeightsModuleMetadata,
  WeightsSource,
} from "./src/weights/model_file.ts";
export type { ModelDescription } from "./src/weights/state_dict.ts";
export type { Dataset } from "./src/data/dataset.ts";

export { LeNetError, type LeNetErrorCode } from "./src/errors.ts";
