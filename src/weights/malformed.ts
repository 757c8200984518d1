import { LeNetError } from "../model/error.ts";
import { oneLine } from "../model/one_line.ts";

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
  return new LeNetError(
    "weights/malformed",
    `Cannot ${doing} the weights: ${oneLine(problem)}`,
    { cause },
  );
}
