/**
 * What kind of problem an error reports. Codes are stable: programs may compare them. Messages may change.
 *
 * | code | meaning |
 * | --- | --- |
 * | `option/unknown` | An option has a name that does not exist. |
 * | `option/invalid` | An option or an argument has a value that is not accepted. |
 * | `architecture/invalid` | The layers of a network do not fit each other. |
 * | `image/unreadable` | The file of an image is damaged or could not be fetched. |
 * | `image/unsupported` | This is no image in an accepted form, or its format needs a decoder that is missing. |
 * | `image/too-large` | The image exceeds `maxBytes` or `maxPixels`. |
 * | `image/invalid` | The pixels do not fit their size, the range of values or the network. |
 * | `weights/malformed` | The weights break a rule of their format, or do not say what network they belong to. |
 * | `weights/mismatch` | The weights belong to another network than the one that is needed. |
 * | `weights/unknown` | There are no pretrained weights of this name. |
 * | `data/malformed` | The file of a dataset is damaged. |
 * | `data/mismatch` | The dataset does not fit the network, or its parts do not fit each other. |
 * | `data/checksum` | A downloaded file has another SHA-256 than the published one. |
 * | `data/download` | A file could not be downloaded. |
 * | `data/empty` | A dataset has no images. |
 * | `file/missing` | There is no file at this path. |
 * | `file/unreadable` | The file exists but could not be read. |
 * | `file/unwritable` | The file could not be written. |
 * | `checkpoint/malformed` | The file is no checkpoint, or its bytes have changed. |
 * | `checkpoint/mismatch` | The checkpoint belongs to another training run, or to a later version of the library. |
 * | `backend/unavailable` | The backend that was asked for cannot run here. |
 * | `train/diverged` | The training loss is no longer finite. |
 * | `aborted` | The signal of the caller stopped the work. |
 */
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
 * The error that this library throws on purpose. Its message is one sentence: what was done, what was found, and what
 * is accepted.
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
   * Creates an error.
   *
   * @param code The kind of problem.
   * @param message One sentence for people.
   * @param options `cause` is the error that led to this one.
   */
  constructor(code: LeNetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LeNetError";
    this.code = code;
  }
}

/**
 * An error about an image.
 *
 * @param code The kind of problem.
 * @param problem What was found and what is accepted; it follows "Cannot read the image: ".
 * @param cause The error that led to this one, if any.
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

/**
 * The error `weights/malformed`.
 *
 * @param action What was done with the weights.
 * @param problem What was found and what is accepted; it may hold names from a file.
 * @param cause The error that led to this one, if any.
 * @returns The error, to be thrown; its message is one line of at most 300 characters.
 */
export function malformedWeights(
  action: "read" | "use" | "write",
  problem: string,
  cause?: unknown,
): LeNetError {
  return new LeNetError(
    "weights/malformed",
    `Cannot ${action} the weights: ${oneLine(problem)}`,
    { cause },
  );
}

/**
 * Stops work whose caller has aborted it.
 *
 * @param signal The caller's signal, if any.
 * @param action The verb and object of the message.
 * @throws {LeNetError} `aborted` when the signal is aborted.
 */
export function checkAborted(signal: AbortSignal | undefined, action: string): void {
  if (signal?.aborted) {
    throw new LeNetError("aborted", `Cannot ${action}: the caller aborted it`, {
      cause: signal.reason,
    });
  }
}

/** The most characters of a file's text in a message: a name in a file may be as long as the file. */
const MAX_CHARACTERS = 300;

/**
 * Makes text from a file fit for a message.
 *
 * @param text Any text.
 * @returns One line of moderate length, without control characters.
 */
export function oneLine(text: string): string {
  const short = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  // deno-lint-ignore no-control-regex
  return short.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, "\ufffd");
}

/** The most characters of an excerpt: enough to recognise a URL or the beginning of a file. */
const MAX_EXCERPT_CHARACTERS = 40;

/**
 * The beginning of a text, for a message.
 *
 * @param text Any text, however long.
 * @returns One line in quotes.
 */
export function excerpt(text: string): string {
  return `"${beginning(text)}"`;
}

function beginning(text: string): string {
  const isLong = text.length > MAX_EXCERPT_CHARACTERS;
  return `${oneLine(text.slice(0, MAX_EXCERPT_CHARACTERS))}${isLong ? "…" : ""}`;
}

/** The most items of an array in a message: enough to recognise a shape or a list of names. */
const MAX_ITEMS = 8;

/**
 * A value that a caller gave, for a message. It never throws, whatever the value is.
 *
 * @param value Anything.
 * @returns One short line: numbers and the beginning of a text as they are, the items of an array, other values in words.
 */
export function shown(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value === "" ? "an empty text" : beginning(value);
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      return isArray(value) ? shownItems(value) || "an empty array" : "an object";
    default:
      return beginning(String(value));
  }
}

/**
 * The items of an array, for a message that puts brackets around them. It never throws, whatever the items are.
 *
 * @param items Any array.
 * @returns The first items with commas between them; nothing for an empty array.
 */
export function shownItems(items: readonly unknown[]): string {
  try {
    // By index, not by iterator: it takes no more than the first items, and holes, too.
    const length = Math.min(items.length, MAX_ITEMS);
    // An array may contain itself, so its arrays are not gone into.
    const words = Array.from(
      { length },
      (_, i) => isArray(items[i]) ? "an array" : shown(items[i]),
    );
    return `${words}${items.length > MAX_ITEMS ? ",…" : ""}`;
  } catch {
    return "unreadable items";
  }
}

/** `Array.isArray`, which throws for a proxy that was revoked. */
function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * The reason that an error gives, for the message of another error.
 *
 * @param cause Whatever was thrown.
 * @returns The first line of its message.
 */
export function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return oneLine(message.split("\n")[0]);
}
