import { quietGpu } from "../../../src/cli/command.ts";
import { fromFlat, toFlat } from "../../../src/engine/tfjs/layout.ts";
import { loadTfjs, type TfjsBackend, withBackend } from "../../../src/engine/tfjs/tfjs.ts";
import { createTrainingNetwork } from "../../../src/engine/tfjs/training_network.ts";
import type { Architecture } from "../../../src/model/architecture.ts";
import type { Parameters } from "../../../src/model/parameters.ts";

quietGpu();

/** Whether any WebGPU adapter is here, hardware or software. */
export const HAS_WEBGPU = await navigator.gpu?.requestAdapter() != null;

/**
 * Declares a test once for each backend of tfjs; without an adapter, the one on WebGPU is reported as ignored.
 * WebGPU keeps its device for the life of the process, so resources are not counted there.
 */
export function testOnTfjs(
  name: string,
  test: (backend: TfjsBackend) => Promise<void>,
): void {
  for (const backend of ["wasm", "webgpu"] as const) {
    Deno.test({
      name: `${name} (${backend})`,
      ignore: backend === "webgpu" && !HAS_WEBGPU,
      sanitizeResources: backend === "wasm",
      sanitizeOps: backend === "wasm",
      fn: () => test(backend),
    });
  }
}

/** The loss of a batch and its gradient for every parameter, in our layout. */
export async function tfjsGradients(
  backend: TfjsBackend,
  architecture: Architecture,
  parameters: Parameters,
  inputs: Float32Array,
  labels: Uint8Array,
): Promise<{ loss: number; correct: number; gradients: Parameters }> {
  const tf = await loadTfjs(backend);
  const network = createTrainingNetwork(tf, architecture);
  const { measured, gradient } = withBackend(tf, backend, () => {
    const flat = tf.tensor1d(toFlat(network.layout, parameters));
    const { measured, gradient } = network.pass(flat, inputs, labels);
    return { measured, gradient };
  });
  const [loss, correct] = await measured.data();
  const gradients = fromFlat(network.layout, await gradient.data() as Float32Array);
  tf.dispose([measured, gradient]);
  return { loss, correct, gradients };
}
