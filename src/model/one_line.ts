/** Names in a file may be as long as the file; a message may not. */
const MAX_LENGTH = 300;

/**
 * Text that may hold names from a file, made fit for a message.
 *
 * @param text Any text.
 * @returns One line of moderate length, without control characters.
 */
export function oneLine(text: string): string {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  // deno-lint-ignore no-control-regex
  return short.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, "\ufffd");
}
