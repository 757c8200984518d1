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

/** One digit of a line. */
export interface ReadDigit {
  /** The number of the class, which for a network of digits is the digit. */
  readonly digit: number;
  /** Its name, such as `7`. */
  readonly className: string;
  /** How sure the network is, 0 to 1. */
  readonly confidence: number;
  /** Where in the picture it is, in pixels. */
  readonly box: Box;
  /** On which line it stands, from 0 at the top. */
  readonly line: number;
}

/** What stands in a picture. */
export interface Reading {
  /** The digits in order; lines are apart by `\n`. */
  readonly text: string;
  /** The same digits one by one. */
  readonly digits: readonly ReadDigit[];
  /** Where it was computed. */
  readonly backend: BackendName;
}

/** How pictures of digits are read. */
export type ReadOptions = ImageLimits;

/**
 * Reads lines of digits: takes the ink apart where digits may end, runs the network on every part and on neighbours
 * joined, and takes the way through a line that fits best (LeCun et al., 1998, section VIII).
 *
 * @param model The network.
 * @param image The picture, in any form that is accepted.
 * @param dispatcher What runs the network.
 * @param options How large a picture may be.
 * @returns The digits, line by line.
 * @throws {LeNetError} `image/…` when the picture cannot be read; `weights/mismatch` when the network takes no such
 * pictures; `backend/unavailable`.
 */
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
