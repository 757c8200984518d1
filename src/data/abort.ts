import { LeNetError } from "../model/error.ts";

/**
 * Ends work that its caller no longer wants.
 *
 * @param signal The caller's signal, if any.
 * @param doing What is being done, as the verb and object of the message.
 * @throws {LeNetError} `aborted` when the signal says so.
 */
export function checkAborted(signal: AbortSignal | undefined, doing: string): void {
  if (signal?.aborted) {
    throw new LeNetError("aborted", `Cannot ${doing}: the caller aborted it`, {
      cause: signal.reason,
    });
  }
}
