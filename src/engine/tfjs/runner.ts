import type { Architecture } from "../../model/architecture.ts";
import type { Parameters } from "../../model/parameters.ts";
import type { Runner } from "../runner.ts";
import { forward } from "./forward.ts";
import { flatLayout, toFlat, toImages, unpackWeights } from "./layout.ts";
import { loadTfjs, type TfjsBackend, withBackend } from "./tfjs.ts";

export { importTfjs } from "./tfjs.ts";

/** The most images in one pass, so that memory stays bounded. */
const MAX_IMAGES = 1024;

/**
 * Makes a network ready to run on a backend of tfjs.
 *
 * @param backend The backend.
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
  const { input: shape, layers, classes } = architecture;
  const weights = withBackend(tf, backend, () => {
    const layout = flatLayout(architecture);
    const weights = unpackWeights(tf, layout, tf.tensor1d(toFlat(layout, parameters)));
    for (const own of weights.values()) {
      for (const tensor of Object.values(own)) tf.keep(tensor);
    }
    return weights;
  });
  return {
    backend,
    async logits(inputs, count) {
      const size = inputs.length / count;
      const logits = new Float32Array(count * classes);
      for (let start = 0; start < count; start += MAX_IMAGES) {
        const end = Math.min(count, start + MAX_IMAGES);
        const part = inputs.subarray(start * size, end * size);
        const tensor = withBackend(tf, backend, () => {
          const images = toImages(tf, part, shape, end - start);
          return forward(tf, layers, weights, images)[layers.length - 1];
        });
        try {
          logits.set(await tensor.data(), start * classes);
        } finally {
          tensor.dispose();
        }
      }
      return logits;
    },
    [Symbol.dispose]() {
      for (const own of weights.values()) tf.dispose(Object.values(own));
    },
  };
}
