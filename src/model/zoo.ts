import type { Architecture } from "./architecture.ts";
import { LeNetError } from "./error.ts";
import { lenet5 } from "./lenet5.ts";

/** Every network that has a name here. */
const ZOO: Readonly<Record<string, () => Architecture>> = { lenet5 };

/** The names that {@linkcode architectureByName} knows. */
export const ARCHITECTURE_NAMES: readonly string[] = Object.keys(ZOO);

/**
 * Looks up a network by its name.
 *
 * @param name Such as `lenet5`.
 * @returns Its architecture.
 * @throws {LeNetError} `option/invalid` when there is none of that name.
 */
export function architectureByName(name: string): Architecture {
  if (!Object.hasOwn(ZOO, name)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot find the network ${name}: expected one of ${ARCHITECTURE_NAMES.join(", ")}`,
    );
  }
  return ZOO[name]();
}
