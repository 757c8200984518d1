import type { LineLogits } from "../engine/ctc.ts";
import { LeNetError, reasonOf } from "../errors.ts";
import { invalidOption } from "../options.ts";
import { type Candidate, decode } from "./decode.ts";

/** What is known of a line before it is read. The best reading is taken that fits all of it. */
export interface LineConstraints {
  /** The number of digits, or the least and the most: whole numbers from 1 to 1,000. */
  readonly length?: number | readonly [least: number, most: number];
  /** What the whole text of a line matches, such as `/4\d{15}/`. The flags `g` and `y` are not accepted. */
  readonly pattern?: RegExp;
  /** Whether a text may be right, such as by its check digit. It is called with likely texts, the likeliest first. */
  readonly accept?: (text: string) => boolean;
}

/** The names of the options of {@linkcode LineConstraints}. */
export const LINE_CONSTRAINTS: readonly (keyof LineConstraints)[] = ["length", "pattern", "accept"];

/** Constraints that were checked. */
export interface Constraints {
  /** The least and the most digits. */
  readonly least: number;
  readonly most: number;
  /** Whether a text of so many digits fits; by default as many as it has characters. */
  readonly fits: (text: string, digits?: number) => boolean;
}

/** More digits than this are on no line that has a known length. */
const MAX_LENGTH = 1000;

/**
 * Checks constraints.
 *
 * @param constraints What the caller gave.
 * @returns The constraints; nothing where there are none.
 * @throws {LeNetError} `option/invalid` for the first that is none.
 */
export function resolveConstraints(
  { length, pattern, accept }: LineConstraints,
): Constraints | undefined {
  if (length === undefined && pattern === undefined && accept === undefined) return undefined;
  const [least, most] = length === undefined ? [0, Infinity] : lengthsOf(length);
  const isWhole = pattern === undefined ? undefined : wholePattern(pattern);
  if (accept !== undefined && typeof accept !== "function") {
    throw invalidOption("read", "accept", accept, "a function");
  }
  return {
    least,
    most,
    fits: (text, digits = text.length) =>
      digits >= least && digits <= most && (isWhole?.test(text) ?? true) &&
      (accept === undefined || isAccepted(accept, text)),
  };
}

function lengthsOf(length: NonNullable<LineConstraints["length"]>): readonly [number, number] {
  const isLength = (value: unknown): boolean =>
    Number.isInteger(value) && value as number >= 1 && value as number <= MAX_LENGTH;
  if (typeof length === "number" && isLength(length)) return [length, length];
  const isRange = Array.isArray(length) && length.length === 2 && length.every(isLength) &&
    length[0] <= length[1];
  if (isRange) return [length[0], length[1]];
  const expected =
    `a whole number from 1 to ${MAX_LENGTH}, or the least and the most such as [4, 6]`;
  throw invalidOption("read", "length", length, expected);
}

function wholePattern(pattern: RegExp): RegExp {
  if (Object.prototype.toString.call(pattern) !== "[object RegExp]") {
    throw invalidOption("read", "pattern", pattern, "a regular expression such as /4\\d{15}/");
  }
  const { source, flags } = pattern;
  if (/[gy]/.test(flags)) {
    throw invalidOption("read", "pattern", `/${source}/${flags}`, "one without the flags g and y");
  }
  return new RegExp(`^(?:${source})$`, flags);
}

function isAccepted(accept: (text: string) => boolean, text: string): boolean {
  let isGood: unknown;
  try {
    isGood = accept(text);
  } catch (cause) {
    throw new LeNetError(
      "option/invalid",
      `Cannot read: accept threw for ${text} (${reasonOf(cause)}), expected true or false`,
      { cause },
    );
  }
  if (typeof isGood !== "boolean") {
    throw invalidOption("read", "what accept returns", isGood, "true or false");
  }
  return isGood;
}

/** How many texts are followed where nothing is known of the line. */
const BEAM = 8;

/** How many texts of each length are followed until one fits. */
const BEAMS = [8, 40, 200] as const;

/**
 * Finds the most likely texts of a line that fit what is known of it.
 *
 * @param logs The logarithms of the probabilities of each step.
 * @param constraints What is known of the line, if anything.
 * @returns The texts, most likely first; none where no likely text fits.
 * @throws {LeNetError} `option/invalid` when `accept` throws, or returns neither true nor false.
 */
export function fittingTexts(logs: LineLogits, constraints?: Constraints): Candidate[] {
  if (constraints === undefined) return decode(logs, { beam: BEAM });
  const known = new Map<string, boolean>();
  const fits = ({ text }: Candidate): boolean => {
    const key = text.join("");
    let isFit = known.get(key);
    if (isFit === undefined) known.set(key, isFit = constraints.fits(key));
    return isFit;
  };
  for (const beam of BEAMS) {
    const found = decode(logs, { beam, maxLength: constraints.most, byLength: true }).filter(fits);
    if (found.length > 0) return found;
  }
  return [];
}
