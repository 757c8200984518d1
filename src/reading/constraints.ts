import { type Candidate, decode, type LineLogits } from "../engine/ctc.ts";
import { excerpt, LeNetError, reasonOf, shown } from "../errors.ts";
import { invalidOption } from "../options.ts";

/** What is known of a line before it is read. The best reading is taken that fits all of it. */
export interface LineConstraints {
  /** The number of digits, or the least and the most: whole numbers from 1 to 1,000. */
  readonly length?: number | readonly [least: number, most: number];
  /**
   * What the whole text of a line matches, which has digits alone, such as `/4\d{15}/`. The flags `g` and `y` are not
   * accepted.
   */
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

/** How many texts are followed until one fits: of each length, where the most digits are known. */
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
    if (text.length === 0) return false;
    const key = text.join("");
    let isFit = known.get(key);
    if (isFit === undefined) known.set(key, isFit = constraints.fits(key));
    return isFit;
  };
  const { most } = constraints;
  for (const beam of BEAMS) {
    // Without a known length there are as many lengths as digits: texts of all lengths share the beam.
    const byLength = Number.isFinite(most);
    const found = decode(logs, { beam, maxLength: most, byLength }).filter(fits);
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * The numbers of digits that a text states.
 *
 * @param action What they are for; it follows "Cannot ".
 * @param text Such as `5` or `4-6`.
 * @returns The number, or the least and the most.
 * @throws {LeNetError} `option/invalid` for any other text.
 */
export function lengthIn(action: string, text: string): number | readonly [number, number] {
  const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(text) ?? [];
  const [least, most] = [Number(first), Number(last)];
  // A comparison with NaN is false.
  if (!(least >= 1 && least <= most && most <= MAX_LENGTH)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot ${action}: length is ${
        shown(text)
      }, expected a whole number from 1 to ${MAX_LENGTH}, or the least ` +
        `and the most such as 4-6`,
    );
  }
  return least === most ? least : [least, most];
}

/** A part of a pattern. From the places where it may begin it gives those where it may end. */
type Part = (text: string, starts: ReadonlySet<number>) => ReadonlySet<number>;

/** The most characters of a pattern. */
const MAX_PATTERN = 200;

/** One digit, `\d`, or a class. */
const DIGIT = /^(?:\d|\\d|\[(?:\d-\d|\d)+\])/;

const REPEAT = /^(?:\?|\{(\d{1,4})(?:,(\d{1,4}))?\})/;

/**
 * Makes a function of a pattern from a stranger: digits, `\d`, classes such as `[0-9]`, groups, `|`, `?`, `{n}` and `{n,m}`,
 * with the meaning that they have in a regular expression. An engine of regular expressions may take for ever to match
 * even these, such as twenty `\d?` in a row. This follows all ways to match at once, in a time that grows with the
 * lengths of the pattern and of the text.
 *
 * @param pattern The pattern.
 * @returns Whether a whole text matches it.
 * @throws {LeNetError} `option/invalid` for any other pattern: with `*`, `+` or another sign, with a repeat of what
 * repeats itself, or with more than 200 characters.
 */
export function simplePattern(pattern: string): (text: string) => boolean {
  if (pattern === "") throw refused("an empty text");
  if (pattern.length > MAX_PATTERN) throw refused(`${pattern.length} characters`);
  const parser = new Parser(pattern);
  const part = parser.alternatives();
  parser.end();
  return (text) => part(text, new Set([0])).has(text.length);
}

function refused(found: string): LeNetError {
  return new LeNetError(
    "option/invalid",
    `Cannot read: pattern has ${found}, expected at most ${MAX_PATTERN} characters of digits, \\d, classes such as ` +
      "[0-9], groups, |, ?, {n} and {n,m}",
  );
}

/** Makes functions of a pattern, from its beginning to its end. */
class Parser {
  #rest: string;
  /** How many repeats there were so far. */
  #repeats = 0;

  constructor(pattern: string) {
    this.#rest = pattern;
  }

  /** Checks that nothing is left. */
  end(): void {
    if (this.#rest !== "") throw this.#unexpected();
  }

  /** Sequences with `|` between them. */
  alternatives(): Part {
    const parts = [this.#sequence()];
    while (this.#take(/^\|/)) parts.push(this.#sequence());
    return (text, starts) => new Set(parts.flatMap((part) => [...part(text, starts)]));
  }

  #sequence(): Part {
    const parts = [this.#repeated()];
    while (this.#rest !== "" && !/^[|)]/.test(this.#rest)) parts.push(this.#repeated());
    return (text, starts) => parts.reduce((places, part) => part(text, places), starts);
  }

  /** A digit or a group, and how often it stands there. */
  #repeated(): Part {
    const before = this.#repeats;
    const part = this.#item();
    const hasRepeats = this.#repeats > before;
    const repeat = this.#take(REPEAT);
    if (repeat === undefined) return part;
    this.#repeats++;
    const [sign, first, last = first] = repeat;
    const [least, most] = sign === "?" ? [0, 1] : [Number(first), Number(last)];
    if (hasRepeats) throw refused(`${sign} after a group that repeats something itself`);
    if (least > most || most > MAX_LENGTH) throw refused(`the repeat ${sign}`);
    return (text, starts) => {
      const ends = new Set(least === 0 ? starts : []);
      let places = starts;
      for (let n = 1; n <= most && places.size > 0; n++) {
        places = part(text, places);
        if (n >= least) { for (const place of places) ends.add(place); }
      }
      return ends;
    };
  }

  #item(): Part {
    if (this.#take(/^\((?:\?:)?/)) {
      const part = this.alternatives();
      if (!this.#take(/^\)/)) throw this.#unexpected();
      return part;
    }
    const found = this.#take(DIGIT);
    if (found === undefined) throw this.#unexpected();
    const [text] = found;
    if (/(\d)-(\d)/g[Symbol.matchAll](text).some(([, first, last]) => first > last)) {
      throw refused(`the class ${text}`);
    }
    const digit = new RegExp(`^${text}$`);
    return (text, starts) =>
      new Set([...starts].filter((at) => digit.test(text.charAt(at))).map((at) => at + 1));
  }

  /** Goes on after what the rest begins with. */
  #take(what: RegExp): RegExpExecArray | undefined {
    const found = what.exec(this.#rest) ?? undefined;
    if (found !== undefined) this.#rest = this.#rest.slice(found[0].length);
    return found;
  }

  #unexpected(): LeNetError {
    return refused(this.#rest === "" ? "an end too early" : excerpt(this.#rest));
  }
}
