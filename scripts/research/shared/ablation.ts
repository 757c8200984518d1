import { answerTo } from "../../../src/classification.ts";
import { argMax, type Runner } from "../../../src/engine/runner.ts";
import { checkAborted, LeNetError } from "../../../src/errors.ts";
import type { DigitImage } from "../../../src/image/image.ts";
import {
  networkInputs,
  type PreparedInput,
  prepareInput,
} from "../../../src/image/network_input.ts";
import { PREPARATION_STEPS } from "../../../src/image/page.ts";
import type { Model } from "../../../src/model/model.ts";
import { DEFAULT_REJECT } from "../../../src/options.ts";
import { recognizePages } from "../../../src/recognition.ts";
import { alignColumns } from "../../../src/watch/html.ts";

/** The hypotheses that are left out together. */
const HYPOTHESES: Readonly<Record<string, readonly string[]>> = {
  own: ["own"],
  even: ["even"],
  erased: ["erased"],
  "even erased": ["even erased"],
  outline: ["outline"],
  inverted: ["inverted"],
  sheets: ["sheet", "even sheet"],
  colour: ["colour"],
};

/** One way to leave something out. */
interface Ablation {
  /** Hypotheses that are not made. */
  readonly hypotheses: readonly string[];
  /** Steps of the preparation that are not taken. */
  readonly steps: readonly string[];
}

/** What each ablation leaves out: nothing, each hypothesis, all but the first, each step, all steps. */
export const ABLATIONS: Readonly<Record<string, Ablation>> = {
  nothing: { hypotheses: [], steps: [] },
  ...Object.fromEntries(
    Object.entries(HYPOTHESES).map(([name, hypotheses]) => [name, { hypotheses, steps: [] }]),
  ),
  "all but own": {
    hypotheses: Object.values(HYPOTHESES).flat().filter((name) => name !== "own"),
    steps: [],
  },
  ...Object.fromEntries(
    PREPARATION_STEPS.map((step) => [step, { hypotheses: [], steps: [step] }]),
  ),
  "all steps": { hypotheses: [], steps: PREPARATION_STEPS },
};

const NAMES = Object.keys(ABLATIONS);

const [NOTHING] = NAMES;

/** A picture with the right answer. */
export interface LabelledPicture {
  readonly image: DigitImage;
  /** The digit; empty where the picture is to be refused. */
  readonly text: string;
}

/** The answers to pictures of one kind or set with everything, and with something left out. */
export interface AblationResult {
  readonly name: string;
  /** The number of pictures, which are the same for each ablation. */
  readonly count: number;
  /** The number of right answers by the name of the ablation, see {@linkcode ABLATIONS}. */
  readonly right: Readonly<Record<string, number>>;
  /** How many of the right answers with everything are wrong with the ablation. */
  readonly lost: Readonly<Record<string, number>>;
}

/** Reads a picture with each ablation; gives an empty text where there is no digit. */
export type AblationReader = (image: DigitImage) => Promise<Readonly<Record<string, string>>>;

export interface AblationOptions {
  /** The kind or the set. */
  readonly name: string;
  readonly pictures: Iterable<LabelledPicture>;
  readonly read: AblationReader;
  /** Receives the number of pictures done. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Pictures between two yields to the event loop, without which Ctrl-C is not handled. */
const YIELD_EVERY = 8;

/**
 * Measures each ablation on the same pictures.
 *
 * @throws {LeNetError} `aborted` when the signal is.
 */
export async function ablate(
  { name, pictures, read, onProgress, signal }: AblationOptions,
): Promise<AblationResult> {
  const right = Object.fromEntries(NAMES.map((ablation) => [ablation, 0]));
  const lost = { ...right };
  let count = 0;
  for (const { image, text } of pictures) {
    checkAborted(signal, "measure the ablations");
    const texts = await read(image);
    for (const ablation of NAMES) {
      if (texts[ablation] === text) right[ablation]++;
      else if (texts[NOTHING] === text) lost[ablation]++;
    }
    onProgress(++count);
    if (count % YIELD_EVERY === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  return { name, count, right, lost };
}

/**
 * Creates a reader that answers as `classifyDigit` does, once for each ablation.
 *
 * @param model The network that reads digits.
 * @param runner Runs it.
 * @returns The reader; it throws `backend/unavailable` when a network that is needed cannot be started.
 */
export function ablationReader(model: Model, runner: Runner): AblationReader {
  const { metadata: { classNames } } = model;
  const same = (text: string): Record<string, string> =>
    Object.fromEntries(NAMES.map((name) => [name, text]));
  return async (image) => {
    const { input, page } = await prepared(model, image) ?? {};
    // A picture that has the form of MNIST's is not prepared.
    if (input !== undefined) {
      return same(classNames[argMax(await runner.logits(networkInputs(model, [input]), 1))]);
    }
    if (page === undefined) return same("");
    const answer = async (without: readonly string[]) => {
      const options = { reject: DEFAULT_REJECT, without };
      const [recognition] = await recognizePages(model, runner, [page], options);
      return { text: answerTo(model, recognition, runner.backend).className ?? "", recognition };
    };
    const { text, recognition } = await answer([]);
    const made = recognition.hypotheses.map(({ hypothesis: { name } }) => name);
    const texts = same(text);
    for (const [name, { hypotheses, steps }] of Object.entries(ABLATIONS)) {
      // Without hypotheses that were not made the answer is the same.
      if (steps.length > 0 || hypotheses.some((one) => made.includes(one))) {
        texts[name] = (await answer([...hypotheses, ...steps])).text;
      }
    }
    return texts;
  };
}

/** A picture as `classifyDigit` takes it; `undefined` where it cannot be used. */
async function prepared(model: Model, image: DigitImage): Promise<PreparedInput | undefined> {
  try {
    return await prepareInput(model, image);
  } catch (error) {
    if (error instanceof LeNetError && error.code.startsWith("image/")) return undefined;
    throw error;
  }
}

/**
 * Formats the accuracy in percent as a table: a row for each kind or set, a column for each ablation. The last rows are the
 * mean, and how many answers are right only with what is left out, and only without it.
 */
export function ablationTable(results: readonly AblationResult[]): string {
  const rows = results.map(({ name, count, right }) => [
    name,
    count.toLocaleString("en-US"),
    ...NAMES.map((ablation) => (100 * right[ablation] / count).toFixed(1)),
  ]);
  const sum = (of: (result: AblationResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const means = NAMES.map((name) => sum(({ count, right }) => 100 * right[name] / count));
  const lost = NAMES.map((name) => sum((result) => result.lost[name]));
  const won = NAMES.map((name, n) => sum(({ right }) => right[name] - right[NOTHING]) + lost[n]);
  return alignColumns([
    ["% right without", "pictures", ...NAMES],
    ...rows,
    ["mean", "", ...means.map((mean) => (mean / results.length).toFixed(2))],
    ["right only with it", "", ...lost.map(String)],
    ["right only without it", "", ...won.map(String)],
  ]);
}
