import { type Dispatcher, lazyRunner } from "./engine/backends.ts";
import { argMax, type BackendName, softmax } from "./engine/runner.ts";
import type { DigitImage } from "./image/image.ts";
import type { PreparationPicture } from "./image/ink/steps.ts";
import { checkInput, preprocessorFor } from "./image/prepare.ts";
import type { PreparedDigit } from "./image/prepare_digit.ts";
import { sizeOf } from "./model/architecture.ts";
import * as math from "./model/math.ts";
import { areDigits, type Model, normalize } from "./model/model.ts";
import {
  checkNumber,
  checkOptionNames,
  DEFAULT_REJECT,
  type ImageLimits,
  PROBABILITY,
  resolveLimits,
} from "./options.ts";
import { modelFromModule } from "./weights/model_file.ts";

/** Why there is no digit: the picture has no ink, or its ink is not a digit. */
export type NoDigitReason = "no-ink" | "not-a-digit";

/** The answer of a network to one picture. */
export interface Classification {
  /** The index of the class, which for a network of digits is the digit; null when there is none. */
  readonly digit: number | null;
  /** The name of the class, such as `7` or `ship`; null when there is no digit. */
  readonly className: string | null;
  /** Why there is no digit; null when there is one. */
  readonly reason: NoDigitReason | null;
  /** The largest of the probabilities, 0 to 1; 0 when there is no digit. */
  readonly confidence: number;
  /** One probability for each class, as if there were a digit; all 0 when the picture has no ink. */
  readonly probabilities: readonly number[];
  /**
   * The probability that the ink is a digit at all, 0 to 1, by its looks and by how surely it can be read. Null where it
   * was not estimated: for pictures that are laid out as MNIST's are (in a square, the ink 20 of 28 parts long, its
   * centre of mass in the middle), for networks whose classes are not the ten digits, and with `reject: 0`.
   */
  readonly digitProbability: number | null;
  /** Where the answer was computed; `reference`, plain loops, only where WebAssembly has no SIMD. */
  readonly backend: BackendName;
  /** With `explain`: the picture in each step of its preparation; the last one is the input of the network. */
  readonly steps?: readonly PreparationPicture[];
}

/** How pictures are classified. */
export interface PictureOptions extends ImageLimits {
  /**
   * The threshold of `digitProbability`, 0 to 1, default 0.015: ink that scores less is not a digit. A higher threshold rejects
   * more; 0 accepts all ink.
   */
  readonly reject?: number;
  /** Whether answers have the `steps` of the preparation; default false. */
  readonly explain?: boolean;
}

const PICTURE_OPTIONS: readonly (keyof PictureOptions)[] = [
  "reject",
  "explain",
  "maxBytes",
  "maxPixels",
];

/** The most pictures that are run in one batch: 3 MB of inputs of 28×28. */
const MAX_BATCH = 1000;

/**
 * Classifies pictures.
 *
 * @param model The network.
 * @param images The pictures, each in any form that is accepted.
 * @param dispatcher What runs the network.
 * @param options As of {@linkcode PictureOptions}.
 * @returns One answer for each picture, in their order.
 * @throws {LeNetError} `option/unknown` or `option/invalid`; `image/…` for the first picture that cannot be used;
 * `weights/mismatch` when the network takes no pictures; `backend/unavailable`.
 */
export async function classifyPictures(
  model: Model,
  images: Iterable<DigitImage>,
  dispatcher: Dispatcher,
  options: PictureOptions,
): Promise<Classification[]> {
  checkOptionNames("classify", options, PICTURE_OPTIONS);
  const { reject = DEFAULT_REJECT, explain = false, ...given } = options;
  checkNumber("classify", "reject", reject, PROBABILITY);
  const limits = resolveLimits(given);
  const all = [...images];
  checkInput(model);
  const prepare = preprocessorFor(model);
  const runner = await dispatcher.runnerFor(all.length);
  const { classes } = model.architecture;
  const classifications: Classification[] = [];
  for (let start = 0; start < all.length; start += MAX_BATCH) {
    const prepared: (PreparedDigit & Pick<Classification, "steps">)[] = [];
    // One after another, so that one large picture is in memory at a time.
    for (const image of all.slice(start, start + MAX_BATCH)) {
      if (explain) {
        const steps: PreparationPicture[] = [];
        const settings = { trace: (step: PreparationPicture) => void steps.push(step) };
        prepared.push({ ...await prepare(image, limits, settings), steps });
      } else prepared.push(await prepare(image, limits));
    }
    const inked = prepared.filter(({ hasInk }) => hasInk);
    const logits = inked.length === 0
      ? new Float32Array()
      : await runner.logits(inputsOf(model, inked), inked.length);
    const rows = inked.map((_, n) => logits.subarray(n * classes, (n + 1) * classes));
    const digitProbability = await digitProbabilitiesOf(model, inked, rows, reject);
    let n = 0;
    for (const { hasInk, steps } of prepared) {
      const answer = hasInk
        ? withDigitProbability(
          classificationOf(model, rows[n], runner.backend),
          digitProbability[n++],
          reject,
        )
        : withoutInk(classes, runner.backend);
      classifications.push(steps ? { ...answer, steps } : answer);
    }
  }
  return classifications;
}

function inputsOf(
  { architecture: { input }, metadata: { normalization } }: Model,
  prepared: readonly PreparedDigit[],
): Float32Array {
  const inputs = new Float32Array(prepared.length * sizeOf(input));
  prepared.forEach(({ pixels }, n) => inputs.set(pixels, n * pixels.length));
  normalize(inputs, input, normalization);
  return inputs;
}

/**
 * The answer that logits stand for, where whatever is in the picture is taken for one of the classes.
 *
 * @param model The network.
 * @param logits Its logits for one input; whatever follows them is ignored.
 * @param backend Where they were computed.
 * @returns The answer.
 */
export function classificationOf(
  { architecture: { classes }, metadata: { classNames, temperature } }: Model,
  logits: Float32Array,
  backend: BackendName,
): Classification {
  const probabilities = softmax(logits.subarray(0, classes), temperature);
  const digit = argMax(probabilities);
  return {
    digit,
    className: classNames[digit],
    reason: null,
    confidence: probabilities[digit],
    probabilities: [...probabilities],
    digitProbability: null,
    backend,
  };
}

function withoutInk(classes: number, backend: BackendName): Classification {
  return {
    digit: null,
    className: null,
    reason: "no-ink",
    confidence: 0,
    probabilities: new Array<number>(classes).fill(0),
    digitProbability: null,
    backend,
  };
}

function withDigitProbability(
  answer: Classification,
  digitProbability: number | null,
  reject: number,
): Classification {
  if (digitProbability === null || digitProbability >= reject) {
    return { ...answer, digitProbability };
  }
  return {
    ...answer,
    digit: null,
    className: null,
    reason: "not-a-digit",
    confidence: 0,
    digitProbability,
  };
}

/** The probability that the ink of each picture is a digit; null where it is not estimated. */
async function digitProbabilitiesOf(
  { metadata: { classNames, temperature } }: Model,
  inked: readonly PreparedDigit[],
  logits: readonly Float32Array[],
  reject: number,
): Promise<(number | null)[]> {
  if (reject === 0 || !areDigits(classNames)) return inked.map(() => null);
  const judged = await judge(inked.flatMap(({ found }) => found ?? []));
  let at = 0;
  return inked.map(({ found }, n) =>
    found ? weighReading(judged[at++], logits[n], temperature) : null
  );
}

const judgeNetwork = lazyRunner(async () =>
  modelFromModule(await import("@x/lenet-weights/judge"))
);

/**
 * Scores the ink of pictures with the judge, a second, tiny network that tells digits from other ink. It was trained on
 * MNIST's training digits as people photograph and draw them, and on what is not a digit: pieces of CIFAR-10's training
 * photos, solid shapes, letters, symbols, scribbles and noise. It is loaded by the first call, and runs on WASM.
 *
 * @param pictures Ink that was found, 28×28 values each, with strokes of their original width.
 * @returns The probability of each that it is a digit, 0 to 1.
 * @throws {LeNetError} `backend/unavailable` when it cannot be started here.
 */
export async function judge(pictures: readonly Float32Array[]): Promise<number[]> {
  if (pictures.length === 0) return [];
  const runner = await judgeNetwork();
  const size = pictures[0].length;
  const inputs = new Float32Array(pictures.length * size);
  pictures.forEach((pixels, n) => inputs.set(pixels, n * size));
  const logits = await runner.logits(inputs, pictures.length);
  return pictures.map((_, n) => softmax(logits.subarray(2 * n, 2 * n + 2))[0]);
}

/** From these log-odds on, of its answer against all others, the reader of digits is in no doubt. */
const SURE = 8;

/** Log-odds of `digitProbability` that are taken off for each log-odd of doubt. */
const WEIGHT = 0.6;

/**
 * Combines the score of the judge with the doubt of the network that read the digit: digits of a kind that the judge has
 * not seen can often be read without doubt, other ink can not.
 *
 * @param digitProbability The judge's probability that the ink is a digit, 0 to 1.
 * @param logits The logits of the network that read it.
 * @param temperature The temperature of that network.
 * @returns The probability that the ink is a digit: the judge's, or less when there is doubt.
 */
export function weighReading(
  digitProbability: number,
  logits: ArrayLike<number>,
  temperature: number,
): number {
  const sorted = Array.from(logits, (logit) => logit / temperature).sort((a, b) => b - a);
  const [best, ...others] = sorted;
  const odds = -math.log(others.reduce((sum, other) => sum + math.exp(other - best), 0));
  const doubt = Math.max(0, SURE - odds);
  return digitProbability / (digitProbability + (1 - digitProbability) * math.exp(WEIGHT * doubt));
}
