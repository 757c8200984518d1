import { assertEquals } from "@std/assert";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { installPackages } from "./install_packages.ts";
import { runProgram, type Runtime, RUNTIMES } from "./runtimes.ts";

const PROGRAM = 'import { pictureBits as program } from "./tests/runtimes/picture_bits.ts";';

/** With what the makers of pictures encode PNGs. */
const PACKAGES = ["fast-png"];

/** What comes of it in Deno, with which the other runtimes are compared. */
let inDeno: Promise<unknown> | undefined;

for (const runtime of RUNTIMES.slice(1)) {
  Deno.test({
    name: `classifyDigits and readDigits give the same bits in ${runtime.name} as in Deno`,
    ignore: !runtime.isHere,
    fn: async () => assertEquals(await bitsIn(runtime), await (inDeno ??= bitsIn(RUNTIMES[0]))),
  });
}

async function bitsIn(runtime: Runtime): Promise<unknown> {
  let bits: unknown;
  await inTemporaryFolder(async (folder) => {
    const nodeModules = await installPackages(PACKAGES, folder);
    bits = await runProgram(runtime, PROGRAM, { nodeModules });
  });
  return bits;
}
