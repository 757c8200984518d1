import type { Architecture } from "../model/architecture.ts";
import { architectureByName } from "../model/zoo.ts";
import { architectureFromJson } from "./architecture_json.ts";

/**
 * The architecture that a caller names or gives.
 *
 * @param given A name of {@linkcode ARCHITECTURE_NAMES}, or an architecture, of which nothing is trusted.
 * @returns The architecture.
 * @throws {LeNetError} `option/invalid` when there is none of that name; `weights/malformed` or
 * `architecture/invalid` when it is no architecture.
 */
export function givenArchitecture(given: Architecture | string): Architecture {
  return typeof given === "string" ? architectureByName(given) : architectureFromJson(given);
}
