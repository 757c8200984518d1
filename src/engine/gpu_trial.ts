import type { Architecture } from "../model/architecture.ts";
import { initialize } from "../model/initialize.ts";
import { lenet5 } from "../model/lenet5.ts";
import type { Parameters } from "../model/parameters.ts";
import { Random } from "../model/random.ts";
import { sizeOf } from "../model/shapes.ts";
import { referenceRunner } from "./reference.ts";
import type { Runner } from "./runner.ts";

/** How far a GPU's logits may be from the reference's. */
const TOLERANCE = 1e-3;

/**
 * Runs a known network on the GPU. Some drivers answer zeros without any error.
 *
 * @param makeRunner Puts a network on the GPU.
 * @returns What is wrong with the GPU, for people; nothing when it gave the right answer.
 */
export async function tryGpu(
  makeRunner: (architecture: Architecture, parameters: Parameters) => Promise<Runner>,
): Promise<string | undefined> {
  const architecture = lenet5();
  const parameters = initialize(architecture, { seed: 1 });
  const random = new Random(2);
  const input = Float32Array.from({ length: sizeOf(architecture.input) }, () => random.next());
  const expected = await referenceRunner(architecture, parameters).logits(input, 1);
  try {
    const runner = await makeRunner(architecture, parameters);
    const found = await runner.logits(input, 1).finally(() => runner[Symbol.dispose]());
    const error = Math.max(...expected.map((value, i) => Math.abs(value - found[i])));
    // Written so that NaN fails.
    return error <= TOLERANCE ? undefined : `a known answer came out wrong by ${error}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
