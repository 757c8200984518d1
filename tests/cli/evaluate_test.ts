import {
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { PHOTO_DISTORTIONS } from "../../src/data/augment/distort.ts";
import { CIFAR_10 } from "../../src/data/catalog.ts";
import { modelFromBytes } from "../../src/weights/model_file.ts";
import { recordFile } from "../data/record_file.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { HAS_WEBGPU } from "../engine/tfjs/backends.ts";
import { DIGITS } from "../research/hard_set/digits.ts";
import { runTask } from "./run_task.ts";
import { writeMnist } from "./small_mnist.ts";

const MNIST = new URL("../../../shared/data/mnist", import.meta.url).pathname;

const hasMnist = await Deno.stat(MNIST).then(() => true, () => false);

Deno.test({
  name: "evaluate reads at least 99.2 % of MNIST's test set right",
  ignore: !hasMnist,
  fn: async () => {
    const { code, stdout } = await runTask(
      "evaluate",
      "--data",
      MNIST,
      "--backend",
      "wasm",
      "--json",
    );
    assertEquals(code, 0);
    const { weights, count, accuracy, loss, confusion, backend } = JSON.parse(stdout);
    assertEquals([weights, count, backend], ["digits", 10_000, "wasm"]);
    assertGreaterOrEqual(accuracy, 0.992);
    assertGreaterOrEqual(0.05, loss);
    const right = confusion.reduce((sum: number, row: number[], k: number) => sum + row[k], 0);
    assertAlmostEquals(right / count, accuracy, 1e-12);
  },
});

Deno.test({
  name: "evaluate gives the same answers on webgpu",
  ignore: !hasMnist || !HAS_WEBGPU,
  fn: async () => {
    const on = async (backend: string) => {
      const args = ["--data", MNIST, "--limit", "500", "--json", "--backend", backend];
      return JSON.parse((await runTask("evaluate", ...args)).stdout);
    };
    const [webgpu, wasm] = [await on("webgpu"), await on("wasm")];
    assertEquals([webgpu.backend, wasm.backend], ["webgpu", "wasm"]);
    assertEquals(webgpu.confusion, wasm.confusion);
    assertAlmostEquals(webgpu.loss, wasm.loss, 1e-5);
  },
});

Deno.test("evaluate prints intervals, calibration and risk beside its counts, as it does in JSON", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeMnist(folder, "t10k", DIGITS);
    const args = ["--data", folder, "--backend", "wasm"];
    const { code, stdout } = await runTask("evaluate", ...args);
    assertEquals(code, 0);
    const percents = (share: number) => `${(100 * share).toFixed(2)} %`;
    const { accuracy, loss, interval, calibration, coverage } = JSON.parse(
      (await runTask("evaluate", ...args, "--json")).stdout,
    );
    const lines = stdout.trim().split("\n");
    assertEquals(
      lines[0],
      `MNIST test: ${percents(accuracy)} of 50 images right, loss ${loss.toFixed(4)} (wasm)`,
    );
    const [low, high] = interval.map((bound: number) => (100 * bound).toFixed(2));
    assertEquals(lines[1], `95 % interval: ${low} to ${high} %`);
    assertMatch(lines[5], /^ +0 .* % {2}\d+\.\d\d to \d+\.\d\d$/);
    const { error, errorWithout } = calibration;
    assertEquals(
      lines.find((line) => line.startsWith("Calibration")),
      `Calibration error: ${percents(error)} at temperature ${
        Number(calibration.temperature.toFixed(4))
      }, ${percents(errorWithout)} without`,
    );
    assertEquals(
      lines.slice(-5).map((line) => line.split(/ {2,}/).slice(0, 3).map((cell) => cell.trim())),
      coverage.map(({ coverage, count, error }: Record<string, number>) => [
        `${Number((100 * coverage).toFixed(2))} %`,
        String(count),
        percents(error),
      ]),
    );
  });
});

Deno.test("evaluate --engine tfjs-wasm measures on tfjs, and comes to the same", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeMnist(folder, "t10k", DIGITS);
    const by = async (engine: string): Promise<Record<string, number>> => {
      const args = ["--data", folder, "--backend", "wasm", "--json", "--engine", engine];
      const { code, stdout, stderr } = await runTask("evaluate", ...args);
      assertEquals([code, stderr], [0, ""]);
      return JSON.parse(stdout);
    };
    const [own, tfjs] = [await by("own"), await by("tfjs-wasm")];
    assertEquals([own.engine, tfjs.engine], ["own", "tfjs-wasm"]);
    assertEquals([tfjs.confusion, tfjs.backend], [own.confusion, own.backend]);
    assertAlmostEquals(tfjs.loss, own.loss, 1e-5);
    // Other kernels sum in another order: equal bits would mean that the library was asked twice.
    assertNotEquals(tfjs.loss, own.loss);
    const { stdout } = await runTask("evaluate", "--data", folder, "--engine", "tfjs-wasm");
    assertMatch(stdout, /^MNIST test: .* \(tfjs-wasm\)\n/);
  });
});

Deno.test("evaluate --engine takes own and tfjs-wasm, and neither beside a backend that it does not use", async () => {
  const wrong: [string[], RegExp][] = [
    [["--engine", "torch"], /--engine: found "torch", expected one of own, tfjs-wasm/],
    [["--engine", "tfjs-wasm", "--backend", "webgpu"], /webgpu beside --engine tfjs-wasm/],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await runTask("evaluate", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, message);
  }
});

Deno.test("evaluate --split train-tail measures on the last 10,000 training images", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeMnist(folder, "train", DIGITS, 10_001);
    const args = ["--data", folder, "--split", "train-tail", "--backend", "wasm", "--json"];
    const { code, stdout } = await runTask("evaluate", ...args);
    assertEquals([code, JSON.parse(stdout).count], [0, 10_000]);
  });
});

Deno.test("evaluate says in one line what is wrong with its data", async () => {
  const { code, stdout, stderr } = await runTask("evaluate", "--data", "/nowhere");
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^error: Cannot .* \[file\/missing\]\n$/);
});

Deno.test("train and evaluate take CIFAR-10 from a folder of datasets, distorted as photos are", async () => {
  await inTemporaryFolder(async (folder) => {
    const labels = Array.from({ length: 20 }, (_, n) => n % 10);
    await Deno.mkdir(`${folder}/cifar-10`);
    for (const name of ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4"]) {
      await Deno.writeFile(`${folder}/cifar-10/${name}.bin`, recordFile(labels, 3072));
    }
    await Deno.writeFile(`${folder}/cifar-10/data_batch_5.bin`, recordFile([9], 3072));
    await Deno.writeFile(`${folder}/cifar-10/test_batch.bin`, recordFile([3, 8], 3072));

    const data = ["--dataset", "cifar-10", "--data", folder, "--backend", "wasm", "--json"];
    const out = `${folder}/net.safetensors`;
    const recipe = ["--network", "lenet-cifar10", "--epochs", "1", "--augment", "--out", out];
    const trained = await runTask("train", ...data, ...recipe);
    assertEquals([trained.code, trained.stderr], [0, ""]);
    const { metadata } = modelFromBytes(await Deno.readFile(out));
    assertEquals(metadata.recipe?.augment, PHOTO_DISTORTIONS);
    assertEquals(metadata.classNames, CIFAR_10.classNames);
    const evaluated = await runTask("evaluate", ...data, "--weights", out);
    assertEquals([evaluated.code, evaluated.stderr], [0, ""]);
    assertEquals(JSON.parse(evaluated.stdout).count, 2);
  });
});
