import { assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { greyPng } from "../../scripts/research/hard_set/pictures/picture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { architectureByName } from "../../src/model/zoo.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { PROGRESSIVE } from "../image/decode/jpeg_files.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { REASON_PICTURES, SEVERAL } from "../reason_pictures.ts";
import { ROOT, runTask } from "./run_task.ts";

const SEVEN = `${ROOT}scripts/samples/7.png`;

Deno.test("classify prints the digit of each file", async () => {
  const { code, stdout, stderr } = await runTask("classify", SEVEN);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^.*7\.png: 7 \(\d+\.\d %\)\n$/);
});

Deno.test("classify --json prints an object a line, goes on after a bad file, and ends with 1", async () => {
  const folder = await Deno.makeTempDir();
  const bad = `${folder}/bad.png`;
  await Deno.writeFile(bad, (await Deno.readFile(SEVEN)).slice(0, 8));
  const { code, stdout, stderr } = await runTask(
    "classify",
    bad,
    SEVEN,
    `${folder}/none`,
    "--json",
  );
  await Deno.remove(folder, { recursive: true });
  assertEquals([code, stderr], [1, ""]);
  const [first, second, third] = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(Object.keys(first), ["file", "error"]);
  assertEquals([first.file, first.error.code], [bad, "image/unreadable"]);
  assertStringIncludes(first.error.message, "Cannot read the image");
  assertEquals(Object.keys(second), [
    "file",
    "digit",
    "className",
    "reason",
    "confidence",
    "probabilities",
    "digitProbability",
    "backend",
  ]);
  assertEquals(
    [second.file, second.digit, second.className, second.backend],
    [SEVEN, 7, "7", "wasm"],
  );
  assertEquals(second.probabilities.length, 10);
  assertEquals(Math.max(...second.probabilities), second.confidence);
  const sum = second.probabilities.reduce((sum: number, value: number) => sum + value, 0);
  assertAlmostEquals(sum, 1, 1e-6);
  assertEquals(third.error.code, "file/missing");
});

Deno.test("classify says why a file has no digit and what to do, and ends with 0", async () => {
  await inTemporaryFolder(async (folder) => {
    const files = Object.entries(REASON_PICTURES).map(([reason, picture]) => {
      const file = `${folder}/${reason}.png`;
      Deno.writeFileSync(file, greyPng(picture));
      return file;
    });
    const { code, stdout, stderr } = await runTask("classify", ...files);
    assertEquals([code, stderr], [0, ""]);
    const count = SEVERAL.text.length;
    assertEquals(stdout.replaceAll(`${folder}/`, "").trim().split("\n"), [
      "no-ink.png: no ink",
      "too-faint.png: too faint, use more light or a darker pen",
      "too-small.png: too small, use a picture with more pixels",
      "not-a-digit.png: not a digit",
      `several-digits.png: ${count} digits, use deno task read`,
    ]);
    const json = await runTask("classify", "--json", ...files);
    const answers = json.stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(answers.map(({ reason }) => reason), Object.keys(REASON_PICTURES));
    assertEquals(answers.map(({ count }) => count), [
      undefined,
      undefined,
      undefined,
      undefined,
      count,
    ]);
    const taken = await runTask("classify", "--reject", "0", files[3]);
    assertMatch(taken.stdout, /not-a-digit\.png: \d \(/);
  });
});

Deno.test("classify --explain writes a page with every hypothesis, which --json leaves out", async () => {
  await inTemporaryFolder(async (folder) => {
    const [file, page] = [`${folder}/star.png`, `${folder}/page.html`];
    await Deno.writeFile(file, greyPng(REASON_PICTURES["not-a-digit"]));
    const { code, stdout } = await runTask("classify", file, "--json", "--explain", page);
    assertEquals(code, 0);
    const answer = JSON.parse(stdout);
    assertEquals(["steps" in answer, "hypotheses" in answer], [false, false]);
    const text = await Deno.readTextFile(page);
    assertStringIncludes(text, "star.png: not a digit");
    assertMatch(text, /<h3>.*Own threshold: \d, a digit with/);
  });
});

Deno.test("classify names what a JPEG shows to a network of photos, and what it cannot read", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const architecture = architectureByName("lenet-cifar10");
    const weights = `${folder}/photos.safetensors`;
    await Deno.writeFile(
      weights,
      modelToBytes({
        architecture,
        parameters: initialize(architecture),
        metadata: {
          classNames: Array.from({ length: 10 }, (_, index) => `thing-${index}`),
          normalization: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
          preparation: "picture",
          temperature: 1,
        },
      }),
    );
    await Deno.writeFile(`${folder}/photo.jpg`, PROGRESSIVE);
    await Deno.writeFile(`${folder}/cut.jpg`, PROGRESSIVE.subarray(0, 500));
    await Deno.writeTextFile(`${folder}/text.jpg`, "This is no photo.");
    const files = ["photo.jpg", "cut.jpg", "text.jpg"].map((name) => `${folder}/${name}`);
    const { code, stdout, stderr } = await runTask("classify", "--weights", weights, ...files);
    assertEquals(code, 1);
    assertMatch(stdout, /^.*photo\.jpg: thing-\d \(\d+\.\d %\)\n$/);
    assertMatch(stderr, /cut\.jpg: error: Cannot .* \[image\/unreadable\]\n/);
    assertMatch(stderr, /text\.jpg: error: Cannot .* \[image\/unsupported\]\n/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("classify refuses wrong arguments with exit code 2, and unusable weights with 1", async () => {
  const wrong: [string[], number, string][] = [
    [[], 2, "option/invalid"],
    [[SEVEN, "--backend", "cuda"], 2, "option/invalid"],
    [[SEVEN, "--verbose"], 2, "option/unknown"],
    [[SEVEN, "--weights", "nothing"], 1, "file/missing"],
    [[SEVEN, "--weights", SEVEN], 1, "weights/malformed"],
  ];
  for (const [args, expected, errorCode] of wrong) {
    const { code, stdout, stderr } = await runTask("classify", ...args);
    assertEquals([code, stdout], [expected, ""], args.join(" "));
    assertMatch(stderr, new RegExp(`^error: Cannot .* \\[${errorCode}\\]\n`));
    assertEquals(stderr.includes("    at "), false);
  }
});

Deno.test("demo reads all of its samples right", async () => {
  const { code, stdout } = await runTask("demo");
  assertEquals(code, 0);
  const [, right, count] = stdout.match(/(\d+) of (\d+) right/)!;
  assertEquals(right, count);
  assertEquals(new Set(stdout.match(/\d(?=[-a-z]*\.png)/g)).size, 10);
});

Deno.test("summary prints the layers of a network", async () => {
  const { code, stdout } = await runTask("summary");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "61,706");
});
