import { LeNetError } from "./error.ts";

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
