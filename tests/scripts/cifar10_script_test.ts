import { assertEquals } from "@std/assert";
import { CIFAR_10 } from "../../src/data/cifar10.ts";
import { PHOTO_DISTORTIONS } from "../../src/data/distort.ts";
import { modelFromBytes } from "../../src/weights/model_file.ts";
import { recordFile } from "../data/record_file.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { runTask } from "./run_task.ts";

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
