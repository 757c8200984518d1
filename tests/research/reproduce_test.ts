import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { ROWS } from "../../scripts/research/reproduce/rows.ts";
import { claimOutput } from "../../src/cli/run_output.ts";
import { loadMnist } from "../../src/data/catalog.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { architectureByName } from "../../src/model/zoo.ts";
import { checkpointToBytes } from "../../src/train/checkpoint.ts";
import { train } from "../../src/train/train.ts";
import { runTask, taskCommand } from "../cli/run_task.ts";
import { idxFile } from "../data/idx_file.ts";
import { recordFile } from "../data/record_file.ts";
import { inTemporaryFolder, namesIn } from "../data/temporary_folder.ts";
import { withWatchedTask } from "../watch/watched_task.ts";

/** Writes small files under the published names: synthetic digits for MNIST and Fashion-MNIST, stripes for CIFAR-10. */
async function writeData(folder: string): Promise<void> {
  for (const name of ["mnist", "fashion-mnist"]) {
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    for (const [part, count, seed] of [["train", 96, 1], ["t10k", 24, 2]] as const) {
      const { images, labels } = syntheticDigits({ count, seed });
      const file = (kind: string): string => `${folder}/${name}/${part}-${kind}-ubyte`;
      await Deno.writeFile(file("images-idx3"), idxFile([count, 28, 28], images));
      await Deno.writeFile(file("labels-idx1"), idxFile([count], labels));
    }
  }
  await Deno.mkdir(`${folder}/cifar-10`);
  const labels = Array.from({ length: 20 }, (_, n) => n % 10);
  for (const batch of ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4"]) {
    await Deno.writeFile(`${folder}/cifar-10/${batch}.bin`, recordFile(labels, 3072));
  }
  await Deno.writeFile(`${folder}/cifar-10/data_batch_5.bin`, recordFile(labels, 3072));
  await Deno.writeFile(`${folder}/cifar-10/test_batch.bin`, recordFile(labels, 3072));
}

async function inDataFolder(test: (data: string, out: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    await writeData(`${folder}/data`);
    await test(`${folder}/data`, `${folder}/out`);
  });
}

Deno.test("reproduce all trains every row, sets reached beside reported, and does nothing twice", async () => {
  await inDataFolder(async (data, out) => {
    const args = ["all", "--data", data, "--out", out, "--backend", "wasm"];
    const { code, stdout, stderr } = await runTask("reproduce", ...args);
    assertEquals([code, stderr], [0, ""]);
    for (const { name, reported, recipe } of ROWS) {
      assertMatch(
        stdout,
        new RegExp(`\n\\| ${name} +\\| ${escape(reported)} +\\| .+ \\| +\\d+:\\d+`),
      );
      assertStringIncludes(stdout, `epoch ${recipe.epochs}/${recipe.epochs}  train loss `);
    }
    assertEquals(
      await namesIn(out),
      [...ROWS.flatMap(({ name }) => [`${name}.json`, `${name}.safetensors`]), "report.html"]
        .sort(),
    );
    const report = await Deno.readTextFile(`${out}/report.html`);
    for (const { name } of ROWS) assertStringIncludes(report, name);

    const again = await runTask("reproduce", ...args);
    assertEquals(again.code, 0);
    for (const { name } of ROWS) assertStringIncludes(again.stdout, `\n${name}: done before, in `);
    assertEquals(again.stdout.split("\n| ")[3], stdout.split("\n| ")[3]);
  });
});

Deno.test("reproduce prints what the walk-throughs print", async () => {
  await inDataFolder(async (data, out) => {
    const run = async (name: string): Promise<string> =>
      (await runTask("reproduce", name, "--data", data, "--out", out)).stdout;
    const shapes = await run("lenet-sigmoid");
    assertStringIncludes(shapes, "conv1       output 6 @ 28×28\n");
    assertStringIncludes(
      shapes,
      "96 training and 24 test images, first batch [96, 1, 28, 28], its labels [96], on wasm\n",
    );
    assertStringIncludes(shapes, "flatten1    output 400\n");
    assertMatch(shapes, /by epoch 0\.\d{3}, 0\.\d{3}, 0\.\d{3}, 0\.\d{3}, 0\.\d{3} /);
    const summary = await run("lenet5-bn-dropout");
    assertMatch(summary, /bn1 +batch normalization, relu +6 @ 28×28 +12 /);
    assertMatch(summary, /test loss \d+\.\d{4} {2}accuracy \d+\.\d\d % {2}\d+\.\d s\n/);
  });
});

Deno.test("reproduce says at once that another run writes to its folder, or that none can", async () => {
  await inTemporaryFolder(async (folder) => {
    const refused = async (out: string, text: string): Promise<void> => {
      const args = ["lenet5-relu", "--data", `${folder}/nowhere`, "--out", out];
      const { code, stderr } = await runTask("reproduce", ...args);
      assertEquals(code, 1);
      assertStringIncludes(stderr, text);
      assertStringIncludes(stderr, "[file/unwritable]");
    };
    using _claim = await claimOutput(`${folder}/report.html`);
    await refused(folder, `process ${Deno.pid} is training for it`);
    await Deno.writeTextFile(`${folder}/file`, "");
    await refused(`${folder}/file`, `Cannot write ${folder}/file: `);
  });
});

Deno.test("reproduce stopped in the middle goes on to the same network", async () => {
  await inDataFolder(async (data, out) => {
    const args = ["lenet5-relu", "--data", data, "--backend", "wasm", "--json"];
    assertEquals((await runTask("reproduce", ...args, "--out", `${out}-whole`)).code, 0);

    const process = taskCommand("reproduce", [...args, "--out", out]).spawn();
    const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    await reader.read(); // the first epoch is done
    process.kill("SIGINT");
    reader.cancel();
    const [status, stderr] = await Promise.all([
      process.status,
      new Response(process.stderr).text(),
    ]);
    assertEquals(status.code, 130);
    assertMatch(stderr, /Stopped training in epoch \d of 8; the same command goes on from there/);
    assertEquals(await namesIn(out), ["lenet5-relu.checkpoint", "lenet5-relu.seconds.json"]);

    const resumed = await runTask("reproduce", ...args, "--out", out);
    assertEquals([resumed.code, resumed.stderr], [0, ""]);
    const lines = resumed.stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertNotEquals(lines[0].epoch, 1);
    assertEquals(lines[lines.length - 1].name, "lenet5-relu");
    assertEquals(
      await Deno.readFile(`${out}/lenet5-relu.safetensors`),
      await Deno.readFile(`${out}-whole/lenet5-relu.safetensors`),
    );
  });
});

Deno.test("reproduce refuses a folder at the place of a file of a row before the data is read", async () => {
  await inTemporaryFolder(async (folder) => {
    for (const ending of ["checkpoint", "seconds.json", "safetensors", "json"]) {
      const path = `${folder}/out/lenet5-relu.${ending}`;
      await Deno.mkdir(path, { recursive: true });
      const args = ["lenet5-relu", "--data", `${folder}/nowhere`, "--out", `${folder}/out`];
      const { code, stderr } = await runTask("reproduce", ...args);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `Cannot write ${path}: it is a folder`);
      await Deno.remove(path);
    }
  });
});

Deno.test("reproduce goes on without the seconds of epochs where their file is damaged, and names a damaged checkpoint", async () => {
  await inDataFolder(async (data, out) => {
    await Deno.mkdir(out);
    const { network, recipe } = ROWS.find(({ name }) => name === "lenet5-relu")!;
    const files = { directory: `${data}/mnist`, signal: new AbortController().signal };
    const checkpoints: Uint8Array[] = [];
    await train(architectureByName(network), await loadMnist({ ...files, split: "train" }), {
      ...recipe,
      seed: 0,
      backend: "wasm",
      validationData: await loadMnist({ ...files, split: "test" }),
      onCheckpoint: (checkpoint) => void checkpoints.push(checkpointToBytes(checkpoint)),
    });
    const file = `${out}/lenet5-relu`;
    const run = (...args: string[]) =>
      runTask("reproduce", ...args, "--data", data, "--out", out, "--backend", "wasm");
    for (const damaged of ["{}", "[1", '[null,"x"]', "null"]) {
      await Deno.writeFile(`${file}.checkpoint`, checkpoints[7]);
      await Deno.writeTextFile(`${file}.seconds.json`, damaged);
      const { code, stderr } = await run("lenet5-relu", "lenet5-relu");
      assertEquals([code, stderr], [0, ""], damaged);
      const { seconds } = JSON.parse(await Deno.readTextFile(`${file}.json`));
      assertEquals([seconds.length, ...seconds.slice(0, 7)], [8, 0, 0, 0, 0, 0, 0, 0]);
      await Deno.remove(`${file}.json`);
    }
    await Deno.writeFile(`${file}.checkpoint`, checkpoints[7]);
    const other = await run("lenet5-relu", "--seed", "1");
    assertEquals(other.code, 1);
    assertStringIncludes(
      other.stderr,
      `recipe.seed is 1, in the checkpoint it was 0, expected the same; give that again, or start again ` +
        `without the checkpoint ${file}.checkpoint [checkpoint/mismatch]`,
    );
    await Deno.writeTextFile(`${file}.checkpoint`, "damaged");
    assertStringIncludes(
      (await run("lenet5-relu")).stderr,
      `(${file}.checkpoint) [checkpoint/malformed]`,
    );
  });
});

Deno.test("reproduce says that all takes no further names", async () => {
  const { code, stderr } = await runTask("reproduce", "all", "lenet5");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "Cannot reproduce all lenet5: all takes no further names, expected");
});

Deno.test("reproduce --dashboard shows one row after the other", async () => {
  await inDataFolder(async (data, out) => {
    const args = ["lenet-sigmoid", "lenet5-relu", "--data", data, "--out", out];
    await withWatchedTask("reproduce", args, async ({ url, process }) => {
      const events = await (await fetch(`${url}/events`)).text();
      assertEquals((await process.status).code, 0);
      const told = (name: string): string[] =>
        Array.from(
          events.matchAll(new RegExp(`event: ${name}\ndata: (.*)`, "g")),
          ([, data]) => data,
        );
      assertEquals(told("title").at(-1), '"lenet5-relu on MNIST train"');
      assertStringIncludes(told("accuracy").at(-1)!, '"name":"test"');
      assertStringIncludes(told("state").at(-1)!, `Done: ${out}/report.html written`);
    });
  });
});

Deno.test("reproduce refuses what it does not understand, before anything is written", async () => {
  await inDataFolder(async (data, out) => {
    for (const args of [[], ["lenet6"], ["all", "lenet5"], ["lenet5", "--epochs", "3"]]) {
      const { code, stderr } = await runTask("reproduce", ...args, "--data", data, "--out", out);
      assertEquals(code, 2);
      assertMatch(stderr, /^error: Cannot .* \[option\/(invalid|unknown)\]\n/);
    }
    assertEquals(await namesIn(data), ["cifar-10", "fashion-mnist", "mnist"]);
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
