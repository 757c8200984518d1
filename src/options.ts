import { LeNetError, shown } from "./errors.ts";

/**
 * Checks that every option has a name that exists, so that a misspelt one is not ignored.
 *
 * @param action What the options are for; it follows "Cannot ".
 * @param options What the caller gave.
 * @param known The names that exist.
 * @throws {LeNetError} `option/unknown` naming the first option that does not exist, `option/invalid` when the options
 * are no object.
 */
export function checkOptionNames(
  action: string,
  options: object,
  known: readonly string[],
): void {
  for (const name of Object.keys(checkOptions(action, options))) {
    if (!known.includes(name)) {
      throw new LeNetError(
        "option/unknown",
        `Cannot ${action}: there is no option ${shown(name)}, expected ${known.join(", ")}`,
      );
    }
  }
}

/**
 * Checks that options are an object.
 *
 * @param action What the options are for; it follows "Cannot ".
 * @param options What the caller gave.
 * @returns The options.
 * @throws {LeNetError} `option/invalid` for null, an array, and anything else that is no object.
 */
export function checkOptions<Options extends object>(action: string, options: Options): Options {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot ${action}: the options are ${shown(options)}, expected an object`,
    );
  }
  return options;
}

/**
 * The error `option/invalid`.
 *
 * @param action What the option is for; it follows "Cannot ".
 * @param name The option.
 * @param found Its value.
 * @param expected What is accepted.
 * @returns The error, to be thrown.
 */
export function invalidOption(
  action: string,
  name: string,
  found: unknown,
  expected: string,
): LeNetError {
  return new LeNetError(
    "option/invalid",
    `Cannot ${action}: ${name} is ${shown(found)}, expected ${expected}`,
  );
}

/**
 * The options that a caller gave a value: an option that is undefined has its default, as one that is left out.
 *
 * @param options What the caller gave.
 * @returns A copy without what is undefined.
 */
export function definedOptions<Options extends object>(options: Options): Options {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Options;
}

/** The numbers that an option accepts, and how messages name them. */
export interface NumberRange {
  /** What is accepted, such as `a number from 0 to 1`. */
  readonly name: string;
  /** Whether it holds a number; NaN is in no range. */
  readonly has: (value: number) => boolean;
}

/** Probabilities, thresholds of probabilities among them. */
export const PROBABILITY: NumberRange = {
  name: "a number from 0 to 1",
  has: (value) => value >= 0 && value <= 1,
};

/** Limits that may be infinite. */
export const POSITIVE: NumberRange = { name: "a number above 0", has: (value) => value > 0 };

/** Counts of at least one. */
export const COUNT: NumberRange = {
  name: "a whole number from 1",
  has: (value) => Number.isSafeInteger(value) && value >= 1,
};

/**
 * Checks that an option is a number in a range.
 *
 * @param action What the option is for; it follows "Cannot ".
 * @param name The option.
 * @param value Its value.
 * @param range What is accepted.
 * @returns The value.
 * @throws {LeNetError} `option/invalid` when it is no number, or outside the range.
 */
export function checkNumber(
  action: string,
  name: string,
  value: unknown,
  range: NumberRange,
): number {
  if (typeof value !== "number" || !range.has(value)) {
    throw invalidOption(action, name, value, range.name);
  }
  return value;
}

/** How large an image may be. Both limits are checked before memory is allocated for it. */
export interface ImageLimits {
  /** The most bytes of a file. Default 33,554,432 (32 MiB). */
  readonly maxBytes?: number;
  /** The most pixels. Default 50,000,000. */
  readonly maxPixels?: number;
}

/** A photo of 50 megapixels is 200 MB of RGBA, and its file has less than 32 MiB. */
const DEFAULT_LIMITS: Required<ImageLimits> = {
  maxBytes: 32 * 1024 * 1024,
  maxPixels: 50_000_000,
};

/**
 * Fills in the default limits.
 *
 * @param limits What the caller gave.
 * @returns Both limits.
 * @throws {LeNetError} `option/invalid` when a limit is not a number above 0, `option/unknown` for another option.
 */
export function resolveLimits(limits: ImageLimits = {}): Required<ImageLimits> {
  checkOptionNames("read the image", limits, ["maxBytes", "maxPixels"]);
  return limitsOf(limits);
}

/**
 * Takes the limits from options that may have other names, too.
 *
 * @param options What the caller gave.
 * @returns Both limits, with the default of what is left out.
 * @throws {LeNetError} `option/invalid` when a limit is not a number above 0.
 */
export function limitsOf(options: ImageLimits): Required<ImageLimits> {
  const { maxBytes = DEFAULT_LIMITS.maxBytes, maxPixels = DEFAULT_LIMITS.maxPixels } = options;
  checkNumber("read the image", "maxBytes", maxBytes, POSITIVE);
  checkNumber("read the image", "maxPixels", maxPixels, POSITIVE);
  return { maxBytes, maxPixels };
}

/** The default of `reject` for single digits: ink that is as likely a digit as not is accepted. */
export const DEFAULT_REJECT = 0.5;

/**
 * Whether the last digit of a number is its check digit by Luhn's formula, as that of a card number is. For the option
 * `accept` of `readDigits`.
 *
 * @param text The digits, the check digit last.
 * @returns False also for what is not two digits or more.
 *
 * @example Checking a number
 * ```ts
 * import { luhn } from "@x/lenet";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([luhn("79927398713"), luhn("79927398710")], [true, false]);
 * ```
 */
export function luhn(text: string): boolean {
  if (!/^\d{2,}$/.test(text)) return false;
  const parts = Array.from(text, (digit, at) => {
    const value = Number(digit) * ((text.length - at) % 2 === 0 ? 2 : 1);
    return value > 9 ? value - 9 : value;
  });
  return parts.reduce((sum, part) => sum + part) % 10 === 0;
}
