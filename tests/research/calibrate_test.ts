import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { calibrate, fitTemperature } from "../../scripts/research/calibrate.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { LeNetError } from "../../src/errors.ts";
import { LeNet } from "../../src/lenet.ts";
import { logLoss } from "../../src/evaluate.ts";
import type { Model } from "../../src/model/model.ts";
import { Random } from "../../src/model/random.ts";
import { modelFromBytes, modelToBytes } from "../../src/weights/model_file.ts";
import { runTask } from "../cli/run_task.ts";
import { writeMnist } from "../cli/small_mnist.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { DIGITS } from "./hard_set/digits.ts";

/** The stock network. */
async function stock(): Promise<Model> {
  using net = await LeNet.load("digits", { backend: "wasm" });
  return net.model;
}

/** A network whose logits are so many times as large: the last layer's weights and biases are. */
function louder(model: Model, factor: number): Model {
  const parameters = new Map([...model.parameters].map(([name, { shape, data }]) => [
    name,
    { shape, data: name.startsWith("fc3.") ? data.map((value) => factor * value) : data },
  ]));
  return { ...model, parameters };
}

/** What the script says of a network's file and the data of a folder. */
async function calibrated(folder: string, file: string) {
  const options = ["--data", folder, "--weights", file, "--json"];
  const { code, stdout } = await runTask("calibrate", ...options);
  assertEquals(code, 0);
  return JSON.parse(stdout);
}

Deno.test("calibrate fits a temperature that undoes logits which are too large", async () => {
  const model = await stock();
  const digits = syntheticDigits({ count: 400, seed: 9 });
  const [plain, loud] = [model, louder(model, 4)].map((model) => calibrate(model, digits));
  const { model: { metadata, ...rest }, loss, lossBefore } = await plain;
  assertEquals(rest, { architecture: model.architecture, parameters: model.parameters });
  assertEquals({ ...metadata, temperature: model.metadata.temperature }, model.metadata);
  assertLess(loss, lossBefore + 1e-9);
  const tempered = await loud;
  assertAlmostEquals(tempered.model.metadata.temperature / metadata.temperature, 4, 1e-3);
  assertAlmostEquals(tempered.loss, loss, 1e-5);
});

Deno.test("calibrate stops when it is aborted", async () => {
  const error = await assertRejects(
    async () => await calibrate(await stock(), DIGITS, AbortSignal.abort()),
    LeNetError,
  );
  assertEquals(error.code, "aborted");
});

Deno.test("calibrate writes the temperature that it finds, on 10,000 images where the file does not say how many", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeMnist(folder, "train", DIGITS, 10_001);
    const file = `${folder}/net.safetensors`;
    const { metadata: { recipe: _, ...metadata }, ...rest } = louder(await stock(), 3);
    const model = { ...rest, metadata };
    await Deno.writeFile(file, modelToBytes(model));
    const { temperature, loss, lossBefore, dataset, out } = await calibrated(folder, file);
    assertEquals([dataset, out], ["MNIST train, the last 10000", file]);
    assertLess(loss, lossBefore);
    const written = modelFromBytes(await Deno.readFile(file));
    assertEquals(written.metadata, { ...model.metadata, temperature });
    assertEquals(written.parameters, model.parameters);
  });
});

Deno.test("calibrate takes the images that a network's own recipe set aside", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeMnist(folder, "train", DIGITS, 200);
    const file = `${folder}/net.safetensors`;
    const model = await stock();
    const recipe = { ...model.metadata.recipe, validation: 50 };
    const trained = { ...model, metadata: { ...model.metadata, recipe } };
    await Deno.writeFile(file, modelToBytes(trained));
    assertEquals((await calibrated(folder, file)).dataset, "MNIST train, the last 50");
  });
});

Deno.test("calibrate says in one line what it lacks", async () => {
  const none = await runTask("calibrate", "--data", "/nowhere");
  assertEquals([none.code, none.stdout], [2, ""]);
  assertMatch(
    none.stderr,
    /^error: Cannot run calibrate: found no --weights, .* \[option\/invalid\]\n/,
  );
  const missing = await runTask("calibrate", "--weights", "/nowhere.safetensors");
  assertEquals([missing.code, missing.stdout], [1, ""]);
  assertMatch(missing.stderr, /^error: Cannot .* \[file\/missing\]\n$/);
});

/** Ten logits of two classes and their labels, of which so many are right, with this difference between the logits. */
function answers(rightOfTen: number, difference: number): [Float32Array, Uint8Array] {
  return [
    Float32Array.from({ length: 20 }, (_, i) => i % 2 === 0 ? difference : 0),
    Uint8Array.from({ length: 10 }, (_, n) => n < rightOfTen ? 0 : 1),
  ];
}

Deno.test("fitTemperature makes the confidence equal the accuracy", () => {
  // σ(d / T) = p where T = d / ln(p / (1 − p)).
  for (const [right, difference] of [[9, 5], [8, 1], [6, 2], [7, 0.5]]) {
    const expected = difference / Math.log(right / (10 - right));
    assertAlmostEquals(fitTemperature(...answers(right, difference)) / expected, 1, 1e-3);
  }
});

Deno.test("fitTemperature finds 1 for calibrated logits, and the factor of scaled ones", () => {
  const random = new Random(1);
  const count = 20_000;
  const logits = Float32Array.from({ length: 3 * count }, () => 2 * random.normal());
  const labels = Uint8Array.from({ length: count }, (_, n) => {
    const weights = [...logits.subarray(3 * n, 3 * n + 3)].map(Math.exp);
    let chance = random.next() * (weights[0] + weights[1] + weights[2]);
    return weights.findIndex((weight) => (chance -= weight) < 0);
  });
  assertAlmostEquals(fitTemperature(logits, labels), 1, 0.03);
  const tripled = fitTemperature(logits.map((logit) => 3 * logit), labels);
  assertAlmostEquals(tripled / fitTemperature(logits, labels), 3, 1e-3);
});

Deno.test("fitTemperature has a lower loss than its neighbours", () => {
  const [logits, labels] = answers(8, 3);
  const temperature = fitTemperature(logits, labels);
  const loss = logLoss(logits, labels, temperature);
  for (const factor of [0.9, 0.99, 1.01, 1.1]) {
    assertGreater(logLoss(logits, labels, factor * temperature), loss);
  }
});

Deno.test("fitTemperature stays within its bounds at an accuracy of 100 % and of chance", () => {
  assertAlmostEquals(fitTemperature(...answers(10, 5)), 0.05, 1e-4);
  assertAlmostEquals(fitTemperature(...answers(5, 5)), 20, 1e-3);
});
