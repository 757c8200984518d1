/** What kind of thing went wrong. Codes are stable: programs may test for them. */
export type LeNetErrorCode =
  | "option/unknown"
  | "option/invalid"
  | "architecture/invalid"
  | "image/unreadable"
  | "image/unsupported"
  | "image/too-large"
  | "image/invalid"
  | "weights/malformed"
  | "weights/mismatch"
  | "weights/unknown"
  | "data/malformed"
  | "data/mismatch"
  | "data/checksum"
  | "data/download"
  | "data/empty"
  | "file/missing"
  | "file/unreadable"
  | "file/unwritable"
  | "checkpoint/malformed"
  | "checkpoint/mismatch"
  | "backend/unavailable"
  | "train/diverged"
  | "aborted";

/**
 * The one error this library throws on purpose.
 *
 * The message is a sentence: what was being done, what was found, what is accepted.
 *
 * @example Telling one problem from another
 * ```ts
 * import { LeNetError } from "@x/lenet";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new LeNetError("image/unreadable", "Cannot read the image: it has 0 bytes");
 * assertEquals(error.code, "image/unreadable");
 * ```
 */
export class LeNetError extends Error {
  /** The stable code of this kind of problem, such as `image/unreadable`. */
  readonly code: LeNetErrorCode;

  /**
   * Makes the error.
   *
   * @param code The stable code.
   * @param message One sentence for a person.
   * @param options The error that caused this one, if any.
   */
  constructor(code: LeNetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LeNetError";
    this.code = code;
  }
}

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

/** How much of a text a message shows. */
const MAX_LETTERS = 40;

/**
 * The beginning of a text, for a message.
 *
 * @param text Any text, however long.
 * @returns One line in quotes.
 */
export function excerpt(text: string): string {
  const isLong = text.length > MAX_LETTERS;
  return `"${oneLine(text.slice(0, MAX_LETTERS))}${isLong ? "…" : ""}"`;
}

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
