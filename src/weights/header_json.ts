import { malformed } from "./malformed.ts";

/** The part of JSON that a safetensors header is made of. */
export type HeaderValue = string | number | HeaderValue[] | ReadonlyMap<string, HeaderValue>;

/** A header nests three deep: tensors, what describes one, its shape. */
const MAX_DEPTH = 3;

/**
 * Parses the JSON of a safetensors header: texts, whole numbers in plain digits, lists and objects.
 *
 * `JSON.parse` would not do: it takes the last of two equal keys, and `1e3` for a whole number; and the V8 of some
 * Denos and Nodes now and then takes one key with an escape for another (nodejs/node#63785).
 *
 * @param text The header.
 * @returns The value; objects as maps, in the order of the text.
 * @throws {LeNetError} `weights/malformed` for other JSON or none, a key that is there twice in one object, a number
 * beyond 2⁵³ − 1, or a text that is not Unicode.
 */
export function parseHeaderJson(text: string): HeaderValue {
  let at = 0;

  function peek(): string | undefined {
    while (" \t\n\r".includes(text[at])) at++;
    return text[at];
  }

  function fail(): never {
    const found = at < text.length ? JSON.stringify(text[at]) : "its end";
    throw malformed(
      "read",
      `the header has ${found} at character ${at}, expected JSON of texts, whole numbers, lists and objects`,
    );
  }

  function expect(character: string): void {
    if (peek() !== character) fail();
    at++;
  }

  function value(depth: number): HeaderValue {
    const first = peek();
    if (first === '"') return string();
    if (depth > 0 && first === "{") return object(depth - 1);
    if (depth > 0 && first === "[") return list(depth - 1);
    return number();
  }

  function object(depth: number): ReadonlyMap<string, HeaderValue> {
    const members = new Map<string, HeaderValue>();
    separated("{", "}", () => {
      const key = string();
      if (members.has(key)) {
        throw malformed("read", `the header has the key ${JSON.stringify(key)} twice`);
      }
      expect(":");
      members.set(key, value(depth));
    });
    return members;
  }

  function list(depth: number): HeaderValue[] {
    const items: HeaderValue[] = [];
    separated("[", "]", () => items.push(value(depth)));
    return items;
  }

  function separated(open: string, close: string, item: () => void): void {
    expect(open);
    if (peek() !== close) {
      item();
      while (peek() === ",") {
        at++;
        item();
      }
    }
    expect(close);
  }

  function string(): string {
    if (peek() !== '"') fail();
    const start = at;
    at++;
    while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    if (at >= text.length) fail();
    at++;
    const quoted = text.slice(start, at);
    let unquoted: string;
    try {
      unquoted = JSON.parse(quoted);
    } catch (cause) {
      throw malformed(
        "read",
        `the header has a text that is not JSON at character ${start}`,
        cause,
      );
    }
    if (!unquoted.isWellFormed()) throw malformed("read", `${quoted} in the header is not Unicode`);
    return unquoted;
  }

  function number(): number {
    const digits = /(?:0|[1-9]\d*)(?![\d.eE])/y;
    digits.lastIndex = at;
    const found = digits.exec(text)?.[0];
    if (found === undefined) fail();
    const whole = Number(found);
    if (!Number.isSafeInteger(whole)) {
      throw malformed("read", `the header has a number beyond 2^53 - 1 at character ${at}`);
    }
    at += found.length;
    return whole;
  }

  const parsed = value(MAX_DEPTH);
  if (peek() !== undefined) fail();
  return parsed;
}
