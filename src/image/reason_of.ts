import { oneLine } from "../model/one_line.ts";

/**
 * What an error says, for the message of another.
 *
 * @param cause Whatever was thrown.
 * @returns The first line of it.
 */
export function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return oneLine(message.split("\n")[0]);
}
