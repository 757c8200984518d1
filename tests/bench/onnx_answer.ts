import type { ImageShape } from "../../src/model/architecture.ts";
import { ONNX_INPUT, ONNX_OUTPUT } from "./onnx.ts";
import type { Onnxruntime } from "./packages.ts";

/**
 * Loads a network in onnxruntime, on one thread.
 *
 * @param onnxruntime The package to run it with.
 * @param model The bytes of the ONNX file.
 * @param shape The shape of one input.
 * @returns What gives the logits of `count` inputs.
 */
export async function onnxAnswer(
  { env, InferenceSession, Tensor }: Onnxruntime,
  model: Uint8Array,
  shape: ImageShape,
): Promise<(inputs: Float32Array, count: number) => Promise<Float32Array>> {
  env.wasm.numThreads = 1;
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  return async (inputs, count) => {
    const tensor = new Tensor("float32", inputs, [count, ...shape]);
    const outputs = await session.run({ [ONNX_INPUT]: tensor });
    return outputs[ONNX_OUTPUT].data;
  };
}
