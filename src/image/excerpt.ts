import { oneLine } from "../model/one_line.ts";

/** How much of a text a message shows. */
const MOST_LETTERS = 40;

/**
 * The beginning of a text, for a message.
 *
 * @param text Any text, however long.
 * @returns One line in quotes.
 */
export function excerpt(text: string): string {
  const isLong = text.length > MOST_LETTERS;
  return `"${oneLine(text.slice(0, MOST_LETTERS))}${isLong ? "…" : ""}"`;
}
