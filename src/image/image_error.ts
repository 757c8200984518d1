import { LeNetError, type LeNetErrorCode } from "../model/error.ts";

/**
 * The error for a picture that cannot be used.
 *
 * @param code What kind of problem it is.
 * @param problem What was found and what is accepted; it follows "Cannot read the image: ".
 * @param cause The error that caused this one, if any.
 * @returns The error, to be thrown.
 */
export function imageError(
  code: Extract<LeNetErrorCode, `image/${string}`>,
  problem: string,
  cause?: unknown,
): LeNetError {
  return new LeNetError(
    code,
    `Cannot read the image: ${problem}`,
    cause === undefined ? undefined : { cause },
  );
}
