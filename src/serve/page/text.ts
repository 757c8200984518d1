import { LeNetError } from "../../../mod.ts";

/**
 * A digit with its article.
 *
 * @param digit 0 to 9.
 * @returns Text such as `a 7` or `an 8`.
 */
export function aDigit(digit: number): string {
  return `${digit === 8 ? "an" : "a"} ${digit}`;
}

/** Messages for users, by the code of the library's error, whose own message is for programmers. */
const USER_MESSAGES: Readonly<Record<string, string>> = {
  "image/unreadable": "The picture cannot be read: the file is damaged.",
  "image/unsupported": "The file cannot be read: it is not a picture in a supported format.",
  "image/too-large": "The picture cannot be read: it is too large.",
};

/**
 * Describes an error to the user.
 *
 * @param error An error, or its message.
 * @returns A sentence that ends with a full stop.
 */
export function sentence(error: unknown): string {
  if (error instanceof LeNetError && Object.hasOwn(USER_MESSAGES, error.code)) {
    return USER_MESSAGES[error.code];
  }
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
