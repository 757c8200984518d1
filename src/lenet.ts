import {
  type Classification,
  classificationOf,
  classifyPictures,
  type PictureOptions,
} from "./classification.ts";
import type { Dataset } from "./data/dataset.ts";
import { type BackendOption, Dispatcher } from "./engine/backends.ts";
import type { Activation } from "./engine/reference.ts";
import type { BackendName } from "./engine/runner.ts";
import type { Evaluation } from "./evaluate.ts";
import { DIGIT_SIDE } from "./image/frame.ts";
import type { DigitImage } from "./image/image.ts";
import { checkChannels, checkInput, networkInputs } from "./image/network_input.ts";
import { captureImage } from "./image/read_image.ts";
import type { Model } from "./model/model.ts";
import { summarize, type Summary } from "./model/summary.ts";
import { checkOptionNames, checkOptions } from "./options.ts";
import { memoizeAsync } from "./packages.ts";
import type { FreeReadOptions, Reading, ReadOptions } from "./read.ts";
import type { Scan } from "./scan.ts";
import {
  loadModel,
  modelToBytes,
  type SaveOptions,
  type WeightsSource,
} from "./weights/model_file.ts";
import type { ModelDescription } from "./weights/state_dict.ts";

/** Where a network runs, and what it is where its file does not say. */
export interface LoadOptions extends ModelDescription {
  /** Where to compute: `auto` (default) takes WebGPU for large batches when there is a hardware adapter. */
  readonly backend?: BackendOption;
}

const LOAD_OPTIONS: readonly (keyof LoadOptions)[] = [
  "backend",
  "architecture",
  "classNames",
  "normalization",
  "preparation",
];

/**
 * A network that is loaded once and used for many pictures.
 *
 * @example Reading several pictures with one network
 * ```ts
 * import { LeNet } from "@x/lenet";
 * import { assertEquals } from "@std/assert";
 *
 * using net = await LeNet.load();
 * const blank = new Float32Array(784);
 * const { digit } = await net.classify(blank);
 * assertEquals(digit, null);
 * ```
 */
export class LeNet implements Disposable {
  /** The architecture, the weights and their metadata. */
  readonly model: Model;
  readonly #dispatcher: Dispatcher;
  #backend: BackendName = "wasm";

  private constructor(model: Model, backend: BackendOption) {
    this.model = model;
    this.#dispatcher = new Dispatcher(model.architecture, model.parameters, backend);
  }

  /**
   * Loads a network.
   *
   * @param weights The name of a pretrained network (default `digits`), a module of `@x/lenet-weights`, the bytes of
   * a safetensors file that this library wrote, or a model that `train` returned. With the option
   * `architecture`, also the bytes of a state dict that PyTorch wrote as safetensors: its modules may have any names, as
   * long as names or shapes tell which is which.
   * @param options Where to compute; and what the network is, for a file that does not say. Where the weights do say,
   * the options must say the same.
   * @returns The network; dispose of it when done.
   * @throws {LeNetError} `weights/unknown`, `weights/malformed` or `weights/mismatch` when there is no such network,
   * its file is damaged, or the tensors are not those of the architecture; `architecture/invalid`; `option/unknown` or
   * `option/invalid`; `backend/unavailable` when the backend cannot be started here.
   */
  static async load(
    weights: WeightsSource = "digits",
    options: LoadOptions = {},
  ): Promise<LeNet> {
    checkOptionNames("load the network", options, LOAD_OPTIONS);
    const { backend = "auto", ...description } = options;
    const net = new LeNet(await loadModel(weights, description), backend);
    try {
      net.#backend = (await net.#dispatcher.runnerFor(1)).backend;
    } catch (error) {
      net[Symbol.dispose]();
      throw error;
    }
    return net;
  }

  /** Where single pictures are classified; each answer says where it was computed. */
  get backend(): BackendName {
    return this.#backend;
  }

  /**
   * Classifies a picture.
   *
   * The metadata of the network say how the picture is prepared: of a digit the ink is found and centred; any other
   * picture is taken whole and resized to the network's input.
   *
   * @param image The picture, in any form that is accepted.
   * @param options The threshold of what is a digit, the limits of the picture's size, whether to explain the answer.
   * @returns The class and its probability, or null and the reason why there is no single digit.
   * @throws {LeNetError} `option/unknown` or `option/invalid`; `image/…` when the picture cannot be read, or has one
   * channel and the network takes three; `weights/mismatch` when the network takes no such pictures.
   */
  async classify(image: DigitImage, options: PictureOptions = {}): Promise<Classification> {
    const [classification] = await this.classifyAll([image], options);
    return classification;
  }

  /**
   * Classifies many pictures, which is quicker than one by one.
   *
   * @param images The pictures, each in any form that is accepted.
   * @param options As in {@linkcode LeNet.classify}.
   * @returns One answer for each, in their order.
   * @throws {LeNetError} As {@linkcode LeNet.classify} does, for the first picture that cannot be used.
   */
  async classifyAll(
    images: Iterable<DigitImage>,
    options: PictureOptions = {},
  ): Promise<Classification[]> {
    return await classifyPictures(this.model, images, this.#dispatcher, options);
  }

  /**
   * Reads lines of any number of digits, apart or touching; one digit by itself as {@linkcode LeNet.classify} does.
   *
   * @param image The picture, in any form that is accepted.
   * @param options What the text of a line fits, the threshold of what is a digit, the limits of the picture's size.
   * @returns The text, line by line, and each digit with its place; no text and no digits when there are none.
   * @throws {LeNetError} As {@linkcode LeNet.classify} does; `weights/mismatch` when the network reads no digits.
   */
  read(image: DigitImage, options?: FreeReadOptions): Promise<Reading>;
  /** The same for lines that have to fit something: the text is null where none does. */
  read(image: DigitImage, options: ReadOptions): Promise<Reading<string | null>>;
  async read(image: DigitImage, options: ReadOptions = {}): Promise<Reading<string | null>> {
    const captured = captureImage(image, checkOptions("read", options), "brightness");
    // Loaded when first needed: one digit does not wait for what reads many.
    const { read } = await import("./read.ts");
    return await read(this.model, captured, this.#dispatcher, options);
  }

  /**
   * Classifies every window of a picture that is larger than the network's input, as if each had been cut out and
   * classified alone (LeCun et al., 1998, section VII). Pixels are used as they are: no ink is found and nothing is
   * resized, so what is to be read must have the size that the network was trained on.
   *
   * @param image The picture, in any form that is accepted, at least as large as the network's input.
   * @returns One answer for each window, row by row, also for those without ink.
   * @throws {LeNetError} As {@linkcode LeNet.classify} does; `image/invalid` when the picture is too small.
   */
  async scan(image: DigitImage): Promise<Scan> {
    checkChannels(this.model);
    const captured = captureImage(image);
    const { scan } = await import("./scan.ts");
    return await scan(
      this.model,
      captured,
      this.#dispatcher,
      (logits, backend) => classificationOf(this.model, logits, backend),
    );
  }

  /**
   * Computes the output of every layer for a picture, with plain loops.
   *
   * @param image The picture, in any form that is accepted.
   * @returns First the input, prepared and normalized, then the output of each layer in evaluation, in order.
   * @throws {LeNetError} As {@linkcode LeNet.classify} does.
   */
  async activations(image: DigitImage): Promise<Activation[]> {
    checkInput(this.model);
    const captured = captureImage(image);
    const { activationsOf } = await import("./engine/reference.ts");
    const { preparePictureFor } = await import("./recognition.ts");
    const runner = await this.#dispatcher.runnerFor(1);
    const pixels = await preparePictureFor(this.model, runner, captured);
    return activationsOf(
      this.model,
      networkInputs(this.model, [pixels ?? new Float32Array(DIGIT_SIDE * DIGIT_SIDE)]),
    );
  }

  /**
   * Measures the network on labelled images of its own shape, which are not prepared.
   *
   * @param dataset The images.
   * @param options `onProgress` is called with the number of images that are done; `signal` stops the work.
   * @returns Accuracy, loss, confusion matrix and calibration, and where they were computed.
   * @throws {LeNetError} `data/mismatch` when the images do not fit the network; `aborted` when the signal stops it.
   */
  async evaluate(
    dataset: Dataset,
    options: { signal?: AbortSignal; onProgress?: (done: number) => void } = {},
  ): Promise<Evaluation & Pick<Classification, "backend">> {
    const { architecture, metadata } = this.model;
    // Loaded when first needed: an answer does not wait for what measures answers.
    const { evaluate } = await import("./evaluate.ts");
    const runner = await this.#dispatcher.runnerFor(dataset.count);
    const evaluation = await evaluate(
      runner,
      architecture,
      dataset,
      metadata.normalization,
      { ...options, temperature: metadata.temperature },
    );
    return { ...evaluation, backend: runner.backend };
  }

  /** The network layer by layer: output shape, parameters, multiply-adds. */
  summary(): Summary {
    return summarize(this.model.architecture);
  }

  /**
   * Writes the network as a safetensors file, which {@linkcode LeNet.load} reads.
   *
   * @param options The number format and the layout of the tensors.
   * @returns The bytes of the file.
   * @throws {LeNetError} `option/unknown` or `option/invalid`; `weights/malformed` when a value is too large for `F16`,
   * or not finite for `I8`.
   */
  save(options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
    checkOptionNames("save the network", options, ["dtype", "layout"]);
    return modelToBytes(this.model, options);
  }

  /** Frees what the network holds; it cannot be used any more. */
  [Symbol.dispose](): void {
    this.#dispatcher[Symbol.dispose]();
  }
}

/** The options of {@linkcode classifyDigit} and {@linkcode classifyDigits}. */
export interface ClassifyOptions extends PictureOptions {
  /** Where to compute: `auto` (default) takes WebGPU for large batches when there is a hardware adapter. */
  readonly backend?: BackendOption;
}

/**
 * Reads one handwritten digit.
 *
 * The picture may be a PNG, JPEG, WebP, GIF or BMP (bytes, `Blob`, `Response`, stream, URL or base64), a canvas or an
 * image of a page, pixels with their size (such as `ImageData`), or 28×28 values. The digit may be dark on light or
 * light on dark, of any size, anywhere in the picture, photographed in uneven light, on ruled paper, in a box of a form,
 * in a window on a screen. The network is loaded by the first call and kept.
 *
 * What is in memory or displayed is copied before the function returns its promise: it may be changed or closed at once.
 *
 * @param image The picture of one digit.
 * @param options Where to compute, the threshold of what is a digit, the limits of the picture's size, whether to explain
 * the answer.
 * @returns The digit and its probability, or null and the reason why there is no single digit; the probabilities of all
 * digits; how likely the ink is a digit.
 * @throws {LeNetError} `image/unreadable`, `image/unsupported`, `image/invalid` or `image/too-large` when the picture
 * cannot be used; `option/unknown` or `option/invalid`; `backend/unavailable` when the backend cannot be started here.
 *
 * @example Reading a PNG
 * ```ts
 * import { classifyDigit } from "@x/lenet";
 * import { assertEquals } from "@std/assert";
 *
 * const { digit } = await classifyDigit(await Deno.readFile("scripts/samples/7.png"));
 * assertEquals(digit, 7);
 * ```
 */
export async function classifyDigit(
  image: DigitImage,
  options: ClassifyOptions = {},
): Promise<Classification> {
  const { backend = "auto", ...others } = checkOptions("classify", options);
  const captured = captureImage(image, others, "brightness");
  return await (await stockNet(backend)).classify(captured, others);
}

/**
 * Reads many pictures of one handwritten digit each, which is quicker than one by one.
 *
 * @param images The pictures, in any form that {@linkcode classifyDigit} accepts.
 * @param options As in {@linkcode classifyDigit}.
 * @returns One answer for each picture, in their order.
 * @throws {LeNetError} As {@linkcode classifyDigit} does, for the first picture that cannot be used.
 */
export async function classifyDigits(
  images: Iterable<DigitImage>,
  options: ClassifyOptions = {},
): Promise<Classification[]> {
  const { backend = "auto", ...others } = checkOptions("classify", options);
  const captured = Array.from(images, (image) => captureImage(image, others, "brightness"));
  return await (await stockNet(backend)).classifyAll(captured, others);
}

/** Gives the stock network on a backend, loaded with the first call and kept. */
const stockNet = memoizeAsync((backend: BackendOption) => LeNet.load("digits", { backend }));

/** The options of {@linkcode readDigits}. */
export interface ReadDigitsOptions extends ReadOptions {
  /** Where to compute: `auto` (default) takes WebGPU for large batches when there is a hardware adapter. */
  readonly backend?: BackendOption;
}

/**
 * Reads lines of any number of handwritten digits, apart or touching.
 *
 * The picture may be of any form that {@linkcode classifyDigit} accepts. It may have several lines, slightly inclined. The
 * numbers of a row of a table are lines of their own; the digits in the cells of a form are one number. Rows that the upper
 * or lower edge of the picture cuts are left out. More than 4,000 pieces of ink are taken for a texture, in which no digits
 * are. One digit by itself is read as {@linkcode classifyDigit} reads it.
 *
 * @param image The picture.
 * @param options Where to compute, the threshold of what is a digit, the limits of the picture's size.
 * @returns The text, line by line, and each digit with its place; no text and no digits when there are none.
 * @throws {LeNetError} As {@linkcode classifyDigit} does.
 *
 * @example Reading a line
 * ```ts
 * import { readDigits } from "@x/lenet";
 * import { assertEquals } from "@std/assert";
 *
 * const { text } = await readDigits(await Deno.readFile("scripts/samples/7.png"));
 * assertEquals(text, "7");
 * ```
 */
export function readDigits(
  image: DigitImage,
  options?: ReadDigitsOptions & FreeReadOptions,
): Promise<Reading>;
/** The same for lines that have to fit something: the text is null where none does. */
export function readDigits(
  image: DigitImage,
  options: ReadDigitsOptions,
): Promise<Reading<string | null>>;
export async function readDigits(
  image: DigitImage,
  options: ReadDigitsOptions = {},
): Promise<Reading<string | null>> {
  const { backend = "auto", ...others } = checkOptions("read", options);
  const captured = captureImage(image, others, "brightness");
  return await (await stockNet(backend)).read(captured, others);
}
