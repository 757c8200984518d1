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
