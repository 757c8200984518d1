import type { Dataset } from "./data/dataset.ts";
import { Dispatcher } from "./engine/dispatcher.ts";
import type { BackendName } from "./engine/runner.ts";
import type { BackendOption } from "./engine/select.ts";
import { argMax, softmax } from "./engine/softmax.ts";
import type { DigitImage } from "./image/digit_image.ts";
import { normalize } from "./image/normalize.ts";
import { prepareDigit } from "./image/prepare.ts";
import type { ImageShape } from "./model/architecture.ts";
import { LeNetError } from "./model/error.ts";
import type { Model } from "./model/model.ts";
import { checkOptionNames } from "./model/options.ts";
import { checkParameters } from "./model/parameters.ts";
import { sizeOf } from "./model/shapes.ts";
import { summarize, type Summary } from "./model/summary.ts";
import type { Evaluation } from "./train/evaluate.ts";
import type { StorageDtype } from "./weights/dtype.ts";
import { modelFromBytes, modelToBytes } from "./weights/model_file.ts";
import { modelFromModule, type WeightsModule } from "./weights/read_module.ts";
import { loadPretrained, type PretrainedName } from "./weights/pretrained.ts";

/** What a network says of one picture. */
export interface Classification {
  /** The digit, 0 to 9; null when the picture has no ink. */
  readonly digit: number | null;
  /** How sure the network is, 0 to 1: the largest of the probabilities. */
  readonly confidence: number;
  /** One probability for each class; all 0 when the picture has no ink. */
  readonly probabilities: readonly number[];
  /** Where it was computed; `reference`, plain loops, only where WebAssembly has no SIMD. */
  readonly backend: BackendName;
}

/** How a network is loaded. */
export interface LoadOptions {
  /** Where to compute: `auto` (default) takes WebGPU for large batches when there is a hardware adapter. */
  readonly backend?: BackendOption;
}

/** What {@linkcode LeNet.load} accepts: a name, a weights module, the bytes of a file, or a model. */
export type WeightsSource = PretrainedName | WeightsModule | Uint8Array | Model;

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
  #backend: BackendName = "wasm";

  private constructor(model: Model, backend: BackendOption) {
    this.model = model;
    this.#dispatcher = new Dispatcher(model.architecture, model.parameters, backend);
  }

  /**
   * Loads a network.
   *
   * @param weights The name of a pretrained network (default `digits`), a module of `@x/lenet-weights`, the bytes of
   * a safetensors file that this library wrote, or a model that {@linkcode train} gave.
   * @param options Where to compute.
   * @returns The network; dispose of it when done.
   * @throws {LeNetError} `weights/unknown`, `weights/malformed` or `weights/mismatch` when there is no such network or
   * its file is damaged; `option/unknown` or `option/invalid`; `backend/unavailable` when the backend cannot be
   * started here.
   */
  static async load(
    weights: WeightsSource = "digits",
    options: LoadOptions = {},
  ): Promise<LeNet> {
    checkOptionNames("load the network", options, ["backend"]);
    const net = new LeNet(await modelFrom(weights), options.backend ?? "auto");
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
   * Which digit is this?
   *
   * @param image The picture, in any form that is accepted.
   * @returns The digit and how sure the network is.
   * @throws {LeNetError} `image/…` when the picture cannot be read.
   */
  async classify(image: DigitImage): Promise<Classification> {
    const [classification] = await this.classifyAll([image]);
    return classification;
  }

  /**
   * Reads many pictures.
   *
   * @param images The pictures, each in any form that is accepted.
   * @returns One answer for each, in their order.
   * @throws {LeNetError} `image/…` when one of them cannot be read.
   */
  async classifyAll(images: Iterable<DigitImage>): Promise<Classification[]> {
    const { input } = this.model.architecture;
    const all = [...images];
    checkDigitInput(input);
    const runner = await this.#dispatcher.runnerFor(all.length);
    const classifications: Classification[] = [];
    for (let start = 0; start < all.length; start += PART) {
      const prepared = await Promise.all(
        all.slice(start, start + PART).map((image) => prepareDigit(image)),
      );
      const inked = prepared.filter(({ hasInk }) => hasInk);
      const inputs = new Float32Array(inked.length * sizeOf(input));
      inked.forEach(({ pixels }, n) => inputs.set(pixels, n * pixels.length));
      normalize(inputs, input, this.model.metadata.normalization);
      const logits = inked.length === 0
        ? new Float32Array()
        : await runner.logits(inputs, inked.length);
      const backend = runner.backend;
      let at = 0;
      for (const { hasInk } of prepared) {
        classifications.push(this.#answer(hasInk ? logits.subarray(at) : undefined, backend));
        if (hasInk) at += this.model.architecture.classes;
      }
    }
    return classifications;
  }

  /**
   * Measures the network on labelled images of its own shape, as they are.
   *
   * @param dataset The images.
   * @param options `onProgress` is told how many images are done; `signal` stops it.
   * @returns Accuracy, loss and confusion, and where they were computed.
   * @throws {LeNetError} `data/mismatch` when the images do not fit the network; `aborted` when the signal stops it.
   */
  async evaluate(
    dataset: Dataset,
    options: { signal?: AbortSignal; onProgress?: (done: number) => void } = {},
  ): Promise<Evaluation & Pick<Classification, "backend">> {
    const { architecture, metadata } = this.model;
    // Loaded when first needed: an answer does not wait for what measures answers.
    const { evaluate } = await import("./train/evaluate.ts");
    const runner = await this.#dispatcher.runnerFor(dataset.count);
    const evaluation = await evaluate(
      runner,
      architecture,
      dataset,
      metadata.normalization,
      options,
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
   * @param options How to store the weights: `F32` (default) keeps them exactly, `F16` takes half the space.
   * @returns The bytes of the file.
   */
  save(options: { dtype?: StorageDtype } = {}): Uint8Array<ArrayBuffer> {
    return modelToBytes(this.model, options);
  }

  /** Frees what the network holds; it cannot be used any more. */
  [Symbol.dispose](): void {
    this.#dispatcher[Symbol.dispose]();
  }

  #answer(logits: Float32Array | undefined, backend: BackendName): Classification {
    const { architecture: { classes }, metadata: { temperature } } = this.model;
    if (logits === undefined) {
      const probabilities = new Array<number>(classes).fill(0);
      return { digit: null, confidence: 0, probabilities, backend };
    }
    const probabilities = softmax(logits.subarray(0, classes), temperature);
    const digit = argMax(probabilities);
    return { digit, confidence: probabilities[digit], probabilities: [...probabilities], backend };
  }
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

function checkDigitInput(input: ImageShape): void {
  if (String(input) !== "1,28,28") {
    throw new LeNetError(
      "weights/mismatch",
      `Cannot classify a picture with this network: it takes [${input}], expected [1,28,28]`,
    );
  }
}
