/**
 * What went wrong, as a sentence.
 *
 * @param problem An error, or its message.
 * @returns The message, which ends with a full stop.
 */
export function sentence(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
