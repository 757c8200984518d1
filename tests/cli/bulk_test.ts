import { assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { LeNet } from "../../mod.ts";
import { greyPng } from "../../scripts/research/hard_set/pictures/picture.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { gzip, idxFile } from "../data/idx_file.ts";
import { REASON_PICTURES, SEVERAL } from "../reason_pictures.ts";
import { until } from "../serve/server.ts";
import { ROOT, runTask, taskCommand } from "./run_task.ts";

const SEVEN = await Deno.readFile(`${ROOT}scripts/samples/7.png`);

/** Runs a test with a folder that is gone afterwards. */
async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The lines of a file as objects. */
// deno-lint-ignore no-explicit-any
async function linesOf(path: string): Promise<any[]> {
  const text = await Deno.readTextFile(path);
  assertEquals(text === "" || text.endsWith("\n"), true);
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

/** An IDX file of drawn digits. */
async function writeDigits(path: string, count: number): Promise<Uint8Array> {
  const { images } = syntheticDigits({ count, seed: 9 });
  await Deno.writeFile(path, idxFile([count, 28, 28], images));
  return images;
}

Deno.test("classify --out writes a line for each picture in a folder, by name, a bad one with its error", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/pictures/more`, { recursive: true });
    const names = ["b.png", "a.PNG", "more/c.png"];
    for (const name of names) await Deno.writeFile(`${folder}/pictures/${name}`, SEVEN);
    await Deno.writeFile(`${folder}/pictures/cut.png`, SEVEN.subarray(0, 200));
    await Deno.writeTextFile(`${folder}/pictures/text.jpg`, "no picture");
    await Deno.writeTextFile(`${folder}/pictures/notes.txt`, "passed over");
    const out = `${folder}/out.jsonl`;
    const { code, stdout, stderr } = await runTask("classify", `${folder}/pictures`, "--out", out);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^.*out\.jsonl: 5 pictures, 2 errors, \d+ a second\n$/);
    const lines = await linesOf(out);
    assertEquals(
      lines.map(({ file, digit, error }) => [
        file.slice(folder.length + 10),
        digit ?? error.code,
      ]),
      [
        ["a.PNG", 7],
        ["b.png", 7],
        ["cut.png", "image/unreadable"],
        ["more/c.png", 7],
        ["text.jpg", "image/unsupported"],
      ],
    );
    assertEquals(Object.keys(lines[0]), [
      "file",
      "digit",
      "className",
      "reason",
      "confidence",
      "probabilities",
      "digitProbability",
      "backend",
    ]);
  });
});

Deno.test("classify --out writes why there is no digit, and how many there are", async () => {
  await withFolder(async (folder) => {
    for (const [reason, picture] of Object.entries(REASON_PICTURES)) {
      await Deno.writeFile(`${folder}/${reason}.png`, greyPng(picture));
    }
    const out = `${folder}/out.jsonl`;
    const { code } = await runTask("classify", folder, "--out", out);
    assertEquals(code, 0);
    const lines = await linesOf(out);
    assertEquals(lines.map(({ reason }) => reason), Object.keys(REASON_PICTURES).sort());
    const several = lines.find(({ reason }) => reason === "several-digits");
    assertEquals([several.digit, several.count], [null, SEVERAL.text.length]);
  });
});

Deno.test("classify --out takes patterns, files that are not there, and each file once", async () => {
  await withFolder(async (folder) => {
    for (const name of ["1.png", "2.png", "x.png"]) {
      await Deno.writeFile(`${folder}/${name}`, SEVEN);
    }
    const out = `${folder}/out.jsonl`;
    const paths = [`${folder}/x.png`, `${folder}/[0-9].png`, `${folder}/none`, folder];
    const { code } = await runTask("classify", ...paths, "--out", out);
    assertEquals(code, 1);
    assertEquals(
      (await linesOf(out)).map(({ file, digit, error }) => [
        file.slice(folder.length + 1),
        digit ?? error.code,
      ]),
      [["x.png", 7], ["1.png", 7], ["2.png", 7], ["none", "file/missing"]],
    );
  });
});

Deno.test("classify --out answers an IDX file, packed or not, as LeNet.classifyAll does, on any number of cores", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/digits-idx3-ubyte`;
    const images = await writeDigits(file, 600);
    await Deno.writeFile(`${file}.gz`, gzip(await Deno.readFile(file)));
    using net = await LeNet.load("digits", { backend: "wasm" });
    const expected = await net.classifyAll(
      Array.from({ length: 600 }, (_, n) => images.subarray(784 * n, 784 * (n + 1))),
    );
    for (const [jobs, suffix] of [["1", ""], ["3", ".gz"]]) {
      const out = `${folder}/out${jobs}.jsonl`;
      const { code } = await runTask("classify", file + suffix, "--jobs", jobs, "--out", out);
      assertEquals(code, 0);
      assertEquals(
        await linesOf(out),
        expected.map((answer, index) => ({
          file: file + suffix,
          index,
          ...answer,
        })),
      );
    }
  });
});

Deno.test("classify --out goes on after any cut with what is missing, to the same file", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/out.jsonl`;
    await writeDigits(`${folder}/digits`, 40);
    const args = [`${ROOT}scripts/samples`, `${folder}/digits`, "--out", out];
    assertEquals((await runTask("classify", ...args)).code, 0);
    const whole = await Deno.readFile(out);
    const middle = whole.length >> 1;
    for (const length of [0, 1, middle, whole.lastIndexOf(10, middle) + 1, whole.length - 1]) {
      await Deno.writeFile(out, whole.subarray(0, length));
      assertEquals((await runTask("classify", ...args)).code, 0);
      assertEquals(await Deno.readFile(out), whole, `cut to ${length} bytes`);
    }
    const { code, stderr } = await runTask("classify", ...args);
    assertEquals([code, await Deno.readFile(out)], [0, whole]);
    assertStringIncludes(stderr, "all 50 pictures are done, 0 errors");
  });
});

Deno.test("classify --out that ctrl-C or a kill has ended is gone on with, to the same file", async () => {
  await withFolder(async (folder) => {
    const digits = `${folder}/digits`;
    await writeDigits(digits, 2000);
    const whole = `${folder}/whole.jsonl`;
    assertEquals((await runTask("classify", digits, "--out", whole)).code, 0);
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const out = `${folder}/${signal}.jsonl`;
      const process = taskCommand("classify", [digits, "--out", out]).spawn();
      const sizeOf = async () => (await Deno.stat(out).catch(() => ({ size: 0 }))).size;
      await until(async () => await sizeOf() > 0);
      process.kill(signal);
      const { code, stderr } = await process.output();
      const done = (await Deno.readTextFile(out)).split("\n").length - 1;
      assertGreater(2000, done);
      if (signal === "SIGINT") {
        assertEquals(code, 130);
        assertMatch(new TextDecoder().decode(stderr), /stopped after \d+ of 2000 pictures/);
      }
      assertEquals((await runTask("classify", digits, "--out", out)).code, 0);
      assertEquals(await Deno.readTextFile(out), await Deno.readTextFile(whole));
    }
  });
});

Deno.test("classify --out leaves a file alone that is not its own", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/letter.txt`;
    for (const text of ["Dear reader,\n", '{"digit":7}\n', "[]\n"]) {
      await Deno.writeTextFile(out, text);
      const { code, stderr } = await runTask("classify", `${ROOT}scripts/samples`, "--out", out);
      assertEquals([code, await Deno.readTextFile(out)], [1, text]);
      assertStringIncludes(stderr, "line 1 is no answer");
      assertStringIncludes(stderr, "[data/malformed]");
    }
  });
});

Deno.test("classify --out refuses wrong arguments with exit code 2, and what it cannot use with 1", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/labels`, idxFile([3], [1, 2, 3]));
    await Deno.mkdir(`${folder}/empty`);
    const samples = `${ROOT}scripts/samples`;
    const out = ["--out", `${folder}/out.jsonl`];
    const wrong: [string[], number, string][] = [
      [[...out], 2, "option/invalid"],
      [[samples, ...out, "--jobs", "0"], 2, "option/invalid"],
      [[samples, ...out, "--explain", "page.html"], 2, "option/invalid"],
      [[samples, ...out, "--reject", "2"], 2, "option/invalid"],
      [[samples, ...out, "--weights", "nothing"], 1, "file/missing"],
      [[`${folder}/empty`, ...out], 1, "file/missing"],
      [[`${folder}/*.gif`, ...out], 1, "file/missing"],
      [[`${folder}/labels`, ...out], 1, "data/malformed"],
      [[samples, "--out", `${folder}/none/out.jsonl`], 1, "file/unwritable"],
      [[samples, "--out", folder], 1, "file/unreadable"],
    ];
    for (const [args, expected, errorCode] of wrong) {
      const { code, stdout, stderr } = await runTask("classify", ...args);
      assertEquals([code, stdout], [expected, ""], args.join(" "));
      assertMatch(stderr, new RegExp(`^error: Cannot .* \\[${errorCode}\\]\n`), args.join(" "));
    }
    assertEquals(await Deno.stat(`${folder}/out.jsonl`).catch(() => undefined), undefined);
  });
});
