import { assertEquals, assertGreaterOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import { encode } from "fast-png";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { LeNet } from "../../src/lenet.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { resolveFineTuning } from "../../src/train/fine_tuning_options.ts";
import { HAS_CHROMIUM, withPage } from "../chromium.ts";
import { inTemporaryFolder, namesIn } from "../data/temporary_folder.ts";
import { withWatchedTask } from "../watch/watched_task.ts";
import { ROOT, runTask } from "./run_task.ts";

const QUICK = ["--epochs", "2", "--backend", "wasm"];

const { images, labels } = syntheticDigits({ count: 40, seed: 3 });

const DIGITS = Array.from(labels, (label, n) => ({
  label,
  png: encode({
    data: images.slice(n * 784, (n + 1) * 784),
    width: 28,
    height: 28,
    channels: 1,
    depth: 8,
  }),
}));

/** Writes the digits as `name(label, n)`, and makes the folders of their paths. */
async function writeDigits(
  folder: string,
  name: (label: number, n: number) => string,
): Promise<string[]> {
  return await Promise.all(DIGITS.map(async ({ label, png }, n) => {
    const path = `${folder}/${name(label, n)}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(path, png);
    return name(label, n);
  }));
}

Deno.test("finetune takes a folder for each label, labels in names and a CSV file for the same", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeDigits(`${folder}/folders`, (label, n) => `${label}/${n + 100}.png`);
    await writeDigits(`${folder}/names`, (label, n) => `${label}_${n + 100}.png`);
    const lines = [...DIGITS.entries()].map(([n, { label }]) => ({
      path: `folders/${label}/${n + 100}.png`,
      label,
    })).sort((a, b) => a.path < b.path ? -1 : 1);
    await Deno.writeTextFile(
      `${folder}/list.csv`,
      `path,label\r\n${lines.map(({ path, label }) => `"${path}", ${label}`).join("\r\n")}\r\n`,
    );
    const written: Uint8Array[] = [];
    for (const samples of ["folders", "names", "list.csv"]) {
      const out = `${folder}/${samples}.safetensors`;
      const args = ["--samples", `${folder}/${samples}`, "--out", out, "--json", ...QUICK];
      const { code, stdout, stderr } = await runTask("finetune", ...args);
      assertEquals([code, stderr], [0, ""]);
      const { seconds: _, ...result } = JSON.parse(stdout);
      assertEquals(Object.keys(result), ["out", "samples", "validation", "before", "after"]);
      assertEquals([result.samples, result.validation], [32, 8]);
      for (const accuracy of [result.before, result.after]) assertGreaterOrEqual(accuracy, 0.75);
      written.push(await Deno.readFile(out));
    }
    assertEquals(written[1], written[0]);
    assertEquals(written[2], written[0]);
  });
});

Deno.test("finetune prints before and after, and writes a network of new classes with their names", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeDigits(`${folder}/in`, (label, n) => `${label % 2 ? "odd" : "even"}/${n}.png`);
    const out = `${folder}/parity.safetensors`;
    const args = ["--samples", `${folder}/in`, "--out", out, "--new-classes", "--train", "head"];
    const { code, stdout, stderr } = await runTask("finetune", ...args, ...QUICK);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(
      stdout,
      /^before {2}– of 8 samples set aside\nafter {3}\d+\.\d\d %, learned from 32 in \d+\.\d s\n.* written\n$/,
    );
    using net = await LeNet.load(await Deno.readFile(out));
    assertEquals(net.model.metadata.classNames, ["even", "odd"]);
  });
});

Deno.test("finetune learns from all samples when none are set aside", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeDigits(`${folder}/in`, (label, n) => `${label}/${n}.png`);
    const args = ["--samples", `${folder}/in`, "--out", `${folder}/net`, "--validation", "0"];
    const { stdout } = await runTask("finetune", ...args, ...QUICK, "--json");
    const { samples, validation, before, after } = JSON.parse(stdout);
    assertEquals([samples, validation, before, after], [40, 0, null, null]);
  });
});

Deno.test("finetune says in one line what is wrong with its samples, with exit code 1, and writes nothing", async () => {
  await inTemporaryFolder(async (folder) => {
    const seven = await Deno.readFile(`${ROOT}scripts/samples/7.png`);
    const write = async (name: string, content: Uint8Array | string): Promise<void> => {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await (typeof content === "string"
        ? Deno.writeTextFile(path, content)
        : Deno.writeFile(path, content));
    };
    await Deno.mkdir(`${folder}/empty`);
    await write("unnamed/seven.png", seven);
    await write("other/seven/1.png", seven);
    await write("damaged/7_1.png", seven.slice(0, 30));
    await write("alone/7/1.png", seven);
    await write("lines.csv", "alone/7/1.png,7\nalone/7/1.png\n");
    await write("lost.csv", "nowhere.png,7\n");
    const wrong: [samples: string, code: string, message: string][] = [
      ["nowhere", "file/missing", "nowhere"],
      ["empty", "data/empty", "it has no pictures"],
      ["unnamed", "data/malformed", "seven.png has no label in its name"],
      ["other", "data/malformed", `its label is "seven"`],
      ["damaged", "image/unreadable", "7_1.png)"],
      ["lines.csv", "data/malformed", "line 2 of"],
      ["lost.csv", "file/missing", "nowhere.png"],
    ];
    const before = await namesIn(folder);
    for (const [samples, code, message] of wrong) {
      const args = ["--samples", `${folder}/${samples}`, "--out", `${folder}/net`];
      const outcome = await runTask("finetune", ...args);
      assertEquals(outcome.code, 1, samples);
      assertMatch(outcome.stderr, new RegExp(`^error: Cannot .* \\[${code}\\]\n$`));
      assertStringIncludes(outcome.stderr, message);
    }
    assertEquals(await namesIn(folder), before);
  });
});

Deno.test("finetune refuses what it does not understand with exit code 2", async () => {
  const both = ["--samples", "x", "--out", "y"];
  const wrong: [string[], string][] = [
    [[], "found no --samples"],
    [["--samples", "x"], "found no --out"],
    [[...both, "z"], "expected options only"],
    [[...both, "--epoch", "3"], "--epoch"],
    [[...both, "--keep", "much"], "expected a number"],
    [[...both, "--keep", "1"], "expected a number from 0 to below 1"],
    [[...both, "--lr", "0"], "expected a number above 0"],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await runTask("finetune", ...args);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertStringIncludes(stderr, message);
  }
});

Deno.test("finetune refuses to overwrite what it reads, except for its network", async () => {
  await inTemporaryFolder(async (folder) => {
    const names = await writeDigits(`${folder}/in`, (label, n) => `${label}/${n}.png`);
    const list = `${folder}/list.csv`;
    await Deno.writeTextFile(list, names.map((name) => `in/${name},${name[0]}\n`).join(""));
    await Deno.symlink(`in/${names[3]}`, `${folder}/link`);
    const net = `${folder}/net`;
    const learn = ["--samples", `${folder}/in`, ...QUICK];
    assertEquals((await runTask("finetune", ...learn, "--out", net)).code, 0);
    const first = await Deno.readFile(net);
    const sample = `${folder}/in/${names[3]}`;
    const wrong: [samples: string, found: string, args: string[]][] = [
      ["in", sample, ["--out", sample]],
      ["list.csv", sample, ["--out", `${folder}/link`]],
      ["list.csv", list, ["--out", list]],
      ["in", sample, ["--out", `${folder}/other`, "--report", sample]],
      ["in", net, ["--out", `${folder}/other`, "--report", net, "--weights", net]],
    ];
    for (const [samples, found, args] of wrong) {
      const outcome = await runTask("finetune", "--samples", `${folder}/${samples}`, ...args);
      assertEquals(outcome.code, 1);
      assertStringIncludes(
        outcome.stderr,
        `Cannot write ${found}: it is one of the files that are read`,
      );
    }
    assertEquals(await Deno.readFile(sample), DIGITS[3].png);
    assertEquals(await namesIn(folder), ["in", "link", "list.csv", "net"]);
    assertEquals((await runTask("finetune", ...learn, "--weights", net, "--out", net)).code, 0);
    assertEquals(first.length, (await Deno.readFile(net)).length);
  });
});

Deno.test("finetune --help names every option, and how much is kept by default", async () => {
  const { code, stdout } = await runTask("finetune", "--help");
  assertEquals(code, 0);
  const { keep } = resolveFineTuning({}, lenet5(), false);
  assertStringIncludes(
    stdout.replace(/\s+/g, " "),
    `from 0 to below 1 (default ${keep}, or 0 with --new-classes)`,
  );
  for (const option of ["samples", "out", "weights", "new-classes", "keep", "train", "json"]) {
    assertStringIncludes(stdout, `--${option}`);
  }
});

Deno.test("finetune --report writes a page that shows how it went, and the same in numbers", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeDigits(`${folder}/digits`, (label, n) => `${label}_${n}.png`);
    const [out, report] = [`${folder}/net.safetensors`, `${folder}/report.html`];
    const args = ["--samples", `${folder}/digits`, "--out", out, "--report", report, ...QUICK];
    const { code, stdout, stderr } = await runTask("finetune", ...args);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /net\.safetensors written\n.*report\.html written\n$/);
    assertStringIncludes(
      await Deno.readTextFile(report),
      "fine-tuned, and measured on samples that it did not learn from",
    );
    const history = JSON.parse(await Deno.readTextFile(`${report}.history.json`));
    assertEquals(history.map(({ epoch }: { epoch: number }) => epoch), [1, 2]);
  });
});

Deno.test({
  name: "finetune --dashboard shows the samples, and stops where its page says so",
  ignore: !HAS_CHROMIUM,
  fn: () =>
    inTemporaryFolder(async (folder) => {
      await writeDigits(`${folder}/digits`, (label, n) => `${label}_${n}.png`);
      const out = `${folder}/net.safetensors`;
      const args = ["--samples", `${folder}/digits`, "--out", out, "--epochs", "9999"];
      await withWatchedTask("finetune", [...args, "--backend", "wasm"], async (task) => {
        await withPage(task.url, async ({ page, complaints }) => {
          await page.waitForFunction(() => document.querySelectorAll("#pictures img").length === 8);
          assertEquals(await page.locator("#filters img").count(), 6);
          await page.click("#stop");
          assertEquals((await task.process.status).code, 130);
          assertEquals(complaints, []);
        });
      });
      // What was not done is not written.
      assertEquals(await namesIn(folder), ["digits"]);
    }),
});
