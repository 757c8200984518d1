import { assertEquals } from "@std/assert";
import { GOLDEN_HASH } from "../engine/wasm/golden_hash.ts";
import { runProgram, RUNTIMES } from "./runtimes.ts";

const PROGRAM = 'import { goldenHash as program } from "./tests/engine/wasm/golden_hash.ts";';

for (const runtime of RUNTIMES) {
  Deno.test({
    name: `wasmRunner gives the same bits in ${runtime.name}`,
    ignore: !runtime.isHere,
    fn: async () => assertEquals(await runProgram(runtime, PROGRAM), GOLDEN_HASH),
  });
}
