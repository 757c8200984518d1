import { lazyRunner } from "./engine/backends.ts";
import type { Hypothesis } from "./image/hypotheses.ts";
import * as math from "./model/math.ts";
import { modelFromModule } from "./weights/model_file.ts";

/** The class of what is not a digit, after the ten digits. */
export const NONE = 10;

/** What the decision whether ink is a digit is made from: the ink, and how it was read. */
export interface ReadInk {
  readonly hypothesis: Pick<Hypothesis, "found" | "pixels" | "box" | "name">;
  /** The logits of the network that reads digits. */
  readonly logits: ArrayLike<number>;
  /** The digit that it read: the class with the largest logit. */
  readonly digit: number;
}

const network = lazyRunner(async () => modelFromModule(await import("@x/lenet-weights/non-digit")));

/**
 * Estimates how likely ink is the digit that was read, rather than no digit. A second, small network of eleven classes,
 * the ten digits and none, sees the ink with its original strokes and with normalised ones; what it says of the digit
 * that was read, and how sure the reading is, are weighted to a calibrated probability. The network is loaded by the
 * first call, and runs on WASM.
 *
 * @param read The ink, and what the network of digits read.
 * @param temperature The temperature of that network.
 * @returns The probability of each that it is the digit, 0 to 1.
 * @throws {LeNetError} `backend/unavailable` when the network cannot be started here.
 */
export async function digitProbabilities(
  read: readonly ReadInk[],
  temperature: number,
): Promise<number[]> {
  if (read.length === 0) return [];
  const runner = await network();
  const inputs = nonDigitInputs(read.map(({ hypothesis }) => hypothesis));
  const logits = await runner.logits(inputs, read.length);
  return read.map((one, n) => {
    const own = logits.subarray((NONE + 1) * n, (NONE + 1) * (n + 1));
    const features = nonDigitFeatures(one, own, temperature);
    const logOdds = features.reduce((sum, value, i) => sum + WEIGHTS[i] * value, BIAS);
    return 1 / (1 + math.exp(-logOdds));
  });
}

/**
 * The inputs of the network of eleven classes: two channels for each ink.
 *
 * @param inks The ink as it was found, and with normalised strokes, 28×28 values each.
 * @returns The inputs, one after another.
 */
export function nonDigitInputs(
  inks: readonly Pick<Hypothesis, "found" | "pixels">[],
): Float32Array<ArrayBuffer> {
  const [{ found: { length } }] = inks;
  const inputs = new Float32Array(2 * length * inks.length);
  inks.forEach(({ found, pixels }, n) => {
    inputs.set(found, 2 * length * n);
    inputs.set(pixels, 2 * length * n + length);
  });
  return inputs;
}

/** Log-odds beyond which a network is certain: they say no more. */
const CERTAIN = 12;

/**
 * What the probability is computed from.
 *
 * @param read The ink, and what the network of digits read.
 * @param own The logits of the network of eleven classes.
 * @param temperature The temperature of the network of digits.
 * @returns The log-odds of the digit that was read against none, and against all other digits, by the network of eleven
 * classes; its log-odds by the network of digits; whether the ink was found on a sheet, inverted, or with lines erased; the
 * binary logarithm of its length in pixels.
 */
export function nonDigitFeatures(
  { hypothesis: { name, box }, logits, digit }: ReadInk,
  own: ArrayLike<number>,
  temperature: number,
): number[] {
  return [
    logOdds(own, digit, 1, [NONE]),
    logOdds(own, digit, 1, OTHERS[digit]),
    logOdds(logits, digit, temperature, OTHERS[digit]),
    name.includes("sheet") ? 1 : 0,
    name === "inverted" ? 1 : 0,
    name.includes("erased") ? 1 : 0,
    math.log(Math.min(LARGE, Math.max(SMALL, box.width, box.height))) / math.log(2),
  ];
}

/** Beyond these lengths in pixels, size says no more of ink. */
const [SMALL, LARGE] = [4, 64];

/** For each digit all others. */
const OTHERS = Array.from(
  { length: NONE },
  (_, digit) => Array.from({ length: NONE }, (_, other) => other).filter((c) => c !== digit),
);

/** The log-odds of a class against others, at most {@linkcode CERTAIN} either way. */
function logOdds(
  logits: ArrayLike<number>,
  digit: number,
  temperature: number,
  others: readonly number[],
): number {
  let sum = 0;
  const most = Math.max(...others.map((other) => logits[other]));
  for (const other of others) sum += math.exp((logits[other] - most) / temperature);
  const odds = (logits[digit] - most) / temperature - math.log(sum);
  return Math.min(CERTAIN, Math.max(-CERTAIN, odds));
}

/** The calibration, which `deno task train:non-digit` prints: the weight of each feature, and the constant. */
const WEIGHTS: readonly number[] = [0.827, -0.239, 0.181, -1.988, -1.723, -0.395, -0.439];

const BIAS = 2.337;
