import type { Dispatcher } from "./engine/backends.ts";
import { argMax, type BackendName, type Runner, softmax } from "./engine/runner.ts";
import type { DigitImage } from "./image/image.ts";
import {
  checkInput,
  networkInputs,
  type PreparedInput,
  prepareInput,
} from "./image/network_input.ts";
import type { Page, PreparationPicture } from "./image/page.ts";
import { captureImage } from "./image/read_image.ts";
import type { Model } from "./model/model.ts";
import {
  checkNumber,
  checkOptionNames,
  DEFAULT_REJECT,
  type ImageLimits,
  PROBABILITY,
  resolveLimits,
} from "./options.ts";
import type { NoDigitReason, Recognition } from "./recognition.ts";

export type { NoDigitReason };

/** The answer of a network to one picture. */
export interface Classification {
  /** The index of the class, which for a network of digits is the digit; null when there is none. */
  readonly digit: number | null;
  /** The name of the class, such as `7` or `ship`; null when there is no digit. */
  readonly className: string | null;
  /**
   * Why there is no digit; null when there is one. `no-ink`: nothing stands out. `too-faint`: what stands out is less than
   * a fiftieth of the scale; more light or a darker pen helps. `too-small`: the ink is less than 6 pixels long; a picture
   * with more pixels helps. `not-a-digit`: `digitProbability` is below `reject`. `several-digits`: `readDigits` reads them.
   */
  readonly reason: NoDigitReason | null;
  /** The number of digits; with the reason `several-digits` alone. */
  readonly count?: number;
  /** The largest of the probabilities, 0 to 1; 0 when there is no digit. */
  readonly confidence: number;
  /** One probability for each class, as if there were a digit; all 0 when the picture has no ink. */
  readonly probabilities: readonly number[];
  /**
   * The probability that the ink is a digit at all, 0 to 1, calibrated. Null where it was not estimated: for pictures that
   * are laid out as MNIST's are (in a square, the ink 20 of 28 parts long, its centre of mass in the middle), for networks
   * whose classes are not the ten digits, and where there is no ink.
   */
  readonly digitProbability: number | null;
  /** Where the answer was computed; `reference`, plain loops, only where WebAssembly has no SIMD. */
  readonly backend: BackendName;
  /** With `explain`: the picture in each step of its preparation; the last one is the input of the network. */
  readonly steps?: readonly PreparationPicture[];
  /**
   * With `explain`: the ways in which ink was found, and what each was read as, the most likely digit first. The answer is
   * that of the first, and so are its `steps`. A picture that leaves no doubt has one.
   */
  readonly hypotheses?: readonly ExplainedHypothesis[];
}

/** One way to find the ink of a digit, and what it was read as. */
export interface ExplainedHypothesis {
  /**
   * The way: `own` is one threshold for the whole picture, `even` after the illumination was corrected, `erased` without
   * straight lines, `outline` without what surrounds the digit, `inverted` with ink and background exchanged, `sheet` on
   * a part of the picture, `colour` by what differs in colour alone. More may come.
   */
  readonly name: string;
  /** The class with the largest probability. */
  readonly digit: number;
  /** The probability that this ink is a digit, as in {@linkcode Classification}. */
  readonly digitProbability: number | null;
  /** The picture in each step after its brightness; the last one is the input of the network. */
  readonly steps: readonly PreparationPicture[];
}

/** How pictures are classified. */
export interface PictureOptions extends ImageLimits {
  /**
   * The threshold of `digitProbability`, 0 to 1, default 0.5: ink that is less likely a digit is none. A higher threshold
   * rejects more; 0 accepts all ink as one digit.
   */
  readonly reject?: number;
  /** Whether answers have the `steps` of the preparation and all `hypotheses` of the ink; default false. */
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

/** The most pixels that are in memory at once, but for a picture that has more by itself. */
const MAX_BATCH_PIXELS = 4_000_000;

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
  const wanted = model.metadata.preparation === "picture" ? "colour" : "brightness";
  const all = Array.from(images, (image) => captureImage(image, limits, wanted));
  checkInput(model);
  const runner = await dispatcher.runnerFor(all.length);
  const classifications: Classification[] = [];
  for (let at = 0; at < all.length;) {
    const batch: PreparedInput[] = [];
    for (
      let pixels = 0;
      at < all.length && batch.length < MAX_BATCH && pixels < MAX_BATCH_PIXELS;
    ) {
      const prepared = await prepareInput(model, all[at++], limits, explain);
      batch.push(prepared);
      pixels += prepared.page?.pixels ?? 0;
    }
    classifications.push(...await classifyBatch(model, runner, batch, { reject, explain }));
  }
  return classifications;
}

async function classifyBatch(
  model: Model,
  runner: Runner,
  batch: readonly PreparedInput[],
  options: { readonly reject: number; readonly explain: boolean },
): Promise<Classification[]> {
  const { classes } = model.architecture;
  const inputs = batch.flatMap(({ input }) => input ?? []);
  const logits = inputs.length === 0
    ? new Float32Array()
    : await runner.logits(networkInputs(model, inputs), inputs.length);
  const pages = batch.flatMap(({ page }) => page ?? []);
  const recognitions = pages.length === 0
    ? []
    : await (await import("./recognition.ts")).recognizePages(model, runner, pages, options);
  let [direct, found] = [0, 0];
  const answers = batch.map(({ page, steps }) => {
    if (page !== undefined) {
      const answer = answerTo(model, recognitions[found++], runner.backend);
      return options.explain ? explained(answer, page, recognitions[found - 1]) : answer;
    }
    const own = logits.subarray(direct * classes, ++direct * classes);
    return { ...classificationOf(model, own, runner.backend), ...(steps && { steps }) };
  });
  for (const page of pages) page.release();
  return answers;
}

/**
 * The answer to a page.
 *
 * @param model The network.
 * @param recognition What was recognised.
 * @param backend Where it was computed.
 * @returns The answer.
 */
export function answerTo(
  model: Model,
  { hypotheses, reason, count }: Recognition,
  backend: BackendName,
): Classification {
  if (hypotheses.length === 0) {
    return {
      ...NOTHING,
      reason,
      probabilities: new Array<number>(model.architecture.classes).fill(0),
      backend,
    };
  }
  const [{ logits, digitProbability }] = hypotheses;
  const answer = { ...classificationOf(model, logits, backend), digitProbability };
  if (reason === null) return answer;
  const { digit, className, confidence } = NOTHING;
  return { ...answer, digit, className, confidence, reason, ...(count !== undefined && { count }) };
}

const NOTHING = { digit: null, className: null, confidence: 0, digitProbability: null } as const;

function explained(
  answer: Classification,
  page: Page,
  { hypotheses }: Recognition,
): Classification {
  const brightness = page.brightness();
  const [best] = hypotheses;
  return {
    ...answer,
    steps: [brightness, ...best?.hypothesis.steps ?? []],
    hypotheses: hypotheses.map(({ hypothesis: { name, steps = [] }, digit, digitProbability }) => ({
      name,
      digit,
      digitProbability,
      steps,
    })),
  };
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
