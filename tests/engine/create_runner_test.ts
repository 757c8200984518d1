import { assertAlmostEquals, assertEquals } from "@std/assert";
import { createRunner } from "../../src/engine/create_runner.ts";
import { initialize } from "../../src/model/initialize.ts";
import { TINY } from "../train/tiny.ts";

Deno.test("createRunner takes plain loops where WebAssembly has no SIMD, and they answer alike", async () => {
  const parameters = initialize(TINY);
  const input = Float32Array.from({ length: 64 }, (_, i) => (i % 7) / 7);
  using simd = await createRunner("wasm", TINY, parameters);
  const expected = await simd.logits(input, 1);

  const { validate } = WebAssembly;
  WebAssembly.validate = () => false;
  try {
    using runner = await createRunner("wasm", TINY, parameters);
    assertEquals([simd.backend, runner.backend], ["wasm", "reference"]);
    const found = await runner.logits(input, 1);
    expected.forEach((value, i) => assertAlmostEquals(found[i], value, 1e-5));
  } finally {
    WebAssembly.validate = validate;
  }
});
