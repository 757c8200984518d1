import type { Trial } from "./measure.ts";
import { DRAWINGS } from "./pictures/drawing.ts";
import { HARD_KINDS } from "./pictures/hard_picture.ts";
import { createRunner } from "../../../src/engine/backends.ts";
import { argMax } from "../../../src/engine/runner.ts";
import { checkAborted } from "../../../src/errors.ts";
import type { DigitImage } from "../../../src/image/image.ts";
import { PREPARATION_STEPS, type PreparationStep } from "../../../src/image/ink/steps.ts";
import { prepareDigit } from "../../../src/image/prepare.ts";
import { type Model, normalize } from "../../../src/model/model.ts";
import { alignColumns } from "../../../src/watch/html.ts";

/** Which steps of the preparation are left out, by name. */
export const ABLATIONS: Readonly<Record<string, readonly PreparationStep[]>> = {
  "all steps": [],
  ...Object.fromEntries(PREPARATION_STEPS.map((step) => [`no ${step}`, [step]])),
  "no step": PREPARATION_STEPS,
};

/** What is read with and without the steps: pictures of one digit that something is wrong with. */
export const ABLATED_KINDS: readonly string[] = [...HARD_KINDS, ...DRAWINGS];

/** How many pictures of one kind were read rightly, with all steps and with fewer. */
export interface AblationResult {
  readonly kind: string;
  /** How many pictures there were; the same ones each time. */
  readonly count: number;
  /** How many of them were read rightly, by the names of {@linkcode ABLATIONS}. */
  readonly right: Readonly<Record<string, number>>;
}

/** What {@linkcode ablateKind} is given. */
export interface AblationOptions {
  readonly kind: string;
  readonly count: number;
  /** Makes one picture after another. */
  readonly make: (number: number) => Trial;
  /** Reads a picture without some of the steps. */
  readonly read: StepReader;
  /** Told how many are done. */
  readonly onProgress: (done: number) => void;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/**
 * Has pictures of one kind read with all steps of the preparation, without each of them, and without any.
 *
 * @param options The pictures, and what reads them.
 * @returns What it came to.
 * @throws {LeNetError} `aborted` when the signal ends it.
 */
export async function ablateKind(options: AblationOptions): Promise<AblationResult> {
  const { kind, count, make, read, onProgress, signal } = options;
  const right = Object.fromEntries(Object.keys(ABLATIONS).map((name) => [name, 0]));
  for (let number = 0; number < count; number++) {
    checkAborted(signal, "measure the steps");
    const { image, text } = make(number);
    for (const [name, without] of Object.entries(ABLATIONS)) {
      if (await read(image, without) === text) right[name]++;
    }
    onProgress(number + 1);
  }
  return { kind, count, right };
}

/**
 * What the steps of the preparation are good for, for people.
 *
 * @param results What each kind of picture came to.
 * @returns A table, a line for each kind: how many are read rightly, in percent, with all steps and with fewer.
 */
export function ablationTable(results: readonly AblationResult[]): string {
  const names = Object.keys(ABLATIONS);
  const rows = results.map(({ kind, count, right }) => [
    kind,
    count.toLocaleString("en-US"),
    ...names.map((name) => (100 * right[name] / count).toFixed(1)),
  ]);
  return alignColumns([["% right", "pictures", ...names], ...rows]);
}

/** Reads a picture without some of the steps; no text where there is no ink. */
type StepReader = (
  image: DigitImage,
  without: readonly PreparationStep[],
) => Promise<string>;

/**
 * What reads pictures with steps of the preparation left out. Whatever has ink is taken for a digit: nobody judges
 * whether it is one, so that only the steps make a difference.
 *
 * @param model A network that reads digits of 28×28 pixels.
 * @returns What reads them.
 * @throws {LeNetError} `backend/unavailable` when the network cannot be started here.
 */
export async function stepReaderOf(
  { architecture, parameters, metadata }: Model,
): Promise<StepReader> {
  const runner = await createRunner("wasm", architecture, parameters);
  return async (image, without) => {
    const { pixels, hasInk } = await prepareDigit(image, undefined, { without });
    if (!hasInk) return "";
    normalize(pixels, architecture.input, metadata.normalization);
    return metadata.classNames[argMax(await runner.logits(pixels, 1))];
  };
}
