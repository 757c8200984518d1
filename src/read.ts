import type { Dispatcher } from "./engine/dispatcher.ts";
import type { BackendName } from "./engine/runner.ts";
import { argMax, softmax } from "./engine/softmax.ts";
import type { Box } from "./image/box.ts";
import { checkInput } from "./image/check_input.ts";
import { DIGIT_SIDE } from "./image/digit_frame.ts";
import type { DigitImage } from "./image/digit_image.ts";
import { frameDigit } from "./image/frame_digit.ts";
import { LazyGrey } from "./image/lazy_grey.ts";
import type { ImageLimits } from "./image/limits.ts";
import { normalize } from "./image/normalize.ts";
import { readImage } from "./image/read_image.ts";
import { toBytes } from "./image/value_scales.ts";
import type { Model } from "./model/model.ts";
import { sizeOf } from "./model/shapes.ts";
import { bestPath } from "./read/best_path.ts";
import { findCuts } from "./read/find_cuts.ts";
import { findWriting } from "./read/find_writing.ts";
import { groupLines } from "./read/group_lines.ts";
import { inkGroups } from "./read/ink_group.ts";
import { type LevelInk, levelInk } from "./read/level_ink.ts";
import { segmentScore } from "./read/segment_score.ts";
import { listSegments, type Part, prepareSegment, type Segment } from "./read/segments.ts";
import { strokeWidth } from "./image/stroke_width.ts";

export interface ReadDigit {
  readonly digit: number;
  readonly className: string;
  readonly confidence: number;
  readonly box: Box;
  readonly line: number;
}

export interface Reading {
  readonly text: string;
  readonly digits: readonly ReadDigit[];
  readonly backend: BackendName;
}

/** How pictures of digits are read. */
export type ReadOptions = ImageLimits;

// deno-lint-ignore no-explicit-any
export const hook: { onLine?: (...args: any[]) => void } = {};

export async function read(
  model: Model,
  image: DigitImage,
  dispatcher: Dispatcher,
  options: ReadOptions = {},
): Promise<Reading> {
  checkInput(model);
  const pixels = await readImage(image, options);
  const { width, height } = pixels;
  const grey = pixels.channels === 4
    ? new LazyGrey(pixels)
    : { data: toBytes(pixels.data), width, height };
  const writing = findWriting(grey);
  const runner = await dispatcher.runnerFor(1);
  const texts: string[] = [];
  const digits: ReadDigit[] = [];
  if (writing !== undefined) {
    const ink = levelInk(writing);
    const stroke = Math.max(1, strokeWidth(ink.map));
    for (const line of groupLines(ink.pieces, ink.height)) {
      const parts: Part[] = [];
      for (const group of inkGroups(ink, line)) {
        const cuts = findCuts(group, ink.height, stroke);
        for (let i = 0; i <= cuts.length; i++) {
          parts.push({ group, left: cuts[i - 1], right: cuts[i] });
        }
      }
      const segments = listSegments(parts, ink.height, ink.edge);
      if (segments.length === 0) continue;
      const inputs = inputsOf(model, segments);
      const logits = await runner.logits(inputs, segments.length);
      const { classes } = model.architecture;
      const steps = segments.map((segment, i) => {
        const own = logits.subarray(i * classes, (i + 1) * classes);
        const score = segmentScore(segment, own, { height: ink.height, stroke });
        return { first: segment.first, last: segment.last, score, segment, own };
      });
      const path = bestPath(steps, parts.length);
      hook.onLine?.({ ink, stroke, parts, steps, path, writing });
      let text = "";
      for (const { segment, own } of path) {
        const probabilities = softmax(own, model.metadata.temperature);
        const digit = argMax(probabilities);
        const className = model.metadata.classNames[digit];
        text += className;
        digits.push({
          digit,
          className,
          confidence: probabilities[digit],
          box: boxInPicture(segment, ink),
          line: texts.length,
        });
      }
      texts.push(text);
    }
  }
  return { text: texts.join("\n"), digits, backend: runner.backend };
}

function inputsOf(model: Model, segments: readonly Segment[]): Float32Array {
  const { input } = model.architecture;
  const size = sizeOf(input);
  const inputs = new Float32Array(segments.length * size);
  for (const [i, segment] of segments.entries()) {
    const pixels = prepareSegment(segment);
    inputs.set(size === DIGIT_SIDE ** 2 ? pixels : frameDigit(pixels, input), i * size);
  }
  normalize(inputs, input, model.metadata.normalization);
  return inputs;
}

function boxInPicture({ found: { box }, x, y }: Segment, { inPicture }: LevelInk): Box {
  const [l, t] = inPicture(x + box.x, y + box.y);
  const [r, b] = inPicture(x + box.x + box.width, y + box.y + box.height);
  return {
    x: Math.round(l),
    y: Math.round(t),
    width: Math.round(r - l),
    height: Math.round(b - t),
  };
}
