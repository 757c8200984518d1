import { LeNetError } from "./errors.ts";

/**
 * Checks that every option is one that is known, so that a misspelt one is not passed over.
 *
 * @param doing What the options are for; it follows "Cannot ".
 * @param options What was given.
 * @param known The names that are accepted.
 * @throws {LeNetError} `option/unknown` naming the first one that is not, `option/invalid` when it is no object.
 */
export function checkOptionNames(
  doing: string,
  options: object,
  known: readonly string[],
): void {
  if (typeof options !== "object" || options === null) {
    throw new LeNetError(
      "option/invalid",
      `Cannot ${doing}: the options are ${options}, expected an object`,
    );
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new LeNetError(
        "option/unknown",
        `Cannot ${doing}: there is no option ${name}, expected ${known.join(", ")}`,
      );
    }
  }
}

/** How large a picture may be. Both limits are checked before memory is taken for it. */
export interface ImageLimits {
  /** The largest number of bytes of a file. Default 33,554,432 (32 MiB). */
  readonly maxBytes?: number;
  /** The largest number of pixels. Default 50,000,000. */
  readonly maxPixels?: number;
}

/**
 * Fills in the defaults.
 *
 * @param limits What the caller asked for.
 * @returns Both limits.
 * @throws {LeNetError} `option/invalid` when a limit is not a number above 0, `option/unknown` for another option.
 */
export function resolveLimits(limits: ImageLimits = {}): Required<ImageLimits> {
  checkOptionNames("read the image", limits, ["maxBytes", "maxPixels"]);
  const { maxBytes = 32 * 1024 * 1024, maxPixels = 50_000_000 } = limits;
  for (const [name, value] of Object.entries({ maxBytes, maxPixels })) {
    if (typeof value !== "number" || !(value > 0)) {
      throw new LeNetError(
        "option/invalid",
        `Cannot read the image: ${name} is ${value}, expected a number above 0`,
      );
    }
  }
  return { maxBytes, maxPixels };
}

/** Nearly all digits are above, most else is below; `deno task evaluate:images --coverage` prints how many. */
export const DEFAULT_REJECT = 0.015;
