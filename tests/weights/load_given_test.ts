import { assertEquals } from "@std/assert";
import { LeNet, type LoadOptions, type WeightsSource } from "../../mod.ts";
import { initialize } from "../../src/model/initialize.ts";
import { lenet5 } from "../../src/model/lenet5.ts";
import { architectureByName } from "../../src/model/zoo.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { writeSafetensors } from "../../src/weights/write_safetensors.ts";
import { assertError } from "../data/assert_error.ts";
import { tinyModel } from "./tiny_model.ts";

const TINY = tinyModel();
const { architecture, parameters } = TINY;
const { classNames, normalization } = TINY.metadata;

/** A file that says nothing of the network. */
const BARE = writeSafetensors(parameters);

async function loaded(weights: WeightsSource, options: LoadOptions) {
  using net = await LeNet.load(weights, options);
  return net.model;
}

Deno.test("LeNet.load takes from the options what a file does not say", async () => {
  assertEquals(await loaded(BARE, { architecture }), {
    architecture,
    parameters,
    metadata: {
      classNames: ["0", "1"],
      normalization: { mean: [0, 0], deviation: [1, 1] },
      preparation: "picture",
      temperature: 1,
    },
  });
  const given = { classNames, normalization, preparation: "digit" } as const;
  const { metadata } = await loaded(BARE, { architecture, ...given });
  assertEquals(metadata, { ...given, temperature: 1 });
});

Deno.test("LeNet.load takes an architecture by name, of digits where it has one channel", async () => {
  for (const name of ["lenet5-bn-dropout", "lenet5-1998"]) {
    const architecture = architectureByName(name);
    const parameters = initialize(architecture, { seed: 2 });
    const model = await loaded(writeSafetensors(parameters), { architecture: name });
    assertEquals(model.architecture, architecture);
    assertEquals(model.parameters, parameters);
    assertEquals(model.metadata.preparation, "digit");
  }
});

Deno.test("LeNet.load accepts options that say what the weights say", async () => {
  const { mean, deviation } = normalization;
  const options: LoadOptions = {
    architecture: { ...architecture, name: "mine" },
    classNames,
    normalization: { deviation, mean },
    preparation: "digit",
  };
  assertEquals(await loaded(modelToBytes(TINY), options), TINY);
  assertEquals(await loaded(TINY, options), TINY);
});

Deno.test("LeNet.load refuses options that say something else than the weights", async () => {
  const layers = architecture.layers.filter(({ kind }) => kind !== "activation");
  const wrong: [LoadOptions, string][] = [
    [
      { architecture: "lenet5" },
      "they come with the architecture tiny, expected no option architecture or the same, found lenet5",
    ],
    [{ architecture: { ...architecture, layers } }, "found tiny, which is another"],
    [{ classNames: ["a", "b"] }, 'the classNames ["zero","one"]'],
    [{ normalization: { mean: [0, 0], deviation: [1, 1] } }, "the normalization"],
    [{ preparation: "picture" }, 'the preparation "digit"'],
  ];
  for (const [options, part] of wrong) {
    for (const weights of [modelToBytes(TINY), TINY]) {
      await assertError(() => LeNet.load(weights, options), "weights/mismatch", part);
    }
  }
  await assertError(
    () => LeNet.load("digits", { architecture: "lenet-caffe" }),
    "weights/mismatch",
    "found lenet-caffe, which is another",
  );
});

Deno.test("LeNet.load refuses options that describe no network", async () => {
  const wrong: [LoadOptions, "option/invalid" | "weights/malformed" | "architecture/invalid"][] = [
    [{ architecture: "lenet6" }, "option/invalid"],
    [{ architecture: null as unknown as string }, "weights/malformed"],
    [{ architecture: { ...architecture, classes: 3 } }, "architecture/invalid"],
    [{ architecture, classNames: ["one"] }, "weights/malformed"],
    [{ architecture, normalization: { mean: [0], deviation: [1] } }, "weights/malformed"],
    [{ architecture, normalization: { mean: [0, 0], deviation: [1, 0] } }, "weights/malformed"],
    [{ architecture, preparation: "photo" as "picture" }, "weights/malformed"],
    [{ classNames }, "weights/malformed"],
  ];
  for (const [options, code] of wrong) {
    await assertError(() => LeNet.load(BARE, options), code, "Cannot");
  }
});

Deno.test("LeNet.load refuses a file of weights alone without an architecture", async () => {
  for (const options of [{}, { classNames }]) {
    await assertError(
      () => LeNet.load(BARE, options),
      "weights/malformed",
      'expected "lenet" in its metadata, or the option architecture',
    );
  }
});

Deno.test("LeNet.load refuses the weights of another network", async () => {
  await assertError(
    () => LeNet.load(BARE, { architecture: lenet5() }),
    "weights/mismatch",
    "Cannot use the weights in lenet5: found conv1 with",
  );
});

Deno.test("LeNet.save refuses options it does not know", async () => {
  using net = await LeNet.load(TINY);
  await assertError(() => net.save({ layuot: "pytorch" } as object), "option/unknown", "layuot");
});
