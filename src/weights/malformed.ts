import { LeNetError } from "../model/error.ts";

/** Names in a file may be as long as the file; a message may not. */
const MAX_LENGTH = 300;

/**
 * The error for weights that break a rule.
 *
 * @param doing What was being done with the weights.
 * @param problem What was found and what is accepted; may hold names from a file.
 * @param cause What was thrown, if anything was.
 * @returns `weights/malformed`, its message one line of moderate length.
 */
export function malformed(
  doing: "read" | "use" | "write",
  problem: string,
  cause?: unknown,
): LeNetError {
  const short = problem.length > MAX_LENGTH ? `${problem.slice(0, MAX_LENGTH)}…` : problem;
  // deno-lint-ignore no-control-regex
  const line = short.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, "\ufffd");
  return new LeNetError("weights/malformed", `Cannot ${doing} the weights: ${line}`, { cause });
}
