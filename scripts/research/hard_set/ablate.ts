import { createRunner } from "../../../src/engine/backends.ts";
import { argMax } from "../../../src/engine/runner.ts";
import { checkAborted } from "../../../src/errors.ts";
import type { DigitImage } from "../../../src/image/image.ts";
import { PREPARATION_STEPS, type PreparationStep } from "../../../src/image/page.ts";
import { prepareDigit } from "../shared/prepare_digit.ts";
import { type Model, normalize } from "../../../src/model/model.ts";
import { alignColumns } from "../../../src/watch/html.ts";
import type { Trial } from "./measure.ts";
import { DRAWINGS } from "./pictures/drawing.ts";
import { HARD_KINDS } from "./pictures/hard_picture.ts";

/** The steps of the preparation that each ablation leaves out, by its name. */
export const ABLATIONS: Readonly<Record<string, readonly PreparationStep[]>> = {
  "all steps": [],
  ...Object.fromEntries(PREPARATION_STEPS.map((step) => [`no ${step}`, [step]])),
  "no step": PREPARATION_STEPS,
};

/** The kinds that are ablated: degraded pictures of one digit. */
export const ABLATED_KINDS: readonly string[] = [...HARD_KINDS, ...DRAWINGS];

/** The right answers on one kind of picture with all steps and with fewer. */
export interface AblationResult {
  readonly kind: string;
  /** The number of pictures, which are the same for each ablation. */
  readonly count: number;
  /** The number of right answers by the name of the ablation, see {@linkcode ABLATIONS}. */
  readonly right: Readonly<Record<string, number>>;
}

export interface AblationOptions {
  readonly kind: string;
  readonly count: number;
  /** Makes the picture with a number from 0 to below `count`. */
  readonly make: (number: number) => Trial;
  readonly read: StepReader;
  /** Receives the number of pictures done. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Measures each ablation on the same pictures of one kind.
 *
 * @throws {LeNetError} `aborted` when the signal is.
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

/** Formats the accuracy in percent as a table: a row for each kind, a column for each ablation. */
export function ablationTable(results: readonly AblationResult[]): string {
  const names = Object.keys(ABLATIONS);
  const rows = results.map(({ kind, count, right }) => [
    kind,
    count.toLocaleString("en-US"),
    ...names.map((name) => (100 * right[name] / count).toFixed(1)),
  ]);
  return alignColumns([["% right", "pictures", ...names], ...rows]);
}

/** Reads a picture without some of the steps; returns an empty text where no ink is found. */
type StepReader = (
  image: DigitImage,
  without: readonly PreparationStep[],
) => Promise<string>;

/**
 * Creates a reader that leaves steps out. It never refuses ink, so that the accuracy depends on the preparation alone.
 *
 * @param model A network that classifies digits of 28×28 pixels.
 * @throws {LeNetError} `backend/unavailable` when WebAssembly is not available.
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
