import { assertAlmostEquals, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { referenceRunner } from "../../src/engine/reference.ts";
import { type Architecture, sizeOf } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { Random } from "../../src/model/random.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { onnxModel } from "./onnx.ts";
import { LOCK_OPTION } from "./packages.ts";
import { runDeno } from "./run_deno.ts";

/** Everything that LeNet-5 has not: several channels, odd sizes, averages, smooth activations. */
const ODD: Architecture = {
  name: "odd",
  input: [2, 9, 8],
  layers: [
    { kind: "conv", name: "conv1", filters: 3, kernel: 3, padding: 1 },
    { kind: "activation", activation: "tanh" },
    { kind: "pool", mode: "average" },
    { kind: "conv", name: "conv2", filters: 5, kernel: 2, padding: 0 },
    { kind: "activation", activation: "sigmoid" },
    { kind: "flatten" },
    { kind: "dense", name: "fc1", units: 300 },
    { kind: "dense", name: "fc2", units: 4 },
  ],
  classes: 4,
};

/** The logits that onnxruntime-web gives for an ONNX file. */
async function onnxLogits(
  model: Uint8Array,
  inputs: Float32Array<ArrayBuffer>,
  architecture: Architecture,
): Promise<number[]> {
  const folder = await Deno.makeTempDir();
  try {
    const [modelFile, inputsFile] = [`${folder}/model.onnx`, `${folder}/inputs`];
    await Deno.writeFile(modelFile, model);
    await Deno.writeFile(inputsFile, new Uint8Array(inputs.buffer));
    const script = fileURLToPath(new URL("./onnx_logits.ts", import.meta.url));
    const options = ["-q", "--no-prompt", LOCK_OPTION, "--allow-read"];
    const args = [script, modelFile, inputsFile, architecture.input.join()];
    return JSON.parse(await runDeno(["run", ...options, ...args]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const architecture of [lenet5(), ODD]) {
  Deno.test(`onnxModel gives onnxruntime-web the reference's logits: ${architecture.name}`, async () => {
    const count = 3;
    const random = new Random(1);
    const parameters = initialize(architecture, { seed: 1 });
    // Biases begin at zero, which would hide that they are missing.
    for (const { data } of parameters.values()) {
      for (let i = 0; i < data.length; i++) data[i] += random.uniform(-0.05, 0.05);
    }
    const inputs = Float32Array.from(
      { length: count * sizeOf(architecture.input) },
      () => random.uniform(-1, 1),
    );
    const found = await onnxLogits(onnxModel(architecture, parameters), inputs, architecture);
    const expected = await referenceRunner(architecture, parameters).logits(inputs, count);
    assertEquals(found.length, expected.length);
    expected.forEach((value, i) => assertAlmostEquals(found[i], value, 1e-5));
  });
}
