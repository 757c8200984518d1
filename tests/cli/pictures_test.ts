import { assertEquals, assertLess } from "@std/assert";
import { drawDigits, findPictures, findSamples } from "../../src/cli/pictures.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { FORMATS } from "../../src/image/decode/formats.ts";
import { assertRejection } from "../assert_error.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { SAMPLES } from "../image/decode/samples.ts";

for (const { name, extensions } of FORMATS) {
  for (const extension of extensions.flatMap((text) => [text, text.toUpperCase()])) {
    Deno.test(`findPictures and findSamples find a ${name} as ${extension}`, async () => {
      await inTemporaryFolder(async (folder) => {
        const path = `${folder}/7_1${extension}`;
        await Deno.writeFile(path, SAMPLES[name].file);
        await Deno.writeTextFile(`${folder}/7_1${extension}.txt`, "not a picture");
        assertEquals((await findPictures([folder])).all, [{ file: path }]);
        assertEquals(await findSamples(folder), [{ path, label: "7" }]);
      });
    });
  }
}

Deno.test("drawDigits draws what syntheticDigits draws", async () => {
  const { signal } = new AbortController();
  for (const [count, seed] of [[1, 0], [500, 1], [1234, -7]]) {
    assertEquals(await drawDigits(count, seed, signal), syntheticDigits({ count, seed }));
  }
});

Deno.test("drawDigits stops within a second of a timer's abort", async () => {
  const controller = new AbortController();
  let aborted = Infinity;
  setTimeout(() => {
    aborted = performance.now();
    controller.abort();
  }, 50);
  await assertRejection(() => drawDigits(100_000, 0, controller.signal), "aborted", "draw digits");
  assertLess(performance.now() - aborted, 1000);
});
