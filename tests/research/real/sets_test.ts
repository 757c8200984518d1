import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readSet } from "../../../scripts/research/real/sets.ts";
import { LeNetError } from "../../../src/errors.ts";
import { inTemporaryFolder } from "../../data/temporary_folder.ts";
import { DRAWN, drawnDigit, drawnPng, writeIdxSet, writeSet } from "./made_up_sets.ts";

Deno.test("readSet reads the labels of file names, lines separated by a hyphen", async () => {
  await inTemporaryFolder(async (folder) => {
    const picture = drawnPng(0);
    await writeSet(`${folder}/photo`, {
      "7_g02_001.png": picture,
      "0_g10_012.jpg": picture,
      "007-12_g01_001.png": picture,
    });
    const samples = await readSet(folder, "photo");
    assertEquals(samples.map(({ name, text }) => [name, text]), [
      ["007-12_g01_001.png", "007\n12"],
      ["0_g10_012.jpg", "0"],
      ["7_g02_001.png", "7"],
    ]);
    assertEquals(samples[0].image, picture);
  });
});

Deno.test("readSet reads IDX files, and keeps ink as it is stored", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeIdxSet(`${folder}/usps16`, 5);
    const samples = await readSet(folder, "usps16");
    assertEquals(samples.map(({ text }) => text), [...DRAWN.labels.subarray(0, 5)].map(String));
    assertEquals(samples[3].image, { data: drawnDigit(3), width: 28, height: 28 });
  });
});

Deno.test("readSet spreads a sample evenly over files and IDX files", async () => {
  await inTemporaryFolder(async (folder) => {
    const picture = drawnPng(0);
    const names = Array.from({ length: 10 }, (_, n) => `${n}_g01_001.png`);
    await writeSet(`${folder}/canvas`, Object.fromEntries(names.map((name) => [name, picture])));
    await writeIdxSet(`${folder}/usps16`, 10);
    const files = await readSet(folder, "canvas", 2);
    assertEquals(files.map(({ text }) => text), ["2", "7"]);
    const records = await readSet(folder, "usps16", 2);
    assertEquals(records.map(({ name }) => name), ["2", "7"]);
    assertEquals(records[1].text, `${DRAWN.labels[7]}`);
    assertEquals((await readSet(folder, "canvas", 11)).length, 10);
  });
});

Deno.test("readSet says what is wrong with a folder", async () => {
  await inTemporaryFolder(async (folder) => {
    await writeSet(`${folder}/photo`, { "seven.png": drawnPng(7) });
    await writeSet(`${folder}/canvas`, {});
    const wrong = [
      ["photo", "data/malformed", "found seven.png, expected names such as 7_g01_001.png"],
      ["canvas", "data/empty", "expected at least 1 picture"],
      ["dida", "file/missing", "pass their parent folder with --data DIR"],
    ] as const;
    for (const [set, code, message] of wrong) {
      const error = await assertRejects(() => readSet(folder, set), LeNetError);
      assertEquals(error.code, code);
      assertStringIncludes(error.message, message);
      assertStringIncludes(error.message, `${folder}/${set}`);
    }
  });
});
