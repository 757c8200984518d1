import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { CLASSIFIED_KINDS, KINDS } from "../../../scripts/research/hard_set/kinds.ts";
import { makeTrial } from "../../../scripts/research/hard_set/measure.ts";
import {
  ablate,
  type AblationOptions,
  ablationReader,
  type AblationResult,
  ABLATIONS,
  ablationTable,
} from "../../../scripts/research/shared/ablation.ts";
import { LeNet } from "../../../mod.ts";
import { createRunner } from "../../../src/engine/backends.ts";
import { LeNetError } from "../../../src/errors.ts";
import { firstHypothesis } from "../../../src/image/hypotheses.ts";
import { PREPARATION_STEPS } from "../../../src/image/page.ts";
import { runTask } from "../../cli/run_task.ts";
import { drawnPng, writeIdxSet, writeSet } from "../real/made_up_sets.ts";
import { inTemporaryFolder } from "../../data/temporary_folder.ts";
import { drawGrey, pageOf, shadedTwo, twoOf } from "../../image/ink/drawing.ts";
import { DIGITS } from "../hard_set/digits.ts";

const SOURCES = { digits: DIGITS, clothing: DIGITS, seed: 0 };

const NAMES = Object.keys(ABLATIONS);

const { signal } = new AbortController();

/** The same text with each ablation, but for some. */
function texts(text: string, but: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...Object.fromEntries(NAMES.map((name) => [name, text])), ...but };
}

function ablateTexts(
  answers: readonly Record<string, string>[],
  change: Partial<AblationOptions> = {},
): Promise<AblationResult> {
  const left = answers.slice();
  return ablate({
    name: "sevens",
    pictures: answers.map(() => ({ image: new Uint8Array(784), text: "7" })),
    read: () => Promise.resolve(left.shift()!),
    onProgress: () => {},
    signal,
    ...change,
  });
}

Deno.test("ABLATIONS leave out nothing, each hypothesis, all but the first, each step, all steps", () => {
  const left = Object.values(ABLATIONS).map(({ hypotheses, steps }) => [...hypotheses, ...steps]);
  const others = ["even", "erased", "even erased", "outline", "inverted"].map((name) => [name]);
  const sheets = ["sheet", "even sheet"];
  assertEquals(left, [
    [],
    ["own"],
    ...others,
    sheets,
    ["colour"],
    [...others.flat(), ...sheets, "colour"],
    ...PREPARATION_STEPS.map((step) => [step]),
    [...PREPARATION_STEPS],
  ]);
});

Deno.test("CLASSIFIED_KINDS are all kinds that classifyDigit prepares, with one digit or none", () => {
  const others = ["plain", "plain-png", "separated", "touching", "lines", "canvas", "photo"];
  assertEquals(KINDS.filter((kind) => !CLASSIFIED_KINDS.includes(kind)), others);
  for (const kind of CLASSIFIED_KINDS) assertMatch(makeTrial(kind, 1, 5, SOURCES).text, /^[0-9]?$/);
});

Deno.test("ablate counts right answers, and those that are wrong without something", async () => {
  const progress: number[] = [];
  const { name, count, right, lost } = await ablateTexts([
    texts("7"),
    texts("7", { zoom: "1", own: "" }),
    texts("1", { own: "7" }),
    texts("7", { zoom: "" }),
  ], { onProgress: (done) => progress.push(done) });
  assertEquals([name, count], ["sevens", 4]);
  assertEquals([right.nothing, right.zoom, right.own, right.even], [3, 1, 3, 3]);
  assertEquals([lost.nothing, lost.zoom, lost.own, lost.even], [0, 2, 1, 0]);
  assertEquals([Object.keys(right), Object.keys(lost)], [NAMES, NAMES]);
  assertEquals(progress, [1, 2, 3, 4]);
});

Deno.test("ablate stops when it is aborted", async () => {
  const aborted = { signal: AbortSignal.abort() };
  const error = await assertRejects(() => ablateTexts([texts("7")], aborted), LeNetError);
  assertEquals(error.code, "aborted");
});

Deno.test("ablationReader answers as the library does, refusals included", async () => {
  using net = await LeNet.load("digits", { backend: "wasm" });
  const { architecture, parameters } = net.model;
  using runner = await createRunner("wasm", architecture, parameters);
  const read = ablationReader(net.model, runner);
  for (
    const kind of ["enlarged", "boxed", "scribbles", "several", "fashion"]
  ) {
    for (const number of [0, 1]) {
      const { image } = makeTrial(kind, number, 2, SOURCES);
      const answers = await read(image);
      const { className } = await net.classify(image);
      assertEquals(answers.nothing, className ?? "", `${kind} ${number}`);
      assertEquals(Object.keys(answers), NAMES);
    }
  }
  assertEquals(await read(new Uint8Array(784)), texts(""));
  assertEquals(await read(new Uint8Array([1, 2, 3])), texts(""));
  const framed = firstHypothesis(pageOf(twoOf(100)))!.pixels;
  assertEquals(await read(framed), texts("2"));
});

Deno.test("ablationReader reads what needs a hypothesis or a step only with it", async () => {
  using net = await LeNet.load("digits", { backend: "wasm" });
  const { architecture, parameters } = net.model;
  using runner = await createRunner("wasm", architecture, parameters);
  const read = ablationReader(net.model, runner);
  const shaded = shadedTwo();
  const answers = await read(shaded);
  assertEquals([answers.nothing, answers.specks, answers.outline], ["2", "2", "2"]);
  assertEquals([answers.even === "2", answers["all but own"] === "2"], [false, false]);
  const tiny = drawGrey({
    width: 1500,
    height: 1500,
    x: 900,
    y: 600,
    boxWidth: 15,
    boxHeight: 21,
    pen: 3,
  });
  const { nothing, zoom, strokes } = await read(tiny);
  assertEquals([nothing, strokes, zoom === "2"], ["2", "2", false]);
});

Deno.test("ablationTable has a row for each kind, their mean, and what is right only with something", () => {
  const counts = (value: (n: number) => number): Record<string, number> =>
    Object.fromEntries(NAMES.map((name, n) => [name, value(n)]));
  const table = ablationTable([
    { name: "mixed", count: 1000, right: counts((n) => 900 - n), lost: counts((n) => 2 * n) },
    { name: "one-pixel", count: 500, right: counts(() => 500), lost: counts(() => 0) },
  ]);
  const [head, ...rows] = table.split("\n").map((line) => line.trim().split(/ {2,}/));
  assertEquals(head, ["% right without", "pictures", ...NAMES]);
  assertEquals(rows.map((row) => row.slice(0, 4)), [
    ["mixed", "1,000", "90.0", "89.9"],
    ["one-pixel", "500", "100.0", "100.0"],
    ["mean", "95.00", "94.95", "94.90"],
    ["right only with it", "0", "2", "4"],
    ["right only without it", "0", "1", "2"],
  ]);
  assertEquals(new Set(table.split("\n").map((line) => line.length)).size, 1);
});

Deno.test("evaluate:images --ablate prints what each hypothesis and each step is good for", async () => {
  const args = ["--ablate", "--kinds", "noise,scribbles", "--limit", "3"];
  const { code, stdout, stderr } = await runTask("evaluate:images", ...args);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, new RegExp(`^noise +3( +\\d+\\.\\d){${NAMES.length}}$`, "m"));
  const json = await runTask("evaluate:images", ...args, "--json");
  const { seed, ablation } = JSON.parse(json.stdout);
  assertEquals(seed, 0);
  assertEquals(ablation.map(({ name }: AblationResult) => name), ["noise", "scribbles"]);
  for (const { count, right } of ablation) {
    assertEquals([count, Object.keys(right)], [3, NAMES]);
  }
});

Deno.test("evaluate:images --ablate refuses kinds that it does not prepare, and goals", async () => {
  const wrong = [["--kinds", "mixed,separated"], ["--kinds", "plain"], ["--check"], [
    "--worst",
    "page.html",
  ]];
  for (const args of wrong) {
    const { code, stdout, stderr } = await runTask("evaluate:images", "--ablate", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "[option/invalid]");
  }
});

Deno.test("evaluate:real --ablate reads sets of single digits, and refuses others", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeSet(`${folder}/photo`, { [`${DIGITS.labels[0]}_g01_001.png`]: drawnPng(0) });
    await writeIdxSet(`${folder}/usps16`, 2);
    const args = ["--ablate", "--data", folder, "--only", "usps16,photo,strings_photo", "--json"];
    const { code, stdout, stderr } = await runTask("evaluate:real", ...args);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(
      JSON.parse(stdout).ablation.map(({ name, count }: AblationResult) => [name, count]),
      [["photo", 1], ["usps16", 2]],
    );
  });
  for (const args of [["--only", "strings_photo"], ["--check"], ["--agreement"]]) {
    const { code, stderr } = await runTask("evaluate:real", "--ablate", ...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "[option/invalid]");
  }
});
