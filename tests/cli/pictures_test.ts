import { assertEquals } from "@std/assert";
import { findPictures, findSamples } from "../../src/cli/pictures.ts";
import { FORMATS } from "../../src/image/decode/formats.ts";
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
