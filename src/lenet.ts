import type { Dataset } from "./data/dataset.ts";
import { type BackendOption, Dispatcher } from "./engine/backends.ts";
import type { Activation } from "./engine/reference.ts";
import { argMax, type BackendName, softmax } from "./engine/runner.ts";
import type { Scan } from "./engine/sliding.ts";
import { LeNetError } from "./errors.ts";
import type { Evaluation } from "./evaluate.ts";
import type { DigitImage } from "./image/image.ts";
import type { PreparationPicture } from "./image/ink/steps.ts";
import {
  checkChannels,
  checkInput,
  type PreparedDigit,
  type Preprocessor,
  preprocessorFor,
} from "./image/prepare.ts";
import { sizeOf } from "./model/architecture.ts";
import { areDigits, type Model, normalize } from "./model/model.ts";
import { checkParameters } from "./model/parameters.ts";
import { summarize, type Summary } from "./model/summary.ts";
import { checkOptionNames, DEFAULT_REJECT, type ImageLimits } from "./options.ts";
import type { Reading, ReadOptions } from "./reading/read.ts";
import { weighReading } from "./reject.ts";
import type { StorageDtype } from "./weights/dtype.ts";
import {
  loadPretrained,
  modelFromBytes,
  modelFromModule,
  modelToBytes,
  type PretrainedName,
  type WeightsModule,
} from "./weights/model_file.ts";
import type { ModelDescription } from "./weights/state_dict.ts";

/** Why there is no digit: nothing stands out from the background, or what does is none. */
export type NoDigitReason = "no-ink" | "not-a-digit";

/** What a network says of one picture. */
export interface Classification {
  /** The number of the class, which for a network of digits is the digit; null when there is none. */
  readonly digit: number | null;
  /** The name of the class, such as `7` or `ship`; null when there is no digit. */
  readonly className: string | null;
  /** Why there is no digit; null when there is one. */
  readonly reason: NoDigitReason | null;
  /** How sure the network is, 0 to 1: the largest of the probabilities; 0 when there is no digit. */
  readonly confidence: number;
  /** One probability for each class, as if there were a digit; all 0 when the picture has no ink. */
  readonly probabilities: readonly number[];
  /**
   * How likely the ink is a digit at all, 0 to 1, by its looks and by how surely it can be read. Null where nobody asked:
   * of pictures that show their ink as MNIST's do (in a square, 20 of 28 parts long, its centre of
   * mass in the middle), of a network that reads something else, and with `reject: 0`.
   */
  readonly digitness: number | null;
  /** Where it was computed; `reference`, plain loops, only where WebAssembly has no SIMD. */
  readonly backend: BackendName;
  /** With `explain`: the picture on the way to what the network sees, which comes last. */
  readonly steps?: readonly PreparationPicture[];
}

/** How pictures are read. */
export interface PictureOptions extends ImageLimits {
  /**
   * Ink that is a digit with less than this probability is none: 0 to 1, default 0.015. More refuses more; 0 takes
   * whatever has ink for a digit.
   */
  readonly reject?: number;
  /** Whether answers come with the pictures on the way to them; default false. */
  readonly explain?: boolean;
}

/** How a network is loaded, and what it is, where its file may not say. */
export interface LoadOptions extends ModelDescription {
  /** Where to compute: `auto` (default) takes WebGPU for large batches when there is a hardware adapter. */
  readonly backend?: BackendOption;
}

/** What {@linkcode LeNet.load} accepts: a name, a weights module, the bytes of a file, or a model. */
export type WeightsSource = PretrainedName | WeightsModule | Uint8Array | Model;

const LOAD_OPTIONS: readonly (keyof LoadOptions)[] = [
  "backend",
  "architecture",
  "classNames",
  "normalization",
  "preparation",
];

const PICTURE_OPTIONS: readonly (keyof PictureOptions)[] = [
  "reject",
  "explain",
  "maxBytes",
  "maxPixels",
];

let judging: typeof import("./reject.ts") | undefined;

/** Pictures that are run at once; more are run in parts. */
const PART = 1000;

/**
 * A network in the hand: loaded once, used as often as you like.
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
  /** The architecture, the weights, and what travels with them. */
  readonly model: Model;
  readonly #dispatcher: Dispatcher;
  readonly #prepare: Preprocessor;
  #backend: BackendName = "wasm";

  private constructor(model: Model, backend: BackendOption) {
    this.model = model;
    this.#prepare = preprocessorFor(model);
    this.#dispatcher = new Dispatcher(model.architecture, model.parameters, backend);
  }

  /**
   * Loads a network.
   *
   * @param weights The name of a pretrained network (default `digits`), a module of `@x/lenet-weights`, the bytes of
   * a safetensors file that this library wrote, or a model that {@linkcode train} gave. With the option `architecture`,
   * also the bytes of a state dict that PyTorch wrote as safetensors: its modules may have any names, as long as names
   * or shapes tell which is which.
   * @param options Where to compute; and what the network is, for a file that does not say. Where the weights do say,
   * it must be the same.
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
    const { backend = "auto", ...given } = options;
    const net = new LeNet(await modelAsGiven(weights, given), backend);
    try {
      net.#backend = (await net.#dispatcher.runnerFor(1)).backend;
    } catch (error) {
      net[Symbol.dispose]();
      throw error;
    }
    return net;
  }

  /** Where single pictures are read; each answer says where it was computed. */
  get backend(): BackendName {
    return this.#backend;
  }

  /**
   * What does this picture show?
   *
   * The network's metadata tell how the picture is prepared: of a digit the ink is found and put in the middle, any
   * other picture is taken whole and brought to the network's size.
   *
   * @param image The picture, in any form that is accepted.
   * @param options What is no digit, how large a picture may be, whether the way to the answer is shown.
   * @returns The class and how sure the network is.
   * @throws {LeNetError} `option/unknown` or `option/invalid`; `image/…` when the picture cannot be read, or has one channel and the network takes three;
   * `weights/mismatch` when the network takes no such pictures.
   */
  async classify(image: DigitImage, options: PictureOptions = {}): Promise<Classification> {
    const [classification] = await this.classifyAll([image], options);
    return classification;
  }

  /**
   * Reads many pictures.
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
    const { reject, explain, limits } = readOptions(options);
    const { input } = this.model.architecture;
    const all = [...images];
    checkInput(this.model);
    const runner = await this.#dispatcher.runnerFor(all.length);
    const classifications: Classification[] = [];
    for (let start = 0; start < all.length; start += PART) {
      const prepared: (PreparedDigit & { steps?: PreparationPicture[] })[] = [];
      // One after another, so that one large picture is in memory at a time.
      for (const image of all.slice(start, start + PART)) {
        if (explain) {
          const steps: PreparationPicture[] = [];
          const settings = { trace: (step: PreparationPicture) => void steps.push(step) };
          prepared.push({ ...await this.#prepare(image, limits, settings), steps });
        } else prepared.push(await this.#prepare(image, limits));
      }
      const inked = prepared.filter(({ hasInk }) => hasInk);
      const inputs = new Float32Array(inked.length * sizeOf(input));
      inked.forEach(({ pixels }, n) => inputs.set(pixels, n * pixels.length));
      normalize(inputs, input, this.model.metadata.normalization);
      const logits = inked.length === 0
        ? new Float32Array()
        : await runner.logits(inputs, inked.length);
      const digitness = await this.#judge(prepared, logits, reject);
      let at = 0;
      for (const { hasInk, found, steps } of prepared) {
        let answer = this.#answer(hasInk ? logits.subarray(at) : undefined, runner.backend);
        if (found && digitness.has(found)) {
          answer = judged(answer, digitness.get(found) as number, reject);
        }
        classifications.push(steps ? { ...answer, steps } : answer);
        if (hasInk) at += this.model.architecture.classes;
      }
    }
    return classifications;
  }

  /**
   * Shows what every layer makes of a picture, computed by plain loops.
   *
   * @param image The picture, in any form that is accepted.
   * @returns First the input, prepared and normalized, then what each layer gives, as in evaluation, in order.
   * @throws {LeNetError} As {@linkcode LeNet.classify} does.
   */
  async activations(image: DigitImage): Promise<Activation[]> {
    checkInput(this.model);
    const { architecture: { input }, metadata: { normalization } } = this.model;
    const { activationsOf } = await import("./engine/reference.ts");
    const { pixels } = await this.#prepare(image);
    normalize(pixels, input, normalization);
    return activationsOf(this.model, pixels);
  }

  /**
   * Reads every part of a picture that is larger than the network's input, as if each had been cut out and run alone
   * (LeCun et al., 1998, section VII). Pixels are taken as they are: no ink is found and nothing is resized, so that
   * what is to be read must have the size that the network knows.
   *
   * @param image The picture, in any form that is accepted, at least as large as the network's input.
   * @returns One answer for each part, row by row; a part that shows nothing has an answer, too.
   * @throws {LeNetError} As {@linkcode LeNet.classify} does; `image/invalid` when the picture is too small.
   */
  async scan(image: DigitImage): Promise<Scan> {
    checkChannels(this.model);
    const { scan } = await import("./engine/sliding.ts");
    return await scan(
      this.model,
      image,
      this.#dispatcher,
      (logits, backend) => this.#answer(logits, backend),
    );
  }

  /**
   * Reads lines of any number of digits, apart or touching.
   *
   * @param image The picture, in any form that is accepted.
   * @param options What is no digit, how large a picture may be.
   * @returns What it says, line by line, and each digit with its place; no text and no digits when there are none.
   * @throws {LeNetError} As {@linkcode LeNet.classify} does; `weights/mismatch` when the network reads no digits.
   */
  async read(image: DigitImage, options: ReadOptions = {}): Promise<Reading> {
    // Loaded when first needed: one digit does not wait for what reads many.
    const { read } = await import("./reading/read.ts");
    return await read(this.model, image, this.#dispatcher, options);
  }

  /**
   * Measures the network on labelled images of its own shape, as they are.
   *
   * @param dataset The images.
   * @param options `onProgress` is told how many images are done; `signal` stops it.
   * @returns Accuracy, loss, confusion and what confidence is worth, and where they were computed.
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
   * The network as a safetensors file; {@linkcode LeNet.load} takes it back.
   *
   * @param options How to store the weights: `dtype` `F32` (default) keeps them exactly, `F16` takes half the space,
   * `I8` a quarter: each weight changes by at most 0.4 % of the largest of its filter or unit; `layout` `pytorch` makes the
   * tensors those of PyTorch's state dict, one by one, for `load_state_dict(strict=True)`: names and shapes are PyTorch's
   * in any file, this adds the counters of batch normalization.
   * @returns The bytes of the file.
   * @throws {LeNetError} `option/unknown` or `option/invalid`; `weights/malformed` when a value is too large for `F16`,
   * or not finite for `I8`.
   */
  save(options: { dtype?: StorageDtype; layout?: "pytorch" } = {}): Uint8Array<ArrayBuffer> {
    checkOptionNames("save the network", options, ["dtype", "layout"]);
    return modelToBytes(this.model, options);
  }

  /** Frees what the network holds; it cannot be used any more. */
  [Symbol.dispose](): void {
    this.#dispatcher[Symbol.dispose]();
  }

  /** Has ink judged that was found in pictures, and read, if it may be no digit. */
  async #judge(
    prepared: readonly PreparedDigit[],
    logits: Float32Array,
    reject: number,
  ): Promise<Map<Float32Array, number>> {
    const { architecture: { classes }, metadata: { classNames, temperature } } = this.model;
    const inked = prepared.filter(({ hasInk }) => hasInk);
    const found = inked.flatMap(({ found }, n) =>
      found ? { pixels: found, logits: logits.subarray(n * classes, (n + 1) * classes) } : []
    );
    if (reject === 0 || !areDigits(classNames) || found.length === 0) return new Map();
    // Loaded when first needed: pictures as MNIST has them are taken at their word.
    judging ??= await import("./reject.ts");
    const digitness = await judging.judge(found.map(({ pixels }) => pixels));
    return new Map(
      found.map(({ pixels, logits }, n) => [
        pixels,
        weighReading(digitness[n], logits, temperature),
      ]),
    );
  }

  #answer(logits: Float32Array | undefined, backend: BackendName): Classification {
    const { architecture: { classes }, metadata: { classNames, temperature } } = this.model;
    if (logits === undefined) {
      const probabilities = new Array<number>(classes).fill(0);
      return {
        digit: null,
        className: null,
        reason: "no-ink",
        confidence: 0,
        probabilities,
        digitness: null,
        backend,
      };
    }
    const probabilities = softmax(logits.subarray(0, classes), temperature);
    const digit = argMax(probabilities);
    return {
      digit,
      className: classNames[digit],
      reason: null,
      confidence: probabilities[digit],
      probabilities: [...probabilities],
      digitness: null,
      backend,
    };
  }
}

/** An answer with what the judge says of it. */
function judged(answer: Classification, digitness: number, reject: number): Classification {
  if (digitness >= reject) return { ...answer, digitness };
  return {
    ...answer,
    digit: null,
    className: null,
    reason: "not-a-digit",
    confidence: 0,
    digitness,
  };
}

/** Checks how pictures are to be read, and fills in the defaults. */
function readOptions(
  options: PictureOptions,
): { reject: number; explain: boolean; limits: ImageLimits } {
  checkOptionNames("classify", options, PICTURE_OPTIONS);
  const { reject = DEFAULT_REJECT, explain = false, ...limits } = options;
  if (!(typeof reject === "number" && reject >= 0 && reject <= 1)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot classify: reject is ${reject}, expected a number from 0 to 1`,
    );
  }
  return { reject, explain, limits };
}

async function modelAsGiven(weights: WeightsSource, given: ModelDescription): Promise<Model> {
  if (Object.keys(given).length === 0) return await modelFrom(weights);
  // Loaded when first needed: most files say what they hold.
  const { modelFromStateDict } = await import("./weights/state_dict.ts");
  const { checkDescription } = await import("./weights/state_dict.ts");
  const model = weights instanceof Uint8Array
    ? modelFromStateDict(weights, given)
    : await modelFrom(weights);
  checkDescription(model, given);
  return model;
}

async function modelFrom(weights: WeightsSource): Promise<Model> {
  if (typeof weights === "string") return await loadPretrained(weights);
  if (weights instanceof Uint8Array) return modelFromBytes(weights);
  if (typeof weights === "object" && weights !== null) {
    if ("safetensors" in weights) return modelFromModule(weights);
    if ("parameters" in weights) {
      checkParameters(weights.architecture, weights.parameters);
      return weights;
    }
  }
  throw new LeNetError(
    "weights/unknown",
    `Cannot load the weights: found ${weights}, expected a name, a module of @x/lenet-weights, the bytes of a safetensors file, or a model`,
  );
}
