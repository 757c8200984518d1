import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { LeNet, type LoadOptions, type WeightsSource } from "../../mod.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import type { Parameters } from "../../src/model/parameters.ts";
import { ARCHITECTURE_NAMES, architectureByName, lenet5 } from "../../src/model/zoo.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { readLayout } from "../../src/weights/safetensors.ts";
import { matchStateDict } from "../../src/weights/state_dict.ts";
import { writeSafetensors } from "../../src/weights/write_safetensors.ts";
import { assertError, assertRejection } from "../assert_error.ts";
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

/** Two batch normalizations of one shape, and three dense layers of one shape. */
const ALIKE = lenet5({ channels: [4, 4], batchNorm: true, dense: [10, 10, 10] });

/** The same tensors under other layer names, in an order that tells nothing. */
function renamed(parameters: Parameters, names: Readonly<Record<string, string>>): Parameters {
  const entries = [...parameters].map(([key, tensor]) => {
    const [layer, rest] = key.split(".");
    return [`${names[layer] ?? layer}.${rest}`, tensor] as const;
  });
  return new Map(entries.sort(([a], [b]) => a < b ? 1 : -1));
}

/** Asserts that each layer is found again under these names. */
function assertFound(architecture: Architecture, names: Readonly<Record<string, string>>): void {
  const parameters = initialize(architecture, { seed: 4 });
  const found = matchStateDict(architecture, renamed(parameters, names));
  assertEquals([...found], [...parameters]);
}

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

Deno.test("LeNet.load takes from the options what a file does not say", async () => {
  assertEquals(await loaded(BARE, { architecture }), {
    architecture,
    parameters,
    metadata: {
      classNames: ["0", "1"],
      normalization: { mean: [0, 0], std: [1, 1] },
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
  const { mean, std } = normalization;
  const options: LoadOptions = {
    architecture: { ...architecture, name: "mine" },
    classNames,
    normalization: { std, mean },
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
    [{ normalization: { mean: [0, 0], std: [1, 1] } }, "the normalization"],
    [{ preparation: "picture" }, 'the preparation "digit"'],
  ];
  for (const [options, part] of wrong) {
    for (const weights of [modelToBytes(TINY), TINY]) {
      await assertRejection(() => LeNet.load(weights, options), "weights/mismatch", part);
    }
  }
  await assertRejection(
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
    [{ architecture, normalization: { mean: [0], std: [1] } }, "weights/malformed"],
    [{ architecture, normalization: { mean: [0, 0], std: [1, 0] } }, "weights/malformed"],
    [{ architecture, preparation: "photo" as "picture" }, "weights/malformed"],
    [{ classNames }, "weights/malformed"],
  ];
  for (const [options, code] of wrong) {
    await assertRejection(() => LeNet.load(BARE, options), code, "Cannot");
  }
});

Deno.test("LeNet.load refuses a file of weights alone without an architecture", async () => {
  for (const options of [{}, { classNames }]) {
    await assertRejection(
      () => LeNet.load(BARE, options),
      "weights/malformed",
      'expected "lenet" in its metadata, or the option architecture',
    );
  }
});

Deno.test("LeNet.load refuses the weights of another network", async () => {
  await assertRejection(
    () => LeNet.load(BARE, { architecture: lenet5() }),
    "weights/mismatch",
    "Cannot use the weights in lenet5: found conv1 with",
  );
});

Deno.test("LeNet.save refuses options it does not know", async () => {
  using net = await LeNet.load(TINY);
  await assertRejection(
    () => net.save({ layuot: "pytorch" } as object),
    "option/unknown",
    "layuot",
  );
});

Deno.test("matchStateDict finds every network of the zoo under names without meaning", () => {
  for (const name of ARCHITECTURE_NAMES) {
    const architecture = architectureByName(name);
    const layers = new Set([...initialize(architecture).keys()].map((key) => key.split(".")[0]));
    const names = [...layers].map((layer, index) => [layer, `net.stages.${index}.module`]);
    assertFound(architecture, Object.fromEntries(names));
  }
});

Deno.test("matchStateDict goes by our names, whatever stands before them", () => {
  const named: Architecture = {
    ...ALIKE,
    layers: ALIKE.layers.map((layer) =>
      layer.kind === "dense" ? { ...layer, name: `${"dcba"[Number(layer.name[2]) - 1]}` } : layer
    ),
  };
  const parameters = initialize(named, { seed: 4 });
  for (const prefix of ["", "module.", "_orig_mod.model.", "my_"]) {
    const tensors = new Map([...parameters].map(([key, tensor]) => [`${prefix}${key}`, tensor]));
    assertEquals([...matchStateDict(named, tensors)], [...parameters]);
  }
});

Deno.test("matchStateDict takes layers of one shape in the order of their numbers", () => {
  const convs = { conv1: "features.0", bn1: "features.1", conv2: "features.9", bn2: "features.10" };
  const names = { fc1: "classifier.1", fc2: "classifier.4", fc3: "classifier.12" };
  assertFound(ALIKE, { ...convs, ...names, fc4: "classifier.100" });
  assertFound(ALIKE, { ...convs, ...names, fc4: "classifier.100", fc1: "classifier.0" });
  assertFound(ALIKE, {
    conv1: "block1.conv",
    bn1: "block1.bn",
    conv2: "block2.conv",
    bn2: "block2.bn",
    fc1: "a",
    fc2: "head2.7",
    fc3: "head10.0",
    fc4: "head10.3",
  });
});

Deno.test("matchStateDict finds any rising numbers", () => {
  const parameters = initialize(ALIKE, { seed: 4 });
  const layers = [...new Set([...parameters.keys()].map((key) => key.split(".")[0]))];
  const numbers = fc.uniqueArray(fc.nat({ max: 10_000 }), {
    minLength: layers.length,
    maxLength: layers.length,
  });
  fc.assert(
    fc.property(numbers, (drawn) => {
      drawn.sort((a, b) => a - b);
      assertFound(ALIKE, Object.fromEntries(layers.map((layer, i) => [layer, String(drawn[i])])));
    }),
  );
});

Deno.test("matchStateDict guesses nothing where more than a number tells layers of one shape apart", () => {
  const parameters = initialize(ALIKE, { seed: 4 });
  const pairs = [["hidden", "last"], ["fc", "fc2"], ["a.fc2", "b.fc3"], ["fc2", "fc02"]];
  for (const [fc2, fc3] of pairs) {
    assertError(
      () => matchStateDict(ALIKE, renamed(parameters, { fc2, fc3, fc4: "fc9" })),
      "weights/mismatch",
      "both with bias [10], weight [10,10], expected names whose numbers tell their order",
    );
  }
});

Deno.test("matchStateDict refuses tensors that do not fit, naming what was found and what is expected", () => {
  const small = lenet5({ channels: [2, 3], dense: [4] });
  const names = { conv1: "0", conv2: "3", fc1: "7", fc2: "9" };
  const tensors = renamed(initialize(small), names);
  const edited = (edit: (copy: Map<string, unknown>) => void): Parameters => {
    const copy = new Map(tensors);
    edit(copy);
    return copy;
  };
  const shaped = (...shape: number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((size, length) => size * length, 1)),
  });
  const wrong: [Parameters, string][] = [
    [new Map(), "found nothing for it, expected conv1 with bias [2], weight [2,1,5,5]"],
    [
      edited((copy) => copy.set("0.weight", shaped(2, 1, 3, 3))),
      "found 0 with bias [2], weight [2,1,3,3], expected conv1 with bias [2], weight [2,1,5,5]",
    ],
    [
      edited((copy) => copy.set("9.weight", shaped(4, 10))),
      "found 9 with bias [10], weight [4,10], expected fc2 with bias [10], weight [10,4]",
    ],
    [
      edited((copy) => copy.delete("3.bias")),
      "found 3 with weight [3,2,5,5], expected conv2 with bias [3], weight [3,2,5,5]",
    ],
    [
      edited((copy) => copy.set("11.weight", shaped(7))),
      "found 11 with weight [7], which is not part of it, expected conv1, conv2, fc1, fc2 alone",
    ],
    [
      edited((copy) => copy.set("0.gamma", shaped(2))),
      "found 0 with bias [2], gamma [2], weight [2,1,5,5], expected conv1",
    ],
  ];
  for (const [found, part] of wrong) {
    assertError(() => matchStateDict(small, found), "weights/mismatch", part);
  }
  const named = new Map(initialize(small)).set("conv1.weight", shaped(2, 1, 3, 3));
  assertError(
    () => matchStateDict(small, named),
    "weights/mismatch",
    "tensor conv1.weight has shape [2,1,3,3], expected [2,1,5,5]",
  );
});

Deno.test("matchStateDict refuses values that are not finite, whatever they are called", () => {
  const parameters = renamed(initialize(ALIKE), { fc1: "x" });
  parameters.get("x.bias")!.data[0] = NaN;
  assertError(
    () => matchStateDict(ALIKE, parameters),
    "weights/malformed",
    "tensor fc1.bias holds a value that is not finite",
  );
});
