import { excerpt, LeNetError, shown } from "../errors.ts";
import { PROBABILITY } from "../options.ts";
import type { LineConstraints } from "../reading/constraints.ts";
import { Problem } from "./reply.ts";

/** What the query of a URL may ask of `/classify` and of `/read`. */
export interface QueryOptions extends Pick<LineConstraints, "length" | "accept"> {
  readonly reject?: number;
  readonly rejectLine?: number;
}

/** The parameters of each operation. */
const PARAMETERS = {
  classify: ["reject"],
  read: ["length", "pattern", "reject", "rejectLine"],
} as const;

/**
 * Parses the query of a URL.
 *
 * @param operation What the URL asks for.
 * @param url The URL.
 * @returns Options of the operation: the pattern as a function that accepts a text.
 * @throws {Problem} `request/malformed` for a parameter that does not exist or is given twice, and for a threshold that is
 * none.
 * @throws {LeNetError} `option/invalid` for a length or a pattern that is none.
 */
export function parseQuery(operation: keyof typeof PARAMETERS, url: string): QueryOptions {
  const at = url.indexOf("?");
  if (at < 0) return {};
  const query = new URLSearchParams(url.slice(at));
  const known: readonly string[] = PARAMETERS[operation];
  const names = [...query.keys()];
  for (const [n, name] of names.entries()) {
    if (!known.includes(name)) {
      const expected = known.length === 1 ? `only ${known[0]}` : `some of ${known.join(", ")}`;
      throw malformed(`parameter ${excerpt(name)}, expected ${expected}`);
    }
    if (names.indexOf(name) < n) throw malformed(`${name} twice, expected it once`);
  }
  const [length, pattern] = [query.get("length"), query.get("pattern")];
  return {
    ...probabilityIn(query, "reject"),
    ...probabilityIn(query, "rejectLine"),
    ...length !== null && { length: lengthIn("read", length) },
    ...pattern !== null && { accept: simplePattern(pattern) },
  };
}

function probabilityIn(query: URLSearchParams, name: "reject" | "rejectLine"): QueryOptions {
  const text = query.get(name);
  if (text === null) return {};
  const value = text.trim() === "" ? NaN : Number(text);
  if (!PROBABILITY.has(value)) {
    throw malformed(`${name} ${excerpt(text)}, expected ${PROBABILITY.name}`);
  }
  return { [name]: value };
}

function malformed(found: string): Problem {
  return new Problem(400, "request/malformed", `Cannot parse the query of the URL: found ${found}`);
}

/** More digits than this are on no line, as for the option `length` of a reading. */
const MAX_LENGTH = 1000;

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
