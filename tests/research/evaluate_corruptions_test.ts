import { assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CORRUPTIONS } from "../../scripts/research/corruptions/corruptions.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { firstHypothesis } from "../../src/image/hypotheses.ts";
import { Page } from "../../src/image/page.ts";
import { wilson } from "../../src/evaluate.ts";
import { runTask } from "../cli/run_task.ts";
import { writeMnist } from "../cli/small_mnist.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { DIGITS } from "./hard_set/digits.ts";

/** The digits centred as MNIST's are, which the library passes on without preparation. */
const FRAMED: Dataset = { ...DIGITS, images: new Uint8Array(DIGITS.images.length) };
for (let n = 0; n < DIGITS.count; n++) {
  const at = 784 * n;
  const drawn = DIGITS.images.slice(at, at + 784);
  const { pixels } = firstHypothesis(
    new Page({ data: drawn, width: 28, height: 28, channels: 1 }),
  )!;
  FRAMED.images.set(pixels.map((ink) => Math.round(255 * ink)), at);
}

const NAMES = Object.keys(CORRUPTIONS);

Deno.test("evaluate:corruptions measures two networks on the same pictures, in both ways", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeMnist(folder, "t10k", FRAMED);
    const args = ["--data", folder, "--limit", "20", "--against", "digits-plain", "--json"];
    const { code, stdout } = await runTask("evaluate:corruptions", ...args);
    assertEquals(code, 0);
    const { digits, count, seed, results, goal } = JSON.parse(stdout);
    assertEquals([digits, count, seed], ["MNIST test", 20, 0]);
    assertEquals(
      results.map(({ weights }: { weights: string }) => weights),
      ["digits", "digits-plain"],
    );
    for (const { clean, corruptions, mean } of results) {
      assertEquals(Object.keys(corruptions), NAMES);
      for (const way of ["direct", "classify"]) {
        let sum = 0;
        for (const scores of [clean, ...Object.values(corruptions)]) {
          const { count, right, accuracy, interval } = scores[way];
          assertEquals(count, 20);
          assertEquals(accuracy, right / 20);
          assertEquals(interval, wilson(right, 20));
          if (scores !== clean) sum += accuracy;
        }
        assertAlmostEquals(mean[way].accuracy, sum / 15, 1e-12);
      }
      for (const { classify, refused } of [clean, ...Object.values<typeof clean>(corruptions)]) {
        assertEquals(Number.isInteger(refused) && refused <= 20 - classify.right, true);
      }
      // Digits with the layout of MNIST's are not prepared.
      assertEquals(clean.direct, clean.classify);
    }
    assertEquals(goal.value, results[0].mean.direct.accuracy);
    assertEquals(goal.isMet, goal.value >= 0.96);
    assertEquals((await runTask("evaluate:corruptions", ...args)).stdout, stdout);
  });
});

Deno.test("evaluate:corruptions prints a table, and --check says whether the goal is met", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeMnist(folder, "t10k", DIGITS);
    const { code, stdout } = await runTask(
      "evaluate:corruptions",
      "--data",
      folder,
      "--limit",
      "10",
      "--check",
    );
    const lines = stdout.trim().split("\n");
    assertEquals(
      lines.slice(3, -2).map((line) => line.split(" ")[0]),
      [...NAMES, "mean", "none"],
    );
    assertMatch(lines[3], /^shot-noise +\d+\.\d\d % +\d+\.\d\d to \d+\.\d\d +\d+\.\d\d % +\d/);
    const last = lines[lines.length - 1];
    assertMatch(last, /^(met|MISSED): the mean is \d+\.\d\d %, the goal is at least 96\.00 %$/);
    assertEquals(code, last.startsWith("met") ? 0 : 1);
  });
});

Deno.test("evaluate:corruptions says what is wrong with its options", async () => {
  for (const args of [["--seed", "-1"], ["--split", "all"], ["--limit", "x"], ["stray"]]) {
    const { code, stdout, stderr } = await runTask("evaluate:corruptions", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "error: Cannot take ");
  }
});
