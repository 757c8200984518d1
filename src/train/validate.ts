import type { Dataset } from "../data/dataset.ts";
import { createRunner } from "../engine/create_runner.ts";
import type { Model, Normalization } from "../model/model.ts";
import { evaluate } from "./evaluate.ts";
import type { EpochRecord } from "./history.ts";

/**
 * Measures a network on images that it does not learn from.
 *
 * @param backend Where to run.
 * @param network What it is, and its weights.
 * @param options What the network expects of its inputs.
 * @param dataset The images.
 * @param signal Stops it.
 * @returns Loss and accuracy.
 * @throws {LeNetError} `aborted` when the signal stops it; `backend/unavailable`.
 */
export async function validate(
  backend: "webgpu" | "wasm",
  { architecture, parameters }: Omit<Model, "metadata">,
  { normalization }: { normalization: Normalization },
  dataset: Dataset,
  signal: AbortSignal | undefined,
): Promise<NonNullable<EpochRecord["validation"]>> {
  const runner = await createRunner(backend, architecture, parameters);
  try {
    const { loss, accuracy } = await evaluate(runner, architecture, dataset, normalization, {
      ...signal && { signal },
    });
    return { loss, accuracy };
  } finally {
    runner[Symbol.dispose]();
  }
}
