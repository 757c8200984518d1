import { assertAlmostEquals } from "@std/assert";
import { createRunner } from "../../src/engine/backends.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import { argMax } from "../../src/engine/runner.ts";
import { tfjsRunner } from "../../src/engine/tfjs/runner.ts";
import { sizeOf } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { Random } from "../../src/model/random.ts";
import { ARCHITECTURE_NAMES, architectureByName } from "../../src/model/zoo.ts";
import { HAS_WEBGPU } from "./tfjs/backends.ts";

const ENGINES = [
  ["our kernels", true, (...net) => createRunner("wasm", ...net)],
  ["tfjs on wasm", true, (...net) => tfjsRunner("wasm", ...net)],
  ["tfjs on webgpu", HAS_WEBGPU, (...net) => tfjsRunner("webgpu", ...net)],
] as const satisfies readonly (readonly [
  engine: string,
  available: boolean,
  make: (
    ...net: Parameters<typeof referenceRunner>
  ) => ReturnType<typeof createRunner>,
])[];

for (const name of ARCHITECTURE_NAMES) {
  for (const [engine, available, make] of ENGINES) {
    Deno.test({
      name: `${name} gives the reference's logits on ${engine}`,
      ignore: !available,
      sanitizeResources: false,
      sanitizeOps: false,
      fn: async () => {
        const architecture = architectureByName(name);
        const parameters = initialize(architecture, { seed: 3 });
        const random = new Random(4);
        const input = Float32Array.from(
          { length: sizeOf(architecture.input) },
          () => random.next(),
        );
        const expected = await referenceRunner(architecture, parameters).logits(input, 1);
        using runner = await make(architecture, parameters);
        const found = await runner.logits(input, 1);
        const scale = Math.abs(expected[argMax(expected.map(Math.abs))]);
        expected.forEach((value, i) => assertAlmostEquals(found[i], value, 2e-5 * scale));
      },
    });
  }
}
