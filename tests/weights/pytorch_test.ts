import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ARCHITECTURE_NAMES, architectureByName, LeNet, lenet5, type Model } from "../../mod.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import { sizeOf } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { Random } from "../../src/model/random.ts";
import { readLayout } from "../../src/weights/safetensors.ts";
import { output } from "../data/command.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { HAS_TORCH, PYTHON } from "./torch.ts";

const SCRIPT = new URL("../golden/load_state_dicts.py", import.meta.url).pathname;

/** Few, for plain loops run the networks here. */
const COUNT = 2;

/** Each network of the zoo, and one whose dense layers are all of one shape; nothing of batch normalization is 0 or 1. */
function models(): [name: string, model: Model][] {
  const alike = lenet5({
    name: "alike",
    dense: [10, 10, 10, 10],
    batchNorm: true,
    channels: [4, 4],
  });
  const architectures = [...ARCHITECTURE_NAMES.map(architectureByName), alike];
  return architectures.map((architecture) => {
    const random = new Random(7);
    const parameters = initialize(architecture, { seed: 7 });
    for (const [name, { data }] of parameters) {
      if (name.startsWith("bn")) data.forEach((_, i) => data[i] = 0.5 + random.next());
    }
    const [channels] = architecture.input;
    return [architecture.name, {
      architecture,
      parameters,
      metadata: {
        classNames: Array.from({ length: 10 }, (_, index) => String(index)),
        normalization: { mean: Array(channels).fill(0.25), std: Array(channels).fill(0.5) },
        preparation: channels === 1 ? "digit" : "picture",
        temperature: 1.5,
      },
    }];
  });
}

/** Name, number format and shape of all tensors in a file, by name. */
function tensorsOf(bytes: Uint8Array): string[] {
  const { tensors } = readLayout(bytes);
  return [...tensors].map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape}]`).sort();
}

Deno.test({
  name: "LeNet.save writes what PyTorch loads strictly, and LeNet.load reads what PyTorch wrote",
  ignore: !HAS_TORCH,
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const all = models();
      const inputs = new Map<string, Float32Array<ArrayBuffer>>();
      for (const [name, model] of all) {
        const random = new Random(3);
        const values = Float32Array.from(
          { length: COUNT * sizeOf(model.architecture.input) },
          () => random.next(),
        );
        inputs.set(name, values);
        await Deno.writeTextFile(`${folder}/${name}.inputs.json`, JSON.stringify([...values]));
        using net = await LeNet.load(model);
        await Deno.writeFile(`${folder}/${name}.safetensors`, net.save({ layout: "pytorch" }));
      }
      assertEquals(await output(PYTHON, ["-B", SCRIPT, folder, ...inputs.keys()]), "");
      for (const [name, model] of all) {
        const bytes = await Deno.readFile(`${folder}/${name}.torch.safetensors`);
        const saved = await Deno.readFile(`${folder}/${name}.safetensors`);
        assertEquals(tensorsOf(saved), tensorsOf(bytes));
        const { normalization } = model.metadata;
        using net = await LeNet.load(bytes, { architecture: model.architecture, normalization });
        const { metadata, ...read } = net.model;
        assertEquals(read, { architecture: model.architecture, parameters: model.parameters });
        assertEquals(metadata.normalization, normalization);

        const expected: number[] = JSON.parse(readLayout(bytes).metadata.get("logits")!);
        using runner = referenceRunner(model.architecture, model.parameters);
        const logits = await runner.logits(inputs.get(name)!, COUNT);
        assertEquals(logits.length, expected.length);
        logits.forEach((value, i) => {
          const tolerance = 1e-5 * Math.max(1, Math.abs(expected[i]));
          assertAlmostEquals(value, expected[i], tolerance, `${name}, logit ${i}`);
        });
      }
    }),
});

Deno.test({
  name: "LeNet.save writes halves, too, that PyTorch loads strictly",
  ignore: !HAS_TORCH,
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const architecture = architectureByName("lenet5-bn-dropout");
      const [, model] = models().find(([name]) => name === architecture.name)!;
      using net = await LeNet.load(model);
      const bytes = net.save({ layout: "pytorch", dtype: "F16" });
      await Deno.writeFile(`${folder}/halves.safetensors`, bytes);
      await Deno.writeTextFile(
        `${folder}/halves.inputs.json`,
        JSON.stringify(Array(sizeOf(architecture.input)).fill(0)),
      );
      await output(PYTHON, ["-B", SCRIPT, folder, "halves"]);
      const written = await Deno.readFile(`${folder}/halves.torch.safetensors`);
      using back = await LeNet.load(written, { architecture });
      using own = await LeNet.load(bytes);
      assertEquals(back.model.parameters, own.model.parameters);
    }),
});
