import { assertEquals, assertLessOrEqual } from "@std/assert";
import { readImage } from "../../src/image/read_image.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { BASELINE } from "../image/decode/jpeg_files.ts";
import { ANIMATED, LOSSLESS } from "../image/decode/webp_files.ts";
import { installPackages } from "./install_packages.ts";
import { readFiles } from "./read_files.ts";
import { runProgram, RUNTIMES } from "./runtimes.ts";

const PACKAGES = ["@jsquash/jpeg", "@jsquash/webp"];

const PROGRAM = 'import { readFiles as program } from "./tests/runtimes/read_files.ts";';

for (const runtime of RUNTIMES.filter(({ name }) => name === "node" || name === "bun")) {
  Deno.test({
    name: `readImage reads every format in ${runtime.name}, to the same pixels`,
    ignore: !runtime.isHere,
    fn: () =>
      inTemporaryFolder(async (folder) => {
        const nodeModules = await installPackages(PACKAGES, folder);
        assertEquals(await runProgram(runtime, PROGRAM, { nodeModules }), await readFiles());
      }),
  });
}

Deno.test("readImage reads JPEG and WebP in Deno without any permission", async () => {
  const program = `import { readImage } from "./src/image/read_image.ts";
import { BASELINE } from "./tests/image/decode/jpeg_files.ts";
import { ANIMATED, LOSSLESS } from "./tests/image/decode/webp_files.ts";
const program = async () => {
  const pictures = [];
  for (const file of [BASELINE, LOSSLESS, ANIMATED]) pictures.push(await readImage(file));
  return pictures.map(({ data, width }) => ({ data: [...data], width }));
};`;
  const pictures = await runProgram(RUNTIMES[0], program) as { data: number[]; width: number }[];
  for (const [n, file] of [BASELINE, LOSSLESS, ANIMATED].entries()) {
    const { data, width } = await readImage(file);
    assertEquals([pictures[n].width, pictures[n].data.length], [width, data.length]);
    // With loss, Deno's own decoder may round in other places.
    const tolerance = file === BASELINE ? 12 : 0;
    for (let i = 0; i < data.length; i++) {
      assertLessOrEqual(Math.abs(data[i] - pictures[n].data[i]), tolerance);
    }
  }
});
