import { assertEquals } from "@std/assert";
import { LOCK_OPTION } from "../bench/packages.ts";
import { GOLDEN_HASH } from "../engine/simd_golden.ts";

const PROGRAM =
  'import { goldenHash } from "./tests/engine/simd_golden.ts"; goldenHash().then((hash) => console.log(hash));';

async function run(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${command} failed:\n${text.decode(stderr)}`);
  return text.decode(stdout).trim();
}

async function isInstalled(command: string): Promise<boolean> {
  return await run(command, "--version").then(() => true, () => false);
}

for (const runtime of ["node", "bun"]) {
  Deno.test({
    name: `simdRunner gives the same bits in ${runtime}`,
    ignore: !await isInstalled(runtime),
    fn: async () => {
      const folder = await Deno.makeTempDir();
      const file = `${folder}/golden.mjs`;
      const bundler = new URL("bundle.ts", import.meta.url).pathname;
      try {
        await run(Deno.execPath(), "run", "-q", LOCK_OPTION, "-A", bundler, PROGRAM, file);
        assertEquals(await run(runtime, file), GOLDEN_HASH);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
