import { checkAborted } from "../../src/data/abort.ts";
import { PREPARATION_STEPS, type PreparationStep } from "../../src/image/preparation_step.ts";
import { DRAWINGS } from "./drawing.ts";
import { HARD_KINDS } from "./hard_picture.ts";
import type { StepReader } from "./step_reader.ts";
import type { Trial } from "./trial.ts";

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
