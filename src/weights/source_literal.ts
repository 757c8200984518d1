/** The longest line, as `deno fmt` is set up. */
const LINE_WIDTH = 100;

/**
 * Plain data as the source text of a TypeScript expression, laid out as `deno fmt` would. Nothing in the data can
 * become code.
 *
 * @param value JSON: null, booleans, finite numbers, texts, lists, objects.
 * @param indent Columns that the lines after the first are moved to the right by.
 * @param taken Columns of the first line that are taken by what stands before and after the expression.
 * @returns The source text.
 */
export function sourceLiteral(value: unknown, indent = 0, taken = indent): string {
  if (typeof value === "string") return quoteText(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const list = Array.isArray(value);
  const [open, close, space] = list ? ["[", "]", ""] : ["{", "}", " "];
  const entries: [key: string, value: unknown][] = list
    ? value.map((each) => ["", each])
    : Object.entries(value).map(([key, each]) => [`${quoteKey(key)}: `, each]);
  if (entries.length === 0) return open + close;

  const short = entries.map(([key, each]) => key + sourceLiteral(each, 0, -Infinity)).join(", ");
  const line = open + space + short + space + close;
  if (taken + line.length <= LINE_WIDTH) return line;

  const inner = indent + 2;
  const lines = entries.map(([key, each]) => {
    const value = sourceLiteral(each, inner, inner + key.length + 1);
    const tooLong = inner + key.length + value.length + 1 > LINE_WIDTH;
    const fitted = tooLong && typeof each === "string" && !list
      ? `${key.trimEnd()}\n${" ".repeat(inner + 2)}${value}`
      : key + value;
    return `${" ".repeat(inner)}${fitted},\n`;
  });
  return `${open}\n${lines.join("")}${" ".repeat(indent)}${close}`;
}

/** Keys that are names stand bare. A bare or quoted `__proto__` would set the prototype, a computed one does not. */
function quoteKey(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return /^[a-zA-Z_$][\w$]*$/.test(key) ? key : quoteText(key);
}

/** A double quote inside is written as \u0022, because `deno fmt` would otherwise change the quotes around it. */
function quoteText(text: string): string {
  return JSON.stringify(text).replace(/\\./g, (escape) => escape === '\\"' ? "\\u0022" : escape);
}
