import type { Dispatcher } from "./engine/dispatcher.ts";
import type { BackendName } from "./engine/runner.ts";
import type { Box } from "./image/box.ts";
import { checkInput } from "./image/check_input.ts";
import { DIGIT_SIDE } from "./image/digit_frame.ts";
import type { DigitImage } from "./image/digit_image.ts";
import { frameDigit } from "./image/frame_digit.ts";
import type { ImageLimits } from "./image/limits.ts";
import { normalize } from "./image/normalize.ts";
import { readImage } from "./image/read_image.ts";
import { LeNetError } from "./model/error.ts";
import type { Model } from "./model/model.ts";
import { checkOptionNames } from "./model/options.ts";
import { areDigits } from "./model/are_digits.ts";
import { sizeOf } from "./model/shapes.ts";
import { bestPath } from "./read/best_path.ts";
import { labelDigit } from "./read/label_digit.ts";
import { latticesOf } from "./read/lattice.ts";
import type { LevelInk } from "./read/level_ink.ts";
import { likelyDigits } from "./read/likely_digits.ts";
import { prepareSegment, type Segment } from "./read/segments.ts";
import { findWholeDigits } from "./read/whole_digit.ts";

/** One digit of a line. */
export interface ReadDigit {
  /** The number of the class, which for a network of digits is the digit. */
  readonly digit: number;
  /** Its name, such as `7`. */
  readonly className: string;
  /** How sure it is that this is one whole digit, and this one, 0 to 1. */
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
export interface ReadOptions extends ImageLimits {
  /** What is a digit with less confidence than this is none, and left out: 0 to 1, default 0.05. */
  readonly reject?: number;
}

const READ_OPTIONS: readonly (keyof ReadOptions)[] = ["reject", "maxBytes", "maxPixels"];

/** Punctuation and dirt are below, right digits hardly ever. */
const DEFAULT_REJECT = 0.05;

/**
 * Reads lines of digits: takes the ink apart where digits may end, runs the network on every part and on neighbours
 * joined, and takes the way through a line that fits best (LeCun et al., 1998, section VIII).
 *
 * @param model The network.
 * @param image The picture, in any form that is accepted.
 * @param dispatcher What runs the network.
 * @param options What is no digit, how large a picture may be.
 * @returns The digits, line by line.
 * @throws {LeNetError} `image/…` when the picture cannot be read; `option/unknown` or `option/invalid`; `weights/mismatch` when the network takes no such
 * pictures; `backend/unavailable`.
 */
export async function read(
  model: Model,
  image: DigitImage,
  dispatcher: Dispatcher,
  options: ReadOptions = {},
): Promise<Reading> {
  checkInput(model);
  checkOptionNames("read", options, READ_OPTIONS);
  const { reject = DEFAULT_REJECT, ...limits } = options;
  if (!(reject >= 0 && reject <= 1)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot read: reject is ${reject}, expected a number from 0 to 1`,
    );
  }
  const lattices = latticesOf(await readImage(image, limits));
  const runner = await dispatcher.runnerFor(1);
  const { architecture: { classes }, metadata: { classNames, temperature } } = model;
  const hasDigits = areDigits(classNames);
  const texts: string[] = [];
  const found: ReadDigit[] = [];
  for (const lattice of lattices) {
    const candidates = likelyDigits(await findWholeDigits(lattice), lattice.places);
    if (candidates.length === 0) continue;
    const inputs = inputsOf(model, candidates.map(({ segment }) => segment));
    const logits = await runner.logits(inputs, candidates.length);
    const steps = candidates.map(({ segment, odds, digits }, n) => {
      const own = logits.subarray(n * classes, (n + 1) * classes).map((logit) =>
        logit / temperature
      );
      const { first, last, leftCost, rightCost } = segment;
      const isCut = leftCost > 0 || rightCost > 0;
      const label = labelDigit(own, isCut, hasDigits ? digits : undefined);
      const score = odds + Math.log(label.probability);
      return { first, last, score, segment, odds, ...label };
    });
    let text = "";
    for (const { segment, odds, digit, probability } of bestPath(steps, lattice.places)) {
      const confidence = probability / (1 + Math.exp(-odds));
      if (confidence < reject) continue;
      text += classNames[digit];
      found.push({
        digit,
        className: classNames[digit],
        confidence,
        box: boxInPicture(segment, lattice.ink),
        line: texts.length,
      });
    }
    if (text !== "") texts.push(text);
  }
  return { text: texts.join("\n"), digits: found, backend: runner.backend };
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
