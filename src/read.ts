import { answerTo, classificationOf } from "./classification.ts";
import type { Dispatcher } from "./engine/backends.ts";
import type { BackendName } from "./engine/runner.ts";
import type { DigitImage } from "./image/image.ts";
import { checkInput, networkInputs } from "./image/network_input.ts";
import { Page } from "./image/page.ts";
import { readImage } from "./image/read_image.ts";
import { areDigits, type Model } from "./model/model.ts";
import {
  checkNumber,
  checkOptionNames,
  DEFAULT_REJECT,
  type ImageLimits,
  PROBABILITY,
} from "./options.ts";
import { type ReadDigit, readLines } from "./reading/read.ts";
import { recognizePages } from "./recognition.ts";

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

/** The default of `reject` for lines: punctuation and dirt are below, right digits hardly ever. */
const DEFAULT_LINE_REJECT = 0.05;

/**
 * Reads the digits of a picture: one by itself as `classify` does, several line by line.
 *
 * @param model The network.
 * @param image The picture, in any form that is accepted.
 * @param dispatcher What runs the network.
 * @param options What is no digit, how large a picture may be.
 * @returns The digits, line by line.
 * @throws {LeNetError} `image/…` when the picture cannot be read; `option/unknown` or `option/invalid`;
 * `weights/mismatch` when the network takes no such pictures; `backend/unavailable`.
 */
export async function read(
  model: Model,
  image: DigitImage,
  dispatcher: Dispatcher,
  options: ReadOptions = {},
): Promise<Reading> {
  checkInput(model);
  checkOptionNames("read", options, READ_OPTIONS);
  const { reject = DEFAULT_LINE_REJECT, ...limits } = options;
  checkNumber("read", "reject", reject, PROBABILITY);
  const page = new Page(await readImage(image, limits, "brightness"));
  const runner = await dispatcher.runnerFor(1);
  const known = page.asMnist();
  const asReading = (digits: readonly ReadDigit[]): Reading =>
    readingOf(digits, reject, runner.backend);
  if (known !== undefined) {
    const logits = await runner.logits(networkInputs(model, [known]), 1);
    const { digit, className, confidence } = classificationOf(model, logits, runner.backend);
    return asReading([{
      digit: digit!,
      className: className!,
      confidence,
      box: page.whole,
      line: 0,
    }]);
  }
  if (!areDigits(model.metadata.classNames)) return asReading(await readLines(model, runner, page));
  const [recognition] = await recognizePages(model, runner, [page], {
    reject: DEFAULT_REJECT,
    wantsLines: true,
  });
  const { hypotheses, reason, lines = [] } = recognition;
  if (reason === null) {
    const { digit, className, confidence } = answerTo(model, recognition, runner.backend);
    const { box } = hypotheses[0].hypothesis;
    return asReading([{ digit: digit!, className: className!, confidence, box, line: 0 }]);
  }
  // What is no digit by itself is none on a line by itself.
  return asReading(lines.length > 1 ? lines : []);
}

function readingOf(all: readonly ReadDigit[], reject: number, backend: BackendName): Reading {
  const digits = all.filter(({ confidence }) => confidence >= reject);
  const lines = [...new Set(digits.map(({ line }) => line))];
  const text = lines.map((line) =>
    digits.filter((digit) => digit.line === line).map(({ className }) => className).join("")
  );
  return {
    text: text.join("\n"),
    digits: digits.map((digit) => ({ ...digit, line: lines.indexOf(digit.line) })),
    backend,
  };
}
