import { createRunner } from "../engine/backends.ts";
import type { LineLogits } from "../engine/ctc.ts";
import type { Runner } from "../engine/runner.ts";
import { type SlidingNetwork, slidingNetwork } from "../engine/sliding.ts";
import { checkAborted } from "../errors.ts";
import type { InkMap } from "../image/image.ts";
import type { Model, Normalization } from "../model/model.ts";
import { normalize } from "../model/model.ts";
import { memoizeAsync } from "../packages.ts";
import { modelFromModule } from "../weights/model_file.ts";
import { LINE_HEIGHT, LINE_STEP } from "./line_images.ts";

/** The classes of the line network: ten digits, and the blank. */
export const LINE_CLASSES = 11;

/** The numbers of steps that are computed at once: long lines in parts, short ones without much that is empty. */
const PART_STEPS = [64, 16] as const;

/** A part longer than this is computed with the larger number of steps. */
const SHORT = 40;

/** The most parts in a batch. */
const MAX_BATCH = 16;

/** The line network for parts of some number of steps. */
interface Part {
  readonly steps: number;
  readonly width: number;
  readonly normalization: Normalization;
  readonly runner: Runner;
}

const parts = memoizeAsync(async (): Promise<Part[]> => {
  const model = modelFromModule(await import("@x/lenet-weights/line"));
  return await Promise.all(PART_STEPS.map(async (steps) => {
    const width = LINE_HEIGHT + LINE_STEP * (steps - 1);
    const { architecture, parameters } = slideOverLine(model, width);
    const runner = await createRunner("wasm", architecture, parameters);
    return { steps, width, normalization: model.metadata.normalization, runner };
  }));
});

/**
 * Slides the network over a line: its window is as wide as the line is high.
 *
 * @param model The line network, which takes one window.
 * @param width The width of the line, in pixels.
 * @returns The network for the line. Its logits are those of all steps, class by class.
 */
export function slideOverLine(
  { architecture, parameters }: Pick<Model, "architecture" | "parameters">,
  width: number,
): SlidingNetwork {
  // The network has no padding and no layer that tells the places of its window apart.
  return slidingNetwork(architecture, parameters, [LINE_HEIGHT, width]) as SlidingNetwork;
}

/** The number of steps of a line image. */
export function stepsOf(width: number): number {
  return Math.max(1, Math.ceil((width - LINE_HEIGHT) / LINE_STEP) + 1);
}

/**
 * Computes the logits of lines by the line network, a LeNet slid over each (LeCun et al., 1998, section VII). It is loaded
 * with the first line.
 *
 * @param lines The line images.
 * @param signal Stops it.
 * @returns The logits of each line: a step every {@linkcode LINE_STEP} pixels.
 * @throws {LeNetError} `backend/unavailable` when the network cannot be started here; `aborted`.
 */
export async function lineLogits(
  lines: readonly InkMap[],
  signal?: AbortSignal,
): Promise<LineLogits[]> {
  if (lines.length === 0) return [];
  const [long, short] = await parts();
  const logits = lines.map(({ width }): LineLogits => {
    const steps = stepsOf(width);
    return { values: new Float32Array(LINE_CLASSES * steps), classes: LINE_CLASSES, steps };
  });
  const waiting = new Map<Part, { line: number; first: number }[]>([[long, []], [short, []]]);
  for (const [line, { steps }] of logits.entries()) {
    for (let first = 0; first < steps;) {
      const part = steps - first > SHORT ? long : short;
      waiting.get(part)!.push({ line, first });
      first += part.steps;
    }
  }
  for (const [part, places] of waiting) {
    for (let at = 0; at < places.length; at += MAX_BATCH) {
      checkAborted(signal, "read");
      const some = places.slice(at, at + MAX_BATCH);
      const inputs = new Float32Array(some.length * LINE_HEIGHT * part.width);
      some.forEach(({ line, first }, n) => {
        const own = inputs.subarray(n * LINE_HEIGHT * part.width);
        copyColumns(lines[line], first * LINE_STEP, own, part.width);
      });
      normalize(inputs, [1, LINE_HEIGHT, part.width], part.normalization);
      const found = await part.runner.logits(inputs, some.length);
      some.forEach(({ line, first }, n) => {
        const { values, steps } = logits[line];
        const count = Math.min(part.steps, steps - first);
        for (let k = 0; k < LINE_CLASSES; k++) {
          const from = (n * LINE_CLASSES + k) * part.steps;
          values.set(found.subarray(from, from + count), k * steps + first);
        }
      });
    }
  }
  return logits;
}

/** Copies columns of a line image; what is beyond it is empty. */
function copyColumns(
  { data, width }: InkMap,
  first: number,
  to: Float32Array,
  columns: number,
): void {
  const count = Math.min(columns, width - first);
  for (let y = 0; y < LINE_HEIGHT; y++) {
    const from = y * width + first;
    to.set(data.subarray(from, from + count), y * columns);
  }
}
