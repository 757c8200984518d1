import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { LeNet } from "../../mod.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import type { Parameters } from "../../src/model/parameters.ts";
import { readLayout } from "../../src/weights/safetensors_layout.ts";

/** The files of `make_state_dicts.py`, and two layers of each whose shapes are the same. */
const FILES = [
  ["sequential", "fc2", "fc3"],
  ["features_classifier", "bn1", "bn2"],
  ["prefixed", "middle", "inner"],
] as const;

async function logitsOf(
  architecture: Architecture,
  parameters: Parameters,
  inputs: number[],
): Promise<Float32Array> {
  using runner = referenceRunner(architecture, parameters);
  return await runner.logits(Float32Array.from(inputs), 3);
}

for (const [name, one, other] of FILES) {
  const file = new URL(`../golden/state_dict_${name}.safetensors`, import.meta.url);

  Deno.test(`LeNet.load gives the logits of PyTorch for the state dict ${name}`, async () => {
    const bytes = Deno.readFileSync(file);
    const { metadata } = readLayout(bytes);
    const [architecture, inputs, expected] = ["architecture", "inputs", "logits"].map((key) =>
      JSON.parse(metadata.get(key)!)
    );
    using net = await LeNet.load(bytes, { architecture });
    assertEquals(net.model.architecture, architecture);
    const { parameters } = net.model;
    const found = await logitsOf(architecture, parameters, inputs);
    assertEquals(found.length, expected.length);
    found.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-5, `logit ${i}`));

    // The other way round, the logits would be others: the test can tell.
    const swapped = new Map(
      [...parameters.keys()].map((key) => {
        const [layer, rest] = key.split(".");
        const from = layer === one ? other : layer === other ? one : layer;
        return [key, parameters.get(`${from}.${rest}`)!];
      }),
    );
    const wrong = await logitsOf(architecture, swapped, inputs);
    const apart = Math.max(...wrong.map((value, i) => Math.abs(value - expected[i])));
    assertGreater(apart, 1e-3);
  });
}
