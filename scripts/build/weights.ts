import { fileURLToPath } from "node:url";
import { interruptible, runCommand } from "../../src/cli/command.ts";
import { DATASET_FLAGS, type DatasetName, loadPublished } from "../../src/cli/sources.ts";
import { type Dataset, takeDataset } from "../../src/data/dataset.ts";
import { readFile, writeFileAtomically } from "../../src/data/files.ts";
import { LeNet } from "../../src/lenet.ts";
import type { Model } from "../../src/model/model.ts";
import { modelFromBytes, modelToBytes } from "../../src/weights/model_file.ts";
import { moduleFromModel, trimParameters } from "./write_module.ts";

/**
 * Writes the module of a trained network, and adds it to the exports of the package.
 *
 * @param file The safetensors file of the network.
 * @param name The name of the module.
 * @param folder The folder of the package.
 * @param options `dtype` is the number format of the weights; `testSet` is what the rounded weights are measured on.
 * Without it the module has the accuracy that the file has.
 * @returns The path of the module.
 */
export async function packWeights(
  file: string,
  name: string,
  folder: string,
  { dtype, testSet }: { dtype: "F16" | "I8"; testSet?: Dataset | undefined },
): Promise<string> {
  const trained = modelFromBytes(await readFile(file));
  const model = dtype === "F16"
    ? { ...trained, parameters: trimParameters(trained.parameters) }
    : trained;
  const source = moduleFromModel(
    testSet ? await measured(model, dtype, testSet) : model,
    name,
    dtype,
  );
  const manifestPath = `${folder}/deno.json`;
  const manifest = JSON.parse(new TextDecoder().decode(await readFile(manifestPath)));
  const exports = { ...manifest.exports, [`./${name}`]: `./${name}.ts` };
  manifest.exports = Object.fromEntries(Object.entries(exports).sort());
  const path = `${folder}/${name}.ts`;
  const encoder = new TextEncoder();
  // The module first: an export without its file would break the package.
  await writeFileAtomically(path, encoder.encode(source));
  await writeFileAtomically(
    manifestPath,
    encoder.encode(`${JSON.stringify(manifest, undefined, 2)}\n`),
  );
  return path;
}

/** The network with the accuracy of its weights as rounded for the module. */
async function measured(model: Model, dtype: "F16" | "I8", testSet: Dataset): Promise<Model> {
  const packed = modelFromBytes(modelToBytes(model, { dtype }));
  using net = await LeNet.load(packed, { backend: "wasm" });
  const { count, accuracy: value } = await net.evaluate(testSet);
  const accuracy = { dataset: testSet.name, count, value };
  return { ...model, metadata: { ...model.metadata, accuracy } };
}

async function readTestSet(
  file: string,
  { dataset: name, data: directory, limit }: {
    readonly dataset: DatasetName;
    readonly data: string | undefined;
    readonly limit: number | undefined;
  },
  signal: AbortSignal,
): Promise<Dataset> {
  const { input } = modelFromBytes(await readFile(file)).architecture;
  const whole = await loadPublished(name, { split: "test", directory, signal, input });
  if (limit === undefined) return whole;
  return { ...takeDataset(whole, limit), name: `${whole.name}, records 0–${limit - 1}` };
}

if (import.meta.main) {
  await runCommand({
    name: "weights:pack",
    summary: "Packs a trained network into the module @x/lenet-weights/NAME.",
    details: "Writes weights/NAME.ts and adds it to the exports in weights/deno.json.",
    positionals: [
      { name: "FILE", help: "a safetensors file, as deno task train --out writes it" },
      { name: "NAME", help: "such as digits: lower-case letters, digits and single hyphens" },
    ],
    flags: {
      dtype: {
        kind: "choice",
        value: "NAME",
        choices: ["I8", "F16"],
        default: "I8",
        help: "how a weight is stored: in 8 bits, or in 16 of which the last 3 are 0",
      },
      data: {
        ...DATASET_FLAGS.data,
        help:
          "the folder of a dataset: the packed weights are measured on its test set for the module",
      },
      dataset: DATASET_FLAGS.dataset,
      limit: { kind: "integer", min: 1, value: "N", help: "measure on the first N images only" },
    },
    async run({ positionals: [file, name], flags }) {
      using interrupt = interruptible();
      const folder = fileURLToPath(new URL("../../weights", import.meta.url));
      const testSet = flags.data === undefined
        ? undefined
        : await readTestSet(file, flags, interrupt.signal);
      const { dtype } = flags;
      console.log(`Wrote ${await packWeights(file, name, folder, { dtype, testSet })}`);
    },
  });
}
