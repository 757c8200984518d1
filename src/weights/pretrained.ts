import { LeNetError } from "../model/error.ts";
import type { Model } from "../model/model.ts";
import { modelFromModule } from "./module.ts";

/** The modules of `@x/lenet-weights` by name; each is loaded when first asked for. */
const MODULES = {
  digits: () => import("@x/lenet-weights/digits"),
} as const;

/** The name of a pretrained network. */
export type PretrainedName = keyof typeof MODULES;

/** The names that {@linkcode loadPretrained} knows. */
export const PRETRAINED_NAMES = Object.keys(MODULES) as readonly PretrainedName[];

/**
 * Loads a pretrained network from `@x/lenet-weights`.
 *
 * @param name Such as `digits`.
 * @returns The network.
 * @throws {LeNetError} `weights/unknown` when there is none of that name.
 */
export async function loadPretrained(name: string): Promise<Model> {
  if (!Object.hasOwn(MODULES, name)) {
    throw new LeNetError(
      "weights/unknown",
      `Cannot load the weights ${name}: expected one of ${PRETRAINED_NAMES.join(", ")}`,
    );
  }
  return modelFromModule(await MODULES[name as PretrainedName]());
}
