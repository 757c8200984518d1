import { LeNetError } from "../model/error.ts";
import type { Model } from "../model/model.ts";
import { modelFromModule, type WeightsModule } from "./read_module.ts";

/** The name of a pretrained network. */
export type PretrainedName = "digits";

/**
 * The modules of `@x/lenet-weights` that have a name here. A runtime may fetch every module that an import names, used
 * or not, so only the one that most programs want is named.
 */
const MODULES: Readonly<Record<PretrainedName, () => Promise<WeightsModule>>> = {
  digits: () => import("@x/lenet-weights/digits"),
};

/** The names that {@linkcode loadPretrained} knows. */
export const PRETRAINED_NAMES: readonly string[] = Object.keys(MODULES);

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
      `Cannot load the weights ${name}: expected ${
        PRETRAINED_NAMES.join(", ")
      }, or a module such as import("@x/lenet-weights/fashion") gives`,
    );
  }
  return modelFromModule(await MODULES[name as PretrainedName]());
}
