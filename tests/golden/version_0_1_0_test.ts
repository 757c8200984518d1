import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { LeNet, type LoadOptions, type Model, type WeightsModule } from "../../mod.ts";
import { PRETRAINED, pretrained } from "../../src/cli/sources.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import { normalize } from "../../src/model/model.ts";
import {
  type Checkpoint,
  checkpointFromBytes,
  checkpointToBytes,
  type EpochRecord,
  normalizationOf,
  type Parameters,
  train,
} from "../../src/train/mod.ts";
import { reportHtml, reportRun } from "../../src/watch/report.ts";
import { modelFromModule } from "../../src/weights/model_file.ts";
import { readLayout } from "../../src/weights/safetensors.ts";
import { bars, TINY } from "../train/tiny.ts";

const FOLDER = new URL("0.1.0/", import.meta.url);

const read = (name: string): Uint8Array<ArrayBuffer> => Deno.readFileSync(new URL(name, FOLDER));

const readText = (name: string): string => Deno.readTextFileSync(new URL(name, FOLDER));

/** Two inputs for each network, before they are normalized, and its logits. */
const ANSWERS: Record<string, { inputs: number[]; logits: number[] }> = JSON.parse(
  readText("answers.json"),
);

/** What every untrained network of the files was saved with. */
const METADATA: Model["metadata"] = {
  classNames: ["level", "upright", "slanting"],
  normalization: { mean: [0.19311070261437907], std: [0.267213752592107] },
  preparation: "picture",
  temperature: 1.5,
  accuracy: { dataset: "bars", count: 30, value: 0.5 },
  recipe: {
    seed: 11,
    // A recipe is kept as it was written.
    normalization: { mean: [0.19311070261437907], deviation: [0.267213752592107] },
    augment: null,
  },
  dataChecksums: { "bars.gz": "0123456789abcdef".repeat(4) },
};

/** The module that a source text holds, which is TypeScript only in its types. */
async function importModule(name: string): Promise<WeightsModule> {
  const script = readText(name)
    .replace(/^import type .*$/m, "")
    .replace(": PretrainedMetadata =", "=")
    .replace(": string =", "=");
  return await import(`data:text/javascript,${encodeURIComponent(script)}`);
}

async function assertAnswers(
  { architecture, parameters, metadata }: Model,
  name: string,
): Promise<void> {
  const { inputs, logits } = ANSWERS[name];
  const normalized = Float32Array.from(inputs);
  normalize(normalized, architecture.input, metadata.normalization);
  using runner = referenceRunner(architecture, parameters);
  const found = await runner.logits(normalized, logits.length / architecture.classes);
  assertEquals(found.length, logits.length);
  found.forEach((value, i) => assertAlmostEquals(value, logits[i], 1e-6, `${name}, logit ${i}`));
}

for (
  const name of [
    "plain_f32",
    "plain_f16",
    "plain_i8",
    "batch_normalized_f32",
    "batch_normalized_pytorch",
    "layers_1998_f32",
    "layers_1998_i8",
  ]
) {
  Deno.test(`LeNet.load reads ${name}.safetensors of version 0.1.0, logits and metadata`, async () => {
    using net = await LeNet.load(read(`${name}.safetensors`), { backend: "wasm" });
    assertEquals(net.model.metadata, METADATA);
    await assertAnswers(net.model, name);
    // What is saved now says the same, in today's words.
    using saved = await LeNet.load(net.save(), { backend: "wasm" });
    assertEquals(saved.model, net.model);
    assertStringIncludes(readLayout(net.save()).metadata.get("lenet")!, '"std":[0.267');
  });
}

for (const dtype of ["f16", "i8"]) {
  Deno.test(`LeNet.load reads a weights module of version 0.1.0 in ${dtype}`, async () => {
    const module = await importModule(`module-${dtype}.ts.txt`);
    using net = await LeNet.load(module, { backend: "wasm" });
    assertEquals(net.model.metadata, METADATA);
    await assertAnswers(net.model, `plain_${dtype}`);
  });
}

Deno.test("modelFromModule gives the standard deviations of every network of @x/lenet-weights", async () => {
  for (const name of PRETRAINED) {
    const module = await pretrained(name);
    const { normalization: stored } = module.metadata;
    const { normalization } = modelFromModule(module).metadata;
    assertEquals(normalization, {
      mean: stored.mean,
      std: "deviation" in stored ? stored.deviation : stored.std,
    });
  }
});

Deno.test("LeNet.load accepts the options and models that were written for version 0.1.0", async () => {
  const { mean, std: deviation } = METADATA.normalization;
  const options = { normalization: { mean, deviation } } as unknown as LoadOptions;
  using file = await LeNet.load(read("plain_f32.safetensors"), options);
  assertEquals(file.model.metadata, METADATA);
  const metadata = { ...METADATA, ...options };
  using model = await LeNet.load({ ...file.model, metadata } as Model);
  assertEquals(model.model.metadata, METADATA);
  await assertAnswers(model.model, "plain_f32");
});

Deno.test("train resumes a checkpoint of version 0.1.0 and ends with the weights of that version", async () => {
  const dataset = { ...bars(90), checksums: { images: "ab".repeat(32) } };
  const checkpoint = checkpointFromBytes(read("checkpoint.safetensors"));
  assertEquals(checkpoint.architecture, TINY);
  assertEquals(checkpoint.recipe.normalization, normalizationOf(dataset));
  const { model, history } = await train(TINY, dataset, { resume: checkpoint, backend: "wasm" });
  using trained = await LeNet.load(read("trained.safetensors"), { backend: "wasm" });
  assertClose(model.parameters, trained.model.parameters);
  await assertAnswers(trained.model, "trained");
  const expected: EpochRecord[] = JSON.parse(readText("history.json"));
  assertEquals(history.slice(0, 2), expected.slice(0, 2));
  assertAlmostEquals(history[2].loss, expected[2].loss, 1e-4);
  assertAlmostEquals(history[2].validation!.loss, expected[2].validation!.loss, 1e-4);
});

Deno.test("train resumes a checkpoint of version 0.1.0 with momentum and distortions", async () => {
  const dataset = { ...bars(90), checksums: { images: "ab".repeat(32) } };
  const resume = checkpointFromBytes(read("checkpoint_distorted.safetensors"));
  assertEquals([...resume.trainer.slots.keys()], ["momentum"]);
  const { history } = await train(TINY, dataset, { resume, backend: "wasm" });
  assertEquals(history.map(({ epoch }) => epoch), [1, 2, 3]);
  // The options of the run may be given again, in the words of either version.
  const { mean, std } = normalizationOf(dataset);
  for (const normalization of [{ mean, std }, { mean, deviation: std }]) {
    let first: Checkpoint | undefined;
    await train(TINY, dataset, {
      resume: { ...resume, recipe: { ...resume.recipe, epochs: 2 } },
      epochs: 2,
      normalization: normalization as { mean: number[]; std: number[] },
      backend: "wasm",
      onCheckpoint: (checkpoint) => void (first ??= checkpoint),
    });
    assertEquals(checkpointFromBytes(checkpointToBytes(first!)).trainer, resume.trainer);
  }
});

Deno.test("reportHtml draws a history that version 0.1.0 wrote", async () => {
  const history: EpochRecord[] = JSON.parse(readText("history.json"));
  using net = await LeNet.load(read("trained.safetensors"), { backend: "wasm" });
  const told = { name: "run", description: "of version 0.1.0", facts: [], history };
  const page = await reportHtml("Runs", [await reportRun(told, net.model, bars(30))]);
  for (const { loss, validation } of history) {
    assertStringIncludes(page, loss.toFixed(4));
    assertStringIncludes(page, validation!.loss.toFixed(4));
  }
});

function assertClose(found: Parameters, expected: Parameters): void {
  assertEquals([...found.keys()], [...expected.keys()]);
  for (const [name, { data }] of expected) {
    // Other kernels may add in another order.
    found.get(name)!.data.forEach((value, i) => assertAlmostEquals(value, data[i], 1e-5, name));
  }
}
