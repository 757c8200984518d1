import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runTask } from "../../cli/run_task.ts";
import { inTemporaryFolder } from "../../data/temporary_folder.ts";
import { DRAWN, drawnPng, writeIdxSet, writeSet } from "./made_up_sets.ts";

/** Writes two sets of digits, of which one label is wrong, and one of strings. */
async function writeSets(folder: string): Promise<void> {
  const [a, b, c] = [...DRAWN.labels];
  await writeSet(`${folder}/photo`, {
    [`${a}_g01_001.png`]: drawnPng(0),
    [`${b}_g01_002.png`]: drawnPng(1),
    [`${(c + 1) % 10}_g01_003.png`]: drawnPng(2),
  });
  await writeIdxSet(`${folder}/usps16`, 4);
  await writeSet(`${folder}/strings_photo`, {
    [`${a}${b}${c}_g01_001.png`]: drawnPng(0, 1, 2),
    [`${a}${b}-${c}_g01_002.png`]: drawnPng(0, 1, 2),
  });
}

const ONLY = ["--only", "usps16,photo,strings_photo"];

Deno.test("evaluate:real --json gives what it measured, and --check exits with 1 when a goal is missed", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeSets(folder);
    const args = ["--data", folder, ...ONLY, "--json", "--check"];
    const { code, stdout, stderr } = await runTask("evaluate:real", ...args);
    assertEquals([code, stderr], [1, ""]);
    const { digits, strings, mean, goals } = JSON.parse(stdout);
    assertEquals(
      digits.map((result: Record<string, unknown>) => [result.set, result.count, result.right]),
      [["photo", 3, 2], ["usps16", 4, 4]],
    );
    assertEquals(digits[0].agreement.classified, 3);
    assertEquals(mean.sets, 2);
    assertEquals([strings[0].count, strings[0].right], [2, 1]);
    assertEquals(
      goals.map((goal: Record<string, unknown>) => [goal.name, goal.isMet]),
      [["photo", false], ["usps16", true]],
    );
    const met = ["--data", folder, "--only", "usps16", "--check"];
    assertEquals((await runTask("evaluate:real", ...met)).code, 0);
  });
});

Deno.test("evaluate:real prints tables and writes a page of what was not read right", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeSets(folder);
    const page = `${folder}/worst.html`;
    const args = ["--data", folder, ...ONLY, "--worst", page];
    const { code, stdout, stderr } = await runTask("evaluate:real", ...args);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^photo +3 +66\.67 % /m);
    assertMatch(stdout, /^mean of 2 +83\.33 % /m);
    assertMatch(stdout, /^strings_photo +2 +50\.00 % /m);
    assertMatch(stdout, /^missed +photo: 66\.67 %, the goal is at least 94\.4 %$/m);
    const text = await Deno.readTextFile(page);
    assertStringIncludes(text, "photo: 1 of 3 not read right");
    assertStringIncludes(text, "_g01_003.png:");
    assertStringIncludes(text, "network input");
    assertStringIncludes(text, "usps16: 0 of 4 not read right");
    assertStringIncludes(text, "strings_photo: 1 of 2 not read right");
    assertEquals(/src="(?!data:image\/png;base64,)/.test(text), false);
  });
});

Deno.test("evaluate:real reads at most --limit pictures of a set", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeIdxSet(`${folder}/usps16`, 9);
    const args = ["--data", folder, "--only", "usps16", "--limit", "2", "--json"];
    const { stdout } = await runTask("evaluate:real", ...args);
    assertEquals(JSON.parse(stdout).digits[0].count, 2);
  });
});

Deno.test("evaluate:real says how to pass a folder that is missing", async () => {
  const { code, stdout, stderr } = await runTask("evaluate:real", "--data", "tests/research");
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "pass their parent folder with --data DIR [file/missing]");
});

Deno.test("evaluate:real refuses wrong arguments with exit code 2", async () => {
  const wrong: [string[], string][] = [
    [["seven.png"], "option/invalid"],
    [["--only", "photo,nothing"], "option/invalid"],
    [["--limit", "0"], "option/invalid"],
    [["--seed", "1"], "option/unknown"],
  ];
  for (const [args, error] of wrong) {
    const { code, stdout, stderr } = await runTask("evaluate:real", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, `[${error}]`);
  }
});
