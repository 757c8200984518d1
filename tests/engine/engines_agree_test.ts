import { assertEquals, assertLess } from "@std/assert";
import { loadMnist } from "../../src/data/catalog.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { createRunner } from "../../src/engine/backends.ts";
import { argMax, type Runner } from "../../src/engine/runner.ts";
import { tfjsRunner } from "../../src/engine/tfjs/runner.ts";
import { initialize } from "../../src/model/initialize.ts";
import { loadModel } from "../../src/weights/model_file.ts";
import { TINY } from "../train/tiny.ts";

const MNIST = new URL("../../../shared/data/mnist", import.meta.url).pathname;

const hasMnist = await Deno.stat(MNIST).then(() => true, () => false);

async function answers(runner: Runner, { images, count }: Dataset): Promise<number[]> {
  const inputs = Float32Array.from(images, (value) => value / 255);
  const logits = await runner.logits(inputs, count);
  return Array.from({ length: count }, (_, n) => argMax(logits.subarray(10 * n, 10 * n + 10)));
}

async function assertAgreement(dataset: Dataset): Promise<void> {
  const { architecture, parameters } = await loadModel("digits");
  using ours = await createRunner("wasm", architecture, parameters);
  using tfjs = await tfjsRunner("wasm", architecture, parameters);
  assertEquals(await answers(ours, dataset), await answers(tfjs, dataset));
}

Deno.test("createRunner gives the answers of tfjs on synthetic digits", () =>
  assertAgreement(syntheticDigits({ count: 2000, seed: 6 })));

Deno.test({
  name: "createRunner gives the answers of tfjs on all of MNIST's test set",
  ignore: !hasMnist,
  fn: async () => assertAgreement(await loadMnist({ split: "test", directory: MNIST })),
});

Deno.test("createRunner holds no more memory after a million calls", async () => {
  using runner = await createRunner("wasm", TINY, initialize(TINY));
  const input = new Float32Array(64).fill(0.5);
  const call = async (times: number): Promise<number> => {
    for (let i = 0; i < times; i++) await runner.logits(input, 1);
    return Deno.memoryUsage().rss;
  };
  const before = await call(100_000);
  const after = await call(900_000);
  // A leak of one array of three logits for each call would be over 100 MB.
  assertLess(after - before, 40e6);
});
