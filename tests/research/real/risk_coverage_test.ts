import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  acceptanceOf,
  acceptanceText,
  type ScoredSet,
  scoreSet,
} from "../../../scripts/research/real/risk_coverage.ts";
import { THRESHOLDS } from "../../../scripts/research/shared/scored_answers.ts";
import { LeNet } from "../../../mod.ts";
import { LeNetError } from "../../../src/errors.ts";
import { runTask } from "../../cli/run_task.ts";
import { inTemporaryFolder } from "../../data/temporary_folder.ts";
import { DRAWN, drawnPng, writeIdxSet } from "./made_up_sets.ts";

/** Answers with a digit that is likely or not, right or not. */
function setOf(set: string, answers: readonly (readonly [boolean, number])[]): ScoredSet {
  return {
    set,
    answers: answers.map(([isRight, acceptedTo]) => ({
      isRight,
      acceptedTo,
      ...acceptedTo > 0 && { ink: { isRight, digitProbability: acceptedTo } },
    })),
  };
}

const SETS = [
  setOf("photo", [[true, 0.95], [true, 0.45], [true, 0], [true, 1], [false, 0.65]]),
  setOf("canvas", [[true, 1], [false, -1], [false, 0]]),
  setOf("scan28", [[false, 0.5]]),
];

Deno.test("acceptanceOf counts right readings that are refused, by set, and misread ones that are accepted", () => {
  const rows = acceptanceOf(SETS);
  assertEquals(rows.map(({ reject }) => reject), THRESHOLDS);
  const at = (threshold: number) => rows.find(({ reject }) => reject === threshold)!;
  assertEquals(at(0).rightRefused, { photo: 0, canvas: 0 });
  assertEquals(at(0.4).rightRefused, { photo: 0.25, canvas: 0 });
  assertEquals(at(0.5).rightRefused, { photo: 0.5, canvas: 0 });
  assertEquals([0, 0.5, 0.6, 0.7].map((reject) => at(reject).misreadAccepted), [
    0.75,
    0.5,
    0.25,
    0,
  ]);
});

Deno.test("acceptanceText has a row for each threshold, the mean of the sets, and the calibration", () => {
  const lines = acceptanceText(SETS).split("\n");
  assertEquals(lines[0].trim().split(/ {2,}/), [
    "right ones refused",
    "photo",
    "canvas",
    "mean",
    "accepted of 4 misread",
  ]);
  assertMatch(lines.join("\n"), /^reject 0\.5 +50\.00 % +0\.00 % +25\.00 % +50\.00 %$/m);
  assertMatch(
    lines[THRESHOLDS.length + 2],
    /calibration error of digitProbability: \d+\.\d\d % over 6 pictures/,
  );
  const right = acceptanceText([setOf("photo", [[true, 0.95]])]);
  assertEquals(right.includes("NaN"), false);
});

Deno.test("scoreSet reads every picture once, and stops when it is aborted", async () => {
  using net = await LeNet.load("digits", { backend: "wasm" });
  const samples = [0, 1].map((n) => ({
    name: `${n}`,
    text: `${DRAWN.labels[n]}`,
    image: drawnPng(n),
  }));
  const progress: number[] = [];
  const options = { samples, net, onProgress: (done: number) => progress.push(done) };
  const answers = await scoreSet({ ...options, signal: new AbortController().signal });
  assertEquals(answers.map(({ isRight }) => isRight), [true, true]);
  assertEquals(progress, [1, 2]);
  const aborted = scoreSet({ ...options, signal: AbortSignal.abort() });
  assertEquals((await assertRejects(() => aborted, LeNetError)).code, "aborted");
});

Deno.test("evaluate:real --coverage prints a row for each threshold, and refuses goals", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeIdxSet(`${folder}/usps16`, 3);
    const args = ["--coverage", "--data", folder, "--only", "usps16"];
    const { code, stdout, stderr } = await runTask("evaluate:real", ...args);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^reject 0 +0\.00 % +0\.00 %/m);
    const json = await runTask("evaluate:real", ...args, "--json");
    assertEquals(JSON.parse(json.stdout).coverage.length, THRESHOLDS.length);
  });
  assertEquals((await runTask("evaluate:real", "--coverage", "--check")).code, 2);
});
