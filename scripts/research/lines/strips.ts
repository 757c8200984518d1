import { LINE_HEIGHT, LINE_STEP } from "./line_images.ts";
import { NO_LABEL } from "../../../src/engine/trainer.ts";
import type { Random } from "../../../src/model/random.ts";
import type { LabelledLine } from "./line_dataset.ts";

/** The steps of a strip. */
export const STRIP_STEPS = 64;

/** The width of a strip, in pixels. */
export const STRIP_WIDTH: number = LINE_HEIGHT + LINE_STEP * (STRIP_STEPS - 1);

/** The most digits of a strip: each needs a step, and equal ones in a row a blank between them. */
const MAX_DIGITS = STRIP_STEPS / 2;

/** How far a line is moved up or down at most, in pixels. */
const SHIFT = 2;

/** How many pixels of the margins of two lines in a row may be taken away. */
const MAX_OVERLAP = 24;

/**
 * Lays lines side by side on strips of one width, as many as there is room for.
 *
 * @param lines The lines, none wider than a strip.
 * @param count The number of strips.
 * @param random Decides which lines, and where.
 * @returns `inputs`: the strips one after another, 0 to 1; `labels`: for each strip the digits of its lines, filled up to
 * its steps.
 */
export function makeStrips(
  lines: readonly LabelledLine[],
  count: number,
  random: Random,
): { readonly inputs: Float32Array<ArrayBuffer>; readonly labels: Uint8Array } {
  const inputs = new Float32Array(count * LINE_HEIGHT * STRIP_WIDTH);
  const labels = new Uint8Array(count * STRIP_STEPS).fill(NO_LABEL);
  const draw = (): LabelledLine => lines[random.integer(lines.length)];
  let line = draw();
  for (let n = 0; n < count; n++) {
    const strip = inputs.subarray(
      n * LINE_HEIGHT * STRIP_WIDTH,
      (n + 1) * LINE_HEIGHT * STRIP_WIDTH,
    );
    const own = labels.subarray(n * STRIP_STEPS, (n + 1) * STRIP_STEPS);
    let [x, digits] = [0, 0];
    // The one for which there is no room begins the next strip, or long lines would be rare.
    while (x + line.width <= STRIP_WIDTH && digits + line.text.length <= MAX_DIGITS) {
      addLine(strip, line, x, random);
      for (const digit of line.text) own[digits++] = Number(digit);
      x += line.width - random.integer(MAX_OVERLAP + 1);
      line = draw();
    }
  }
  return { inputs, labels };
}

/** Adds a line to a strip, somewhat higher or lower, with more or less ink. */
function addLine(
  strip: Float32Array,
  { pixels, width }: LabelledLine,
  left: number,
  random: Random,
): void {
  const down = random.integer(2 * SHIFT + 1) - SHIFT;
  const gain = random.uniform(0.85, 1.1);
  for (let y = Math.max(0, down); y < Math.min(LINE_HEIGHT, LINE_HEIGHT + down); y++) {
    const from = (y - down) * width;
    const to = y * STRIP_WIDTH + left;
    for (let x = 0; x < width; x++) {
      const ink = Math.min(1, gain * pixels[from + x] / 255);
      if (ink > strip[to + x]) strip[to + x] = ink;
    }
  }
}
