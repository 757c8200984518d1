import { modelFromModule, type WeightsModule } from "../weights/read_module.ts";
import { createRunner } from "./create_runner.ts";
import type { Runner } from "./runner.ts";

/**
 * A small network of the library's own, which is started when it is first needed and kept: on WASM, which runs wherever
 * digits are read.
 *
 * @param load Imports its weights.
 * @returns Gives the network; it throws `backend/unavailable` when that cannot be started here.
 */
export function keptRunner(load: () => Promise<WeightsModule>): () => Promise<Runner> {
  let kept: Promise<Runner> | undefined;
  const start = async (): Promise<Runner> => {
    try {
      const { architecture, parameters } = modelFromModule(await load());
      return await createRunner("wasm", architecture, parameters);
    } catch (error) {
      // A failure is not kept: the next call tries again.
      kept = undefined;
      throw error;
    }
  };
  return () => kept ??= start();
}
