import { LeNetError } from "../model/error.ts";
import { checkOptionNames } from "../model/options.ts";

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
