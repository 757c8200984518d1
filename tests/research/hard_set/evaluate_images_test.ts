import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runTask } from "../../cli/run_task.ts";
import { hasSharedData } from "../../data/shared_data.ts";

Deno.test({
  name:
    "evaluate:images --json gives what it measured, and --check exits with 1 when a goal is missed",
  ignore: !hasSharedData("mnist"),
  async fn() {
    const kinds = ["mixed", "size", "static"];
    const args = ["--kinds", kinds.join(), "--limit", "6", "--split", "train-tail", "--seed", "5"];
    const { code, stdout, stderr } = await runTask("evaluate:images", ...args, "--json", "--check");
    assertEquals(stderr, "");
    const { digits, seed, results, goals } = JSON.parse(stdout);
    assertEquals([digits, seed], ["MNIST train, the last 10000", 5]);
    assertEquals(results.map(({ kind }: { kind: string }) => kind), kinds);
    for (const { count, right, share } of results) assertEquals([count, right / 6], [6, share]);
    assertEquals(goals.length, 2);
    assertEquals(code, goals.some(({ isMet }: { isMet: boolean }) => !isMet) ? 1 : 0);
  },
});

Deno.test("evaluate:images says which file is missing", async () => {
  const { code, stdout, stderr } = await runTask("evaluate:images", "--data", "tests/research");
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "[file/missing]");
});

Deno.test("evaluate:images prints a table and writes a page of what was misread", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const page = `${folder}/worst.html`;
    const { code, stdout, stderr } = await runTask(
      "evaluate:images",
      "--kinds",
      "size,scribbles,mixed",
      "--limit",
      "5",
      "--worst",
      page,
    );
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^size +5 +\d+\.\d\d % /m);
    assertMatch(stdout, /^(met|missed) +mixed degradations: /m);
    assertMatch(stdout, /^Expected calibration error of digitProbability: .* over \d+ pictures$/m);
    assertStringIncludes(await Deno.readTextFile(page), "scribbles:");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("evaluate:images refuses wrong arguments with exit code 2", async () => {
  const wrong: [string[], string][] = [
    [["seven.png"], "option/invalid"],
    [["--kinds", "mixed,nothing"], "option/invalid"],
    [["--split", "train"], "option/invalid"],
    [["--limit", "0"], "option/invalid"],
    [["--limit", "1.5"], "option/invalid"],
    [["--seed", "-1"], "option/invalid"],
    [["--hard"], "option/unknown"],
  ];
  for (const [args, error] of wrong) {
    const { code, stdout, stderr } = await runTask("evaluate:images", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, `[${error}]`);
  }
});
