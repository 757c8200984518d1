import { assertEquals } from "@std/assert";
import { packWeights } from "../../scripts/build/weights.ts";
import { moduleFromModel, trimParameters } from "../../scripts/build/write_module.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { LeNet } from "../../src/lenet.ts";
import { sizeOf } from "../../src/model/architecture.ts";
import type { Model } from "../../src/model/model.ts";
import { modelFromBytes, modelToBytes } from "../../src/weights/model_file.ts";
import { assertRejection } from "../assert_error.ts";
import { tinyModel } from "../weights/tiny_model.ts";

function trimmedTiny(): Model {
  return { ...tinyModel(), parameters: trimParameters(tinyModel().parameters) };
}

/** A folder with a manifest and a trained network, gone when the test is over. */
async function packageFolder(): Promise<{ folder: string; file: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/trained.safetensors`;
  await Deno.writeFile(file, modelToBytes(tinyModel()));
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    '{\n  "name": "@x/some",\n  "exports": {\n    "./types": "./types.ts"\n  },\n  "more": 1\n}\n',
  );
  return { folder, file, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("packWeights writes the module and names it in the manifest, in order", async () => {
  await using place = await packageFolder();
  const { folder, file } = place;
  assertEquals(await packWeights(file, "tiny", folder, { dtype: "F16" }), `${folder}/tiny.ts`);
  await packWeights(file, "a-net", folder, { dtype: "F16" });
  assertEquals(
    await Deno.readTextFile(`${folder}/tiny.ts`),
    moduleFromModel(trimmedTiny(), "tiny"),
  );
  assertEquals(
    await Deno.readTextFile(`${folder}/deno.json`),
    `{
  "name": "@x/some",
  "exports": {
    "./a-net": "./a-net.ts",
    "./tiny": "./tiny.ts",
    "./types": "./types.ts"
  },
  "more": 1
}
`,
  );
});

Deno.test("packWeights changes nothing when it is done again", async () => {
  await using place = await packageFolder();
  const { folder, file } = place;
  await packWeights(file, "tiny", folder, { dtype: "F16" });
  const before = await Deno.readTextFile(`${folder}/deno.json`);
  await packWeights(file, "tiny", folder, { dtype: "F16" });
  assertEquals(await Deno.readTextFile(`${folder}/deno.json`), before);
});

Deno.test("packWeights leaves the package as it is when the file is missing or no network", async () => {
  await using place = await packageFolder();
  const { folder, file } = place;
  const manifest = await Deno.readTextFile(`${folder}/deno.json`);
  const pack = (file: string, name: string) => () =>
    packWeights(file, name, folder, { dtype: "F16" });
  await assertRejection(pack(`${folder}/nothing`, "tiny"), "file/missing");
  await assertRejection(pack(`${folder}/deno.json`, "tiny"), "weights/malformed");
  await assertRejection(pack(file, "../tiny"), "option/invalid");
  assertEquals(await Deno.readTextFile(`${folder}/deno.json`), manifest);
  assertEquals([...Deno.readDirSync(folder)].length, 2);
});

Deno.test("packWeights says how the rounded weights did on a test set", async () => {
  await using place = await packageFolder();
  const { folder, file } = place;
  const { architecture: { input, classes }, metadata: { classNames } } = tinyModel();
  const count = 40;
  const testSet: Dataset = {
    name: "noise",
    images: Uint8Array.from({ length: count * sizeOf(input) }, (_, i) => (i * 7919) % 256),
    labels: Uint8Array.from({ length: count }, (_, n) => n % classes),
    shape: input,
    count,
    classNames,
  };
  for (const dtype of ["F16", "I8"] as const) {
    const path = await packWeights(file, "tiny", folder, { dtype, testSet });
    const model = dtype === "F16" ? trimmedTiny() : tinyModel();
    const rounded = modelFromBytes(modelToBytes(model, { dtype }));
    using net = await LeNet.load(rounded);
    const { accuracy } = await net.evaluate(testSet);
    const expected = { dataset: "noise", count, value: accuracy };
    assertEquals(
      await Deno.readTextFile(path),
      moduleFromModel(
        { ...model, metadata: { ...model.metadata, accuracy: expected } },
        "tiny",
        dtype,
      ),
    );
  }
});
