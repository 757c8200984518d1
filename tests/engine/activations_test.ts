import { assertAlmostEquals, assertEquals } from "@std/assert";
import { activationsOf } from "../../src/engine/activations.ts";
import { sizeOf } from "../../src/model/shapes.ts";
import { GOLDEN_NAMES, loadGolden } from "../golden/golden.ts";

for (const name of GOLDEN_NAMES) {
  Deno.test(`activationsOf ends with PyTorch's logits for ${name}`, () => {
    const { architecture, parameters, inputs, logits } = loadGolden(name);
    const metadata = {
      classNames: [],
      normalization: { mean: [0], deviation: [1] },
      temperature: 1,
    };
    const input = inputs.slice(0, sizeOf(architecture.input));
    const stages = activationsOf({ architecture, parameters, metadata }, input);
    assertEquals(stages.length, 1 + architecture.layers.length);
    assertEquals(stages[0], {
      name: "input",
      kind: "input",
      shape: architecture.input,
      values: input,
    });
    for (const { shape, values } of stages) assertEquals(values.length, sizeOf(shape));
    const { values } = stages[stages.length - 1];
    values.forEach((value, i) => assertAlmostEquals(value, logits[i], 1e-4));
  });
}
