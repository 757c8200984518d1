import type { Tensor } from "@tensorflow/tfjs-core";
import type { Architecture } from "../../model/architecture.ts";
import type { Parameters } from "../../model/parameters.ts";
import type { Runner } from "../runner.ts";
import type { Weights } from "./forward.ts";
import { toFlat } from "./layout.ts";
import { loadTfjs, type TfjsBackend, withBackend } from "./load.ts";
import { createNetwork } from "./network.ts";

/** More images than this at once are run in parts, so that memory stays bounded. */
const PART = 1024;

/**
 * Runs a network forward on one of tfjs' backends.
 *
 * @param backend Which one.
 * @param architecture The network.
 * @param parameters Its weights.
 * @returns The runner; it holds the weights on the backend until it is disposed of.
 * @throws {LeNetError} `backend/unavailable` when the backend cannot be started here.
 */
export async function tfjsRunner(
  backend: TfjsBackend,
  architecture: Architecture,
  parameters: Parameters,
): Promise<Runner> {
  const tf = await loadTfjs(backend);
  const network = createNetwork(tf, backend, architecture);
  const kept: Tensor[] = [];
  const weights = new Map<string, Weights>();
  withBackend(tf, backend, () => {
    const flat = tf.tensor1d(toFlat(network.layout, parameters));
    for (const [name, own] of network.unpack(flat)) {
      weights.set(name, own);
      kept.push(...Object.values(own).map((tensor) => tf.keep(tensor)));
    }
  });
  return {
    backend,
    async logits(inputs, count) {
      const { classes } = architecture;
      const size = inputs.length / count;
      const logits = new Float32Array(count * classes);
      for (let start = 0; start < count; start += PART) {
        const end = Math.min(count, start + PART);
        const part = inputs.subarray(start * size, end * size);
        const tensor = withBackend(tf, backend, () => network.logits(weights, part, end - start));
        try {
          logits.set(await tensor.data(), start * classes);
        } finally {
          tensor.dispose();
        }
      }
      return logits;
    },
    [Symbol.dispose]() {
      tf.dispose(kept);
    },
  };
}
