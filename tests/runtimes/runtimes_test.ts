import { assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { ROOT } from "../cli/run_task.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { HAS_WEBGPU } from "../engine/tfjs/backends.ts";
import { type Exercise, exercise } from "./exercise.ts";
import { installPackages } from "./install_packages.ts";
import { runProgram, RUNTIMES } from "./runtimes.ts";

const SAMPLES = await Promise.all(
  Array.from({ length: 10 }, async (_, digit) => {
    const file = await Deno.readFile(`${ROOT}scripts/samples/${digit}.png`);
    return file.toBase64();
  }),
);

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** What a user installs beside the package, where not everything is at hand. */
const PACKAGES = [
  "@jsquash/jpeg",
  "@jsquash/webp",
  "@tensorflow/tfjs-backend-webgpu",
  "@tensorflow/tfjs-core",
];

/** How far the logits on a GPU may be from those on WASM. */
const GPU_TOLERANCE = 1e-3;

/** What comes of it in this process. */
let here: Promise<Exercise> | undefined;

for (const runtime of RUNTIMES) {
  const { name } = runtime;
  const hasGpu = name === "chromium" || (name === "deno" && HAS_WEBGPU);
  Deno.test({
    name:
      `LeNet reads and learns digits in ${name}, with the same logits and weights as everywhere`,
    ignore: !runtime.isHere,
    fn: () =>
      inTemporaryFolder(async (folder) => {
        const program = `${hasGpu ? 'import "@x/lenet/webgpu";' : ""}
import { exercise } from "./tests/runtimes/exercise.ts";
const program = () => exercise(${JSON.stringify(SAMPLES)}, { webgpu: ${hasGpu} });`;
        // Workers can use none, and Deno finds them unless its bundle has imports of them.
        const needsPackages = name === "deno" ? hasGpu : name !== "workerd";
        const options = needsPackages
          ? { nodeModules: await installPackages(PACKAGES, folder) }
          : {};
        const found = await runProgram(runtime, program, options) as Exercise;

        assertEquals(found.fromPng, DIGITS);
        assertEquals(found.fromPixels, DIGITS);
        assertEquals(found.atOnce, DIGITS);
        assertEquals([found.text, found.several], ["0123456789", "several-digits: 10"]);
        assertEquals([found.gif, found.bmp], ["12×10", "2×1"]);
        assertEquals(found.backend, "wasm");
        const expected = await (here ??= exercise(SAMPLES));
        assertEquals(found.logitsHash, expected.logitsHash);
        assertMatch(found.fineTuned, /^7 [0-9a-f]{64}$/);
        assertEquals(found.fineTuned, expected.fineTuned);
        if (name === "workerd") {
          assertStringIncludes(found.jpeg, "image/unsupported");
          assertStringIncludes(found.webp, "image/unsupported");
        } else {
          assertEquals([found.jpeg, found.webp], ["24×16", "24×16"]);
        }
        if (!hasGpu) return;
        if (typeof found.webgpu === "string") throw new Error(found.webgpu);
        assertEquals(found.webgpu.length, 100);
        for (const [i, logit] of found.webgpu.entries()) {
          assertLess(Math.abs(logit - found.logits[i]), GPU_TOLERANCE);
        }
        for (const digit of DIGITS) {
          const logits = found.webgpu.slice(10 * digit, 10 * digit + 10);
          assertEquals(logits.indexOf(Math.max(...logits)), digit);
        }
      }),
  });
}
