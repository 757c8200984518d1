import { assertEquals } from "@std/assert";
import { GOLDEN_HASH } from "../engine/wasm/golden_hash.ts";
import { TRAINING_HASH } from "../engine/wasm/training_hash.ts";
import { MATH_HASH } from "../model/math_hash.ts";
import { runProgram, RUNTIMES } from "./runtimes.ts";

const PROGRAM = `import { goldenHash } from "./tests/engine/wasm/golden_hash.ts";
import { mathHash } from "./tests/model/math_hash.ts";
const program = async () => [await goldenHash(), await mathHash()];`;

for (const runtime of RUNTIMES) {
  Deno.test({
    name: `wasmRunner and the elementary functions give the same bits in ${runtime.name}`,
    ignore: !runtime.isHere,
    fn: async () => assertEquals(await runProgram(runtime, PROGRAM), [GOLDEN_HASH, MATH_HASH]),
  });
}

const TRAINING = `import { trainingHash as program } from "./tests/engine/wasm/training_hash.ts";`;

for (const runtime of RUNTIMES) {
  Deno.test({
    name: `wasmTrainer gives the same bits after 100 steps of each optimizer in ${runtime.name}`,
    ignore: !runtime.isHere,
    fn: async () => assertEquals(await runProgram(runtime, TRAINING), TRAINING_HASH),
  });
}
