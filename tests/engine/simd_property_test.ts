import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { referenceRunner } from "../../src/engine/reference.ts";
import { simdRunner } from "../../src/engine/simd/runner.ts";
import { sizeOf } from "../../src/model/shapes.ts";
import { drawInputs, drawParameters } from "./simd_draw.ts";
import { networks } from "./simd_networks.ts";

Deno.test("simdRunner agrees with the reference on every network", async () => {
  await fc.assert(
    fc.asyncProperty(
      networks,
      fc.integer({ min: 1, max: 19 }),
      fc.nat(),
      async (architecture, count, seed) => {
        const parameters = drawParameters(architecture, seed);
        const inputs = drawInputs(architecture, count, seed);
        using runner = simdRunner(architecture, parameters);
        const found = await runner.logits(inputs, count);
        const expected = await referenceRunner(architecture, parameters).logits(inputs, count);
        assertEquals(found.length, expected.length);
        const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        const error = found.reduce(
          (most, value, i) => Math.max(most, Math.abs(value - expected[i])),
          0,
        );
        assertLessOrEqual(error / scale, 1e-5);
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("simdRunner gives an input the same bits alone and among others", () => {
  fc.assert(
    fc.property(
      networks,
      fc.integer({ min: 2, max: 19 }),
      fc.nat(),
      (architecture, count, seed) => {
        using runner = simdRunner(architecture, drawParameters(architecture, seed));
        const inputs = drawInputs(architecture, count, seed);
        const together = runner.logitsSync(inputs, count);
        const size = sizeOf(architecture.input);
        const alone = Array.from(
          { length: count },
          (_, n) => [...runner.logitsSync(inputs.subarray(n * size, (n + 1) * size), 1)],
        );
        assertEquals(
          new Uint8Array(together.buffer),
          new Uint8Array(Float32Array.from(alone.flat()).buffer),
        );
      },
    ),
    { numRuns: 150 },
  );
});
