import type { Architecture } from "./architecture.ts";
import { LeNetError } from "./error.ts";
import { lenet5, type LeNetVariation } from "./lenet5.ts";
import { lenet51998 } from "./lenet5_1998.ts";

/** Every network that has a name here: what each published walk-through of LeNet builds. */
const ZOO: Readonly<Record<string, LeNetVariation | (() => Architecture)>> = {
  "lenet5": {},
  "lenet5-1998": lenet51998,
  "lenet5-plain": { padding: [1, 1], convActivation: null },
  "lenet5-relu": {},
  "lenet5-bn-dropout": { batchNorm: true, dropout: 0.1 },
  "lenet-sigmoid": { activation: "sigmoid", pool: "average" },
  "lenet-caffe": { channels: [20, 50], padding: [2, 2], dense: [500] },
  "lenet-cifar10": { input: [3, 32, 32], channels: [16, 32], padding: [0, 0] },
};

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
  const entry = ZOO[name];
  return typeof entry === "function" ? entry() : lenet5({ ...entry, name });
}
