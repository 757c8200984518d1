import { LeNetError } from "../../mod.ts";

/** What the library says to programs, said to people. */
const FOR_PEOPLE: Readonly<Record<string, string>> = {
  "image/unreadable": "That file cannot be read: it is damaged, or no picture.",
  "image/unsupported": "That file is no picture of a kind that can be read here.",
  "image/too-large": "That picture is too large to be read here.",
};

/**
 * What went wrong, as a sentence.
 *
 * @param problem An error, or its message.
 * @returns The message, which ends with a full stop.
 */
export function sentence(problem: unknown): string {
  if (problem instanceof LeNetError && Object.hasOwn(FOR_PEOPLE, problem.code)) {
    return FOR_PEOPLE[problem.code];
  }
  const text = problem instanceof Error ? problem.message : String(problem);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
