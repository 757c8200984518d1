import type { Tensor } from "@tensorflow/tfjs-core";
import { createRunner } from "../../src/engine/backends.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import { flatLayout, toFlat } from "../../src/engine/tfjs/layout.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import type { Parameters } from "../../src/model/parameters.ts";
import { onnxModel } from "./onnx.ts";
import { onnxAnswer } from "./onnx_answer.ts";
import { importPackage } from "./packages.ts";

/** Gives the logits of `count` images, one after another. */
export type Answer = (
  images: Float32Array,
  count: number,
) => Float32Array | Promise<Float32Array>;

/** What is compared. */
export const ENGINES = [
  "ours",
  "tfjs-wasm",
  "onnxruntime-web",
  "onnxruntime-node",
  "reference",
] as const;

/** The name of something that is compared. */
export type EngineName = typeof ENGINES[number];

/** How far the logits of two engines may lie apart: single precision, summed in different orders. */
const TOLERANCE = 1e-4;

const LOADERS: Readonly<
  Record<EngineName, (architecture: Architecture, parameters: Parameters) => Promise<Answer>>
> = {
  async ours(architecture, parameters) {
    const runner = await createRunner("wasm", architecture, parameters);
    return (images, count) => runner.logits(images, count);
  },
  async "tfjs-wasm"(architecture, parameters) {
    const { plainLeNet } = await import("./plain_tfjs.ts");
    const net = await plainLeNet();
    await setPlainWeights(architecture, parameters);
    return (images, count) => net.logits(images, count);
  },
  async "onnxruntime-web"(architecture, parameters) {
    const onnxruntime = await importPackage("onnxruntime-web");
    return await onnxAnswer(onnxruntime, onnxModel(architecture, parameters), architecture.input);
  },
  async "onnxruntime-node"(architecture, parameters) {
    const onnxruntime = await importPackage("onnxruntime-node");
    return await onnxAnswer(onnxruntime, onnxModel(architecture, parameters), architecture.input);
  },
  reference(architecture, parameters) {
    const runner = referenceRunner(architecture, parameters);
    return Promise.resolve((images, count) => runner.logits(images, count));
  },
};

/** What could be loaded, and why the rest could not. */
export interface LoadedEngines {
  readonly answers: ReadonlyMap<EngineName, Answer>;
  readonly unavailable: Readonly<Record<string, string>>;
}

/**
 * Loads a network in every engine. One that cannot be had here is left out, and it is said why.
 *
 * @param architecture The network: LeNet-5, which the plain tfjs net is.
 * @param parameters Its weights.
 * @returns The engines.
 */
export async function loadEngines(
  architecture: Architecture,
  parameters: Parameters,
): Promise<LoadedEngines> {
  const answers = new Map<EngineName, Answer>();
  const unavailable: Record<string, string> = {};
  for (const name of ENGINES) {
    try {
      answers.set(name, await LOADERS[name](architecture, parameters));
    } catch (error) {
      unavailable[name] = (error as Error).message;
    }
  }
  return { answers, unavailable };
}

/**
 * Checks that all engines give the reference's logits: to compare the speed of different answers would mean nothing.
 *
 * @param answers The engines, the reference among them.
 * @param images Images to try.
 * @param count How many there are.
 * @throws {Error} When an engine gives something else.
 */
export async function checkAgreement(
  answers: LoadedEngines["answers"],
  images: Float32Array,
  count: number,
): Promise<void> {
  const expected = await answers.get("reference")!(images, count);
  for (const [name, answer] of answers) {
    const found = await answer(images, count);
    const error = expected.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - found[i])),
      0,
    );
    // Written so that NaN fails.
    if (!(error <= TOLERANCE)) throw new Error(`The logits of ${name} are wrong by ${error}`);
  }
}

/** Gives the plain tfjs net these weights. */
async function setPlainWeights(architecture: Architecture, parameters: Parameters): Promise<void> {
  const tf = await import("@tensorflow/tfjs-core");
  const variables = tf.engine().registeredVariables;
  const layout = flatLayout(architecture);
  const flat = toFlat(layout, parameters);
  for (const { name, tfjsShape, offset, size } of layout) {
    const variable = variables[name.replace(".weight", "").replace(".bias", "Bias")];
    tf.tidy(() => {
      const values = tf.tensor(flat.subarray(offset, offset + size), tfjsShape);
      // Plain tfjs has channels after pixels in the row that the first dense layer takes.
      variable.assign(name === "fc1.weight" ? pixelsFirst(tf, values) : values);
    });
  }
}

/** Puts the inputs of the first dense layer, 16 channels of 5×5 pixels, in the order of pixels of 16 channels. */
function pixelsFirst(
  tf: typeof import("@tensorflow/tfjs-core"),
  values: Tensor,
): Tensor {
  const [, units] = values.shape;
  const byChannel = tf.reshape(values, [16, 25, units]);
  return tf.reshape(tf.transpose(byChannel, [1, 0, 2]), values.shape);
}
