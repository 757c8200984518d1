import { LeNetError } from "../model/error.ts";
import type { Model } from "../model/model.ts";
import { modelFromModule, type WeightsModule } from "./read_module.ts";

/** The name of a pretrained network. */
export type PretrainedName = "digits";

/** The modules of `@x/lenet-weights`; each is loaded when first asked for. */
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
      `Cannot load the weights ${name}: expected one of ${PRETRAINED_NAMES.join(", ")}`,
    );
  }
  return modelFromModule(await MODULES[name as PretrainedName]());
}
