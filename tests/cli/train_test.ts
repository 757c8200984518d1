import {
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { checkpointToBytes } from "../../src/train/checkpoint.ts";
import { train } from "../../src/train/train.ts";
import { modelFromBytes } from "../../src/weights/model_file.ts";
import { runTask, taskCommand } from "./run_task.ts";

const SMALL = ["--synthetic", "--limit", "600", "--epochs", "3", "--augment", "--backend", "wasm"];

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).sort();
}

Deno.test("train writes a file that evaluates, prints an epoch a line, and leaves nothing else behind", async () => {
  await inFolder(async (folder) => {
    const out = `${folder}/net.safetensors`;
    const { code, stdout } = await runTask("train", ...SMALL, "--json", "--out", out);
    assertEquals(code, 0);
    const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(lines.map(({ epoch }) => epoch), [1, 2, 3, 3]);
    assertEquals(lines[3].out, out);
    assertEquals(lines[3].backend, "wasm");
    assertGreater(lines[2].validation.accuracy, lines[0].validation.accuracy - 0.2);
    assertEquals(await names(folder), ["net.safetensors"]);
  });
});

Deno.test("train --report writes a page that shows how it went, and the same in numbers", async () => {
  await inFolder(async (folder) => {
    const [out, report] = [`${folder}/net.safetensors`, `${folder}/report.html`];
    const { code, stdout } = await runTask("train", ...SMALL, "--out", out, "--report", report);
    assertEquals(code, 0);
    assertMatch(stdout, /net\.safetensors written, .*\n.*report\.html written\n$/);
    assertEquals(
      await names(folder),
      ["net.safetensors", "report.html", "report.html.history.json"],
    );
    const page = await Deno.readTextFile(report);
    assertStringIncludes(page, "<h1>lenet5 on synthetic digits</h1>");
    assertStringIncludes(page, "measured on 50 images that it did not learn from");
    const history = JSON.parse(await Deno.readTextFile(`${report}.history.json`));
    assertEquals(history.map(({ epoch }: { epoch: number }) => epoch), [1, 2, 3]);
    // 550 images in batches of 128.
    assertEquals(history[2].stepLosses.length, 5);
    assertEquals(page.includes(`${(history[2].validation.accuracy * 100).toFixed(2)} %`), true);
  });
});

for (const signal of ["SIGKILL", "SIGINT", "SIGTERM"] as const) {
  Deno.test(`train stopped by ${signal} in the middle and resumed ends with the same file`, async () => {
    await inFolder(async (folder) => {
      const whole = `${folder}/whole.safetensors`;
      assertEquals((await runTask("train", ...SMALL, "--out", whole)).code, 0);

      const out = `${folder}/net.safetensors`;
      const process = taskCommand("train", [...SMALL, "--json", "--out", out]).spawn();
      const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
      await reader.read(); // the first epoch is done
      process.kill(signal);
      reader.cancel();
      const [status, stderr] = await Promise.all([process.status, readAll(process.stderr)]);
      assertNotEquals(status.code, 0);
      assertEquals(await names(folder), [
        "net.safetensors.checkpoint",
        // The lock itself ends with the process.
        ...signal === "SIGKILL" ? ["net.safetensors.lock"] : [],
        "whole.safetensors",
      ]);
      if (signal !== "SIGKILL") {
        assertEquals(status.code, 130);
        assertMatch(
          stderr,
          /Stopped training in epoch \d of 3; go on after epoch \d with --resume/,
        );
      }

      // What a process leaves that is killed while it writes.
      for (const file of [out, `${out}.checkpoint`]) {
        await Deno.writeTextFile(`${file}.${crypto.randomUUID()}.tmp`, "half");
      }
      const resumed = await runTask("train", ...SMALL, "--resume", out);
      assertEquals([resumed.code, resumed.stderr], [0, ""]);
      assertEquals(await Deno.readFile(out), await Deno.readFile(whole));
      assertEquals(await names(folder), ["net.safetensors", "whole.safetensors"]);
    });
  });
}

Deno.test("train stops at SIGTERM while it draws digits", async () => {
  await inFolder(async (folder) => {
    const args = ["--synthetic", "--limit", "1000000", "--out", `${folder}/net`];
    const process = taskCommand("train", args).spawn();
    // It draws for half a minute once the file is claimed.
    while (!(await names(folder)).includes("net.lock")) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    const told = performance.now();
    process.kill("SIGTERM");
    const [status, stderr] = await Promise.all([process.status, readAll(process.stderr)]);
    await process.stdout.cancel();
    assertLess(performance.now() - told, 5000);
    assertEquals(status.code, 130);
    assertEquals(stderr, "error: Cannot draw digits: the caller aborted it [aborted]\n");
    assertEquals(await names(folder), []);
  });
});

Deno.test("train refuses at once to write a file that another run will write", async () => {
  await inFolder(async (folder) => {
    const out = `${folder}/net.safetensors`;
    const long = ["--synthetic", "--limit", "600", "--epochs", "10000", "--backend", "wasm"];
    const process = taskCommand("train", [...long, "--json", "--out", out]).spawn();
    const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    await reader.read(); // the first epoch is done
    try {
      // Data that is missing would be the next to be said.
      const missing = ["--data", `${folder}/nowhere`];
      for (const args of [[...missing, "--out", out], [...missing, "--resume", out]]) {
        const second = await runTask("train", ...args);
        assertEquals([second.code, second.stdout], [1, ""]);
        assertStringIncludes(second.stderr, `process ${process.pid} is training for it`);
        assertStringIncludes(second.stderr, "[file/unwritable]");
      }
      const samples = ["--samples", `${folder}/nowhere`, "--out", out];
      const other = await runTask("finetune", ...samples);
      assertStringIncludes(other.stderr, `process ${process.pid} is training for it`);
    } finally {
      process.kill("SIGTERM");
      reader.cancel();
      await Promise.all([process.status, process.stderr.cancel()]);
    }
    assertEquals(await names(folder), ["net.safetensors.checkpoint"]);
  });
});

Deno.test("train writes a network to a file that is named like a checkpoint", async () => {
  await inFolder(async (folder) => {
    const out = `${folder}/net.checkpoint`;
    assertEquals((await runTask("train", ...SMALL, "--out", out)).code, 0);
    assertEquals(modelFromBytes(await Deno.readFile(out)).architecture.name, "lenet5");
    assertEquals(await names(folder), ["net.checkpoint"]);
  });
});

Deno.test("train normalizes by its images when told, and the network of 1998 as its paper does", async () => {
  await inFolder(async (folder) => {
    const means = async (...args: string[]): Promise<number> => {
      const out = `${folder}/net.safetensors`;
      const fixed = ["--synthetic", "--limit", "100", "--epochs", "1", "--backend", "wasm"];
      const outcome = await runTask("train", ...fixed, ...args, "--out", out);
      assertEquals([outcome.code, outcome.stderr], [0, ""]);
      return modelFromBytes(await Deno.readFile(out)).metadata.normalization.mean[0];
    };
    assertEquals(await means(), 0);
    const mean = await means("--normalize");
    assertGreater(mean, 0.05);
    assertGreater(0.3, mean);
    assertEquals(await means("--network", "lenet5-1998"), 0.1 / 1.275);
  });
});

Deno.test("train refuses what it does not understand with exit code 2 and no stack trace", async () => {
  const wrong: [string[], string][] = [
    [["--epoch", "3"], "option/unknown"],
    [["--epochs", "many"], "option/invalid"],
    [["--epochs"], "option/invalid"],
    [["--synthetic", "--epochs", "0"], "option/invalid"],
    // Refused before the data is looked for.
    ...[
      ["--lr", "0"],
      ["--averaging", "1"],
      ["--momentum", "1"],
      ["--batch", "65537"],
      ["--limit", "1000001"],
    ].map((args): [string[], string] => [["--data", "/nowhere", ...args], "option/invalid"]),
    [["--optimizer", "rmsprop"], "option/invalid"],
    [["--network", "lenet6"], "option/invalid"],
    [["--synthetic", "--data", "here"], "option/invalid"],
    [["--synthetic", "--dataset", "mnist"], "option/invalid"],
    [["--pictures", "100"], "option/unknown"],
    [["--synthetic", "--limit", "50", "--port", "8421"], "option/invalid"],
    [["--synthetic", "--limit", "50", "--dashboard", "--port", "-1"], "option/invalid"],
    [["mnist"], "option/invalid"],
  ];
  for (const [args, code] of wrong) {
    const outcome = await runTask("train", ...args);
    assertEquals(outcome.code, 2, args.join(" "));
    assertEquals(outcome.stdout, "");
    assertMatch(outcome.stderr, new RegExp(`^error: Cannot .* \\[${code}\\]\n`));
    assertEquals(outcome.stderr.includes("    at "), false);
  }
});

Deno.test("train says in one line what is wrong with its files, with exit code 1", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/x.checkpoint`, "not a checkpoint");
    const wrong: [string[], string][] = [
      [["--data", `${folder}/nowhere`], "file/missing"],
      [["--synthetic", "--resume", `${folder}/nothing`], "file/missing"],
      [["--synthetic", "--resume", `${folder}/x`], "checkpoint/malformed"],
      [["--synthetic", "--limit", "50", "--out", `${folder}/no/net`], "file/unwritable"],
      // Said before the data is read.
      [["--data", `${folder}/nowhere`, "--out", `${folder}/no/net`], "file/unwritable"],
      [["--data", `${folder}/nowhere`, "--out", folder], "file/unwritable"],
      [
        ["--data", `${folder}/nowhere`, "--out", `${folder}/net`, "--report", `${folder}/no/page`],
        "file/unwritable",
      ],
      [["--synthetic", "--limit", "50", "--epochs", "1", "--out", "/dev/full"], "file/unwritable"],
    ];
    for (const [args, code] of wrong) {
      const outcome = await runTask("train", ...args);
      assertEquals(outcome.code, 1, args.join(" "));
      assertMatch(outcome.stderr, new RegExp(`^error: Cannot .* \\[${code}\\]\n$`));
    }
    assertEquals(await names(folder), ["x.checkpoint"]);
  });
});

Deno.test("train refuses to overwrite the epochs of an interrupted run, unless it goes on from them", async () => {
  await inFolder(async (folder) => {
    const out = `${folder}/net`;
    const digits = syntheticDigits({ count: 60, seed: 1 });
    const checkpoints: Uint8Array[] = [];
    await train(lenet5(), digits, {
      epochs: 2,
      batchSize: 60,
      backend: "wasm",
      onCheckpoint: (checkpoint) => void checkpoints.push(checkpointToBytes(checkpoint)),
    });
    const write = (epochs: number): Promise<void> =>
      Deno.writeFile(`${out}.checkpoint`, checkpoints[epochs]);
    // Data that is missing would be the next to be said.
    const said = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await runTask("train", "--data", `${folder}/nowhere`, ...args);
      assertEquals(code, 1);
      return stderr;
    };
    const advice = (option: string): string =>
      `; continue it with --resume ${out}, or remove it, or take another ${option} [file/unwritable]`;
    const cannot = `error: Cannot write ${out}.checkpoint: `;
    await write(1);
    await Deno.writeFile(`${folder}/other.checkpoint`, checkpoints[1]);
    await Deno.symlink("net", `${folder}/link`);
    await Deno.symlink("net.checkpoint", `${folder}/link.checkpoint`);
    const one = `${cannot}it holds 1 finished epoch of an interrupted run`;
    assertStringIncludes(await said("--out", out), one + advice("--out"));
    for (const name of ["other", "other.checkpoint"]) {
      assertStringIncludes(
        await said("--resume", `${folder}/${name}`, "--out", out),
        one + advice("--out"),
      );
    }
    assertStringIncludes(await said("--out", `${out}.checkpoint`), one + advice("--out"));
    assertStringIncludes(
      await said("--out", `${folder}/new`, "--report", `${out}.checkpoint`),
      one + advice("--report"),
    );
    const samples = ["--samples", folder, "--out", `${out}.checkpoint`];
    assertStringIncludes((await runTask("finetune", ...samples)).stderr, one + advice("--out"));
    for (const name of ["net", "net.checkpoint", "link"]) {
      for (const own of [[], ["--out", out]]) {
        assertStringIncludes(await said("--resume", `${folder}/${name}`, ...own), "[file/missing]");
      }
    }
    await write(2);
    assertStringIncludes(await said("--out", out), `${cannot}it holds 2 finished epochs of an `);
    assertEquals(await Deno.readFile(`${out}.checkpoint`), checkpoints[2]);
    await Deno.writeTextFile(`${out}.checkpoint`, "mine");
    assertStringIncludes(
      await said("--out", out),
      `${cannot}what is there cannot be read as a checkpoint${advice("--out")}`,
    );
    assertStringIncludes(await said("--resume", out), `(${out}.checkpoint) [checkpoint/malformed]`);
    // Nothing is lost.
    await write(0);
    assertStringIncludes(await said("--out", out), "[file/missing]");
  });
});

Deno.test("train refuses before the data is read what it could not write in the end", async () => {
  await inFolder(async (folder) => {
    const net = `${folder}/net`;
    await Deno.mkdir(`${folder}/page.history.json`);
    await Deno.mkdir(`${folder}/old.checkpoint`);
    const wrong: [out: string, report: string, message: string][] = [
      [net, net, `Cannot write ${net}: --out and --report are the same file`],
      [net, `${net}.checkpoint`, `Cannot write ${net}.checkpoint: it would be written for --out`],
      [net, `${folder}/page`, `Cannot write ${folder}/page.history.json: it is a folder`],
      [`${folder}/old`, net, `Cannot write ${folder}/old.checkpoint: it is a folder`],
      ["/dev/null", net, "Cannot write /dev/null: Deno allows it only with --allow-all"],
    ];
    for (const [out, report, message] of wrong) {
      const args = ["--data", `${folder}/nowhere`, "--out", out, "--report", report];
      const outcome = await runTask("train", ...args);
      assertEquals(outcome.code, 1);
      assertStringIncludes(outcome.stderr, message);
    }
    assertEquals(await names(folder), ["old.checkpoint", "page.history.json"]);
  });
});

Deno.test("train --help names every option", async () => {
  const { code, stdout } = await runTask("train", "--help");
  assertEquals(code, 0);
  for (const option of ["data", "synthetic", "epochs", "lr", "augment", "resume", "json"]) {
    assertStringIncludes(stdout, `--${option}`);
  }
});

const MNIST = new URL("../../../shared/data/mnist", import.meta.url).pathname;

const hasMnist = await Deno.stat(MNIST).then(() => true, () => false);

Deno.test({
  name: "train learns MNIST's digits within one epoch of 20,000 images",
  ignore: !hasMnist,
  fn: () =>
    inFolder(async (folder) => {
      const out = `${folder}/net.safetensors`;
      const args = ["--data", MNIST, "--limit", "20000", "--epochs", "1", "--out", out];
      assertEquals((await runTask("train", ...args)).code, 0);
      const { stdout } = await runTask("evaluate", "--data", MNIST, "--weights", out, "--json");
      const { count, accuracy } = JSON.parse(stdout);
      assertEquals(count, 10_000);
      assertGreaterOrEqual(accuracy, 0.92);
    }),
});

async function readAll(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream).text();
}

Deno.test("train makes images worse as often as it is told, and only beside --augment", async () => {
  await inFolder(async (folder) => {
    const files: unknown[] = [];
    for (const degrade of [[], ["--degrade", "0"], ["--degrade", "0.5"]]) {
      const out = `${folder}/${files.length}.safetensors`;
      const options = ["--synthetic", "--limit", "300", "--epochs", "1", "--augment", ...degrade];
      const { code } = await runTask("train", ...options, "--backend", "wasm", "--out", out);
      assertEquals(code, 0);
      files.push(modelFromBytes(await Deno.readFile(out)).parameters);
    }
    assertEquals(files[0], files[1]);
    assertNotEquals(files[0], files[2]);
    const alone = await runTask("train", "--synthetic", "--degrade", "0.5");
    assertEquals(alone.code, 2);
    assertStringIncludes(alone.stderr, "expected --augment beside it");
  });
});

Deno.test("train:default learns made pictures of its digits as well, and of nothing else", async () => {
  await inFolder(async (folder) => {
    const out = `${folder}/net.safetensors`;
    const options = ["--synthetic", "--limit", "300", "--pictures", "100", "--epochs", "1"];
    const { code } = await runTask("train:default", ...options, "--validation", "30", "--out", out);
    assertEquals(code, 0);
    const { metadata } = modelFromBytes(await Deno.readFile(out));
    assertEquals(metadata.classNames.length, 10);
    assertEquals(metadata.recipe?.validation, 30);
    for (const wrong of ["0", "-1", "1.5"]) {
      const few = ["--synthetic", "--limit", "50", "--pictures", wrong];
      const outcome = await runTask("train:default", ...few);
      assertEquals(outcome.code, 2, wrong);
      assertStringIncludes(outcome.stderr, "expected a whole number from 1");
    }
    // The task holds out 5,000 digits.
    const all = await runTask("train:default", "--synthetic", "--limit", "50");
    assertEquals(all.code, 2);
    assertStringIncludes(all.stderr, "found 50 images of shape [1,28,28], 5000 of them held out");
  });
});
