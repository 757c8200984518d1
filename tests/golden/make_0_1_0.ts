/**
 * Writes the files of `0.1.0/` with the library as it is. It was run once, with version 0.1.0: the files stand for every
 * file that users of that version have, so they are never written again. For a later version, copy this script and let
 * it write a folder of that version.
 *
 * Run it with `deno run -A tests/golden/make_0_1_0.ts FOLDER`.
 *
 * @module
 */

import { moduleFromModel } from "../../scripts/build/write_module.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import { sizeOf } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { normalize } from "../../src/model/model.ts";
import { Random } from "../../src/model/random.ts";
import { type Architecture, LeNet, type Model } from "../../mod.ts";
import {
  type Checkpoint,
  checkpointToBytes,
  DIGIT_DISTORTIONS,
  normalizationOf,
  train,
} from "../../src/train/mod.ts";
import { bars, TINY } from "../train/tiny.ts";

/** Inputs that each network is run on. */
const INPUTS = 2;

const BATCH_NORMALIZED: Architecture = {
  name: "batch-normalized",
  input: [1, 9, 9],
  layers: [
    { kind: "conv", name: "conv1", filters: 3, kernel: 4, padding: 0 },
    { kind: "batch-norm", name: "bn1" },
    { kind: "activation", activation: "tanh" },
    { kind: "pool", mode: "average" },
    { kind: "flatten" },
    { kind: "dense", name: "fc1", units: 5 },
    { kind: "activation", activation: "sigmoid" },
    { kind: "dropout", rate: 0.25 },
    { kind: "dense", name: "fc2", units: 3 },
  ],
  classes: 3,
};

const LAYERS_1998: Architecture = {
  name: "layers-1998",
  input: [1, 12, 12],
  layers: [
    { kind: "conv", name: "C1", filters: 3, kernel: 5, padding: 0 },
    { kind: "activation", activation: "scaled-tanh" },
    { kind: "subsample", name: "S2" },
    { kind: "activation", activation: "scaled-tanh" },
    {
      kind: "conv",
      name: "C3",
      filters: 2,
      kernel: 3,
      padding: 0,
      connections: [[0, 1], [1, 2]],
    },
    { kind: "activation", activation: "scaled-tanh" },
    { kind: "flatten" },
    { kind: "dense", name: "F6", units: 4 },
    { kind: "activation", activation: "scaled-tanh" },
    { kind: "rbf", codes: ["##..", ".##.", "..##"] },
  ],
  classes: 3,
};

/** A network that has learned nothing, with all metadata that a file may hold. What begins as 0 or 1 is random, too. */
function randomModel(architecture: Architecture): Model {
  const dataset = bars(30);
  const random = new Random(11);
  const parameters = initialize(architecture, { seed: 11 });
  for (const [name, { data }] of parameters) {
    const isConstant = /^bn|^S|\.bias$/.test(name);
    if (isConstant) data.forEach((_, i) => data[i] = 0.5 + random.next());
  }
  return {
    architecture,
    parameters,
    metadata: {
      classNames: dataset.classNames,
      normalization: normalizationOf(dataset),
      preparation: "picture",
      temperature: 1.5,
      accuracy: { dataset: dataset.name, count: 30, value: 0.5 },
      recipe: { seed: 11, normalization: normalizationOf(dataset), augment: null },
      dataChecksums: { "bars.gz": "0123456789abcdef".repeat(4) },
    },
  };
}

/** What the network answers to random inputs, which are normalized as it asks for. */
async function answersOf(
  { architecture, parameters, metadata }: Model,
): Promise<{ inputs: number[]; logits: number[] }> {
  const { input } = architecture;
  const random = new Random(12);
  const inputs = Float32Array.from(
    { length: INPUTS * sizeOf(input) },
    () => random.integer(256) / 256,
  );
  const normalized = Float32Array.from(inputs);
  normalize(normalized, input, metadata.normalization);
  using runner = referenceRunner(architecture, parameters);
  return { inputs: [...inputs], logits: [...await runner.logits(normalized, INPUTS)] };
}

/** A run of three epochs, and where it was after the second. */
async function trainThree(
  options: Parameters<typeof train>[2],
): Promise<{ checkpoint: Uint8Array<ArrayBuffer>; result: Awaited<ReturnType<typeof train>> }> {
  const dataset = { ...bars(90), checksums: { images: "ab".repeat(32) } };
  const checkpoints: Checkpoint[] = [];
  const result = await train(TINY, dataset, {
    backend: "wasm",
    epochs: 3,
    batchSize: 16,
    validation: 15,
    normalization: normalizationOf(dataset),
    onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
    ...options,
  });
  return { checkpoint: checkpointToBytes(checkpoints[2]), result };
}

const [folder] = Deno.args;
const write = (name: string, bytes: Uint8Array | string): Promise<void> =>
  Deno.writeFile(
    `${folder}/${name}`,
    typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes,
    { createNew: true },
  );

const plain = randomModel(TINY);
const answers: Record<string, { inputs: number[]; logits: number[] }> = {};
const saved: [name: string, model: Model, options: Parameters<LeNet["save"]>[0]][] = [
  ["plain_f32", plain, {}],
  ["plain_f16", plain, { dtype: "F16" }],
  ["plain_i8", plain, { dtype: "I8" }],
  ["batch_normalized_f32", randomModel(BATCH_NORMALIZED), {}],
  ["batch_normalized_pytorch", randomModel(BATCH_NORMALIZED), { layout: "pytorch" }],
  ["layers_1998_f32", randomModel(LAYERS_1998), {}],
  ["layers_1998_i8", randomModel(LAYERS_1998), { dtype: "I8" }],
];
for (const [name, model, options] of saved) {
  using net = await LeNet.load(model, { backend: "wasm" });
  const bytes = net.save(options);
  await write(`${name}.safetensors`, bytes);
  using read = await LeNet.load(bytes, { backend: "wasm" });
  answers[name] = await answersOf(read.model);
}
for (const dtype of ["F16", "I8"] as const) {
  const name = `module-${dtype.toLowerCase()}`;
  // Not as `.ts`: its example imports a package that does not have it.
  await write(`${name}.ts.txt`, moduleFromModel(plain, name, dtype));
}

const run = await trainThree({ averaging: 0.9 });
await write("checkpoint.safetensors", run.checkpoint);
await write("history.json", JSON.stringify(run.result.history));
using trained = await LeNet.load(run.result.model, { backend: "wasm" });
await write("trained.safetensors", trained.save());
answers.trained = await answersOf(trained.model);
const distorted = await trainThree({
  optimizer: { name: "sgd", momentum: 0.9 },
  schedule: "cosine",
  learningRate: 0.01,
  augment: DIGIT_DISTORTIONS,
});
await write("checkpoint_distorted.safetensors", distorted.checkpoint);
await write("answers.json", `${JSON.stringify(answers, undefined, 2)}\n`);
