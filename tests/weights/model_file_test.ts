import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { initialize } from "../../src/model/initialize.ts";
import type { Model } from "../../src/model/model.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { fromFloat16Bits, toFloat16Bits } from "../../src/weights/dtype.ts";
import {
  fromBase64,
  modelFromBytes,
  modelToBytes,
  toBase64,
} from "../../src/weights/model_file.ts";
import { readLayout, readSafetensors } from "../../src/weights/safetensors.ts";
import { writeSafetensors } from "../../src/weights/write_safetensors.ts";
import { assertError } from "../assert_error.ts";
import { tinyModel } from "./tiny_model.ts";

Deno.test("modelFromBytes reads the very network that modelToBytes wrote", () => {
  const model = tinyModel();
  assertEquals(modelFromBytes(modelToBytes(model)), model);
});

Deno.test("modelFromBytes reads a network without the metadata that may be missing", () => {
  const { architecture, parameters, metadata } = tinyModel();
  const { classNames, normalization, temperature } = metadata;
  const model: Model = {
    architecture,
    parameters,
    metadata: { classNames, normalization, temperature },
  };
  assertEquals(modelFromBytes(modelToBytes(model)), model);
});

Deno.test("modelFromBytes gives parameters in the order of the layers", () => {
  const { parameters } = modelFromBytes(modelToBytes(tinyModel()));
  assertEquals([...parameters.keys()], ["conv1.weight", "conv1.bias", "fc1.weight", "fc1.bias"]);
});

Deno.test("modelToBytes gives the same bytes whatever the order of properties and parameters", () => {
  const { architecture, parameters, metadata } = tinyModel();
  const reversed = <T extends object>(object: T): T =>
    Object.fromEntries(Object.entries(object).reverse()) as T;
  const shuffled: Model = {
    architecture: {
      ...reversed(architecture),
      layers: architecture.layers.map(reversed),
    },
    parameters: new Map([...parameters].reverse()),
    metadata: reversed(metadata),
  };
  assertEquals(modelToBytes(shuffled), modelToBytes(tinyModel()));
});

Deno.test("modelToBytes rounds the weights to halves when asked to", () => {
  const model = tinyModel();
  const bytes = modelToBytes(model, { dtype: "F16" });
  const expected = [...model.parameters].map(([name, { shape, data }]) => {
    const rounded = data.map((value) => fromFloat16Bits(toFloat16Bits(value)));
    return [name, { shape, data: rounded }];
  });
  assertEquals([...modelFromBytes(bytes).parameters], expected);
  for (const { dtype } of readSafetensors(bytes).tensors.values()) assertEquals(dtype, "F16");
});

Deno.test("modelToBytes adds counters of batch normalization in PyTorch's layout, and modelFromBytes passes over them", () => {
  const architecture = lenet5({ batchNorm: true, channels: [2, 3], dense: [4] });
  const model: Model = {
    architecture,
    parameters: initialize(architecture, { seed: 1 }),
    metadata: {
      classNames: Array.from({ length: 10 }, (_, index) => `class ${index}`),
      normalization: { mean: [0], std: [1] },
      temperature: 1,
    },
  };
  const bytes = modelToBytes(model, { layout: "pytorch" });
  const names = [...readLayout(bytes).tensors.keys()];
  const counters = ["bn1.num_batches_tracked", "bn2.num_batches_tracked"];
  assertEquals(names.sort(), [...model.parameters.keys(), ...counters].sort());
  assertEquals(readLayout(bytes).metadata.get("format"), "pt");
  assertEquals(modelFromBytes(bytes), model);
});

Deno.test("modelToBytes refuses another layout", () => {
  assertError(
    () => modelToBytes(tinyModel(), { layout: "keras" as "pytorch" }),
    "option/invalid",
    "the layout is keras, expected pytorch",
  );
});

Deno.test("modelToBytes leaves out of the recipe what is undefined", () => {
  const model = tinyModel();
  const recipe = { seed: 1, schedule: undefined };
  const bytes = modelToBytes({ ...model, metadata: { ...model.metadata, recipe } });
  assertEquals(modelFromBytes(bytes).metadata.recipe, { seed: 1 });
});

Deno.test("modelToBytes refuses what modelFromBytes would not read", () => {
  const model = tinyModel();
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const wrong: [Partial<Model["metadata"]>, string][] = [
    [{ temperature: NaN }, "metadata.temperature is NaN, expected a number"],
    [{ temperature: 0 }, "metadata.temperature is 0, expected a number above 0"],
    [{ classNames: ["one"] }, "metadata.classNames is a list of 1, expected a list of 2"],
    [{ recipe: { seed: 1n } }, "metadata.recipe.seed is 1, expected a value of JSON"],
    [{ recipe: { rate: Infinity } }, "metadata.recipe.rate is Infinity, expected a number"],
    [{ recipe: cyclic }, "expected at most 8 levels"],
  ];
  for (const [change, part] of wrong) {
    const metadata = { ...model.metadata, ...change };
    assertError(() => modelToBytes({ ...model, metadata }), "weights/malformed", part);
  }
  const { layers } = model.architecture;
  const architecture = { ...model.architecture, layers: [...layers, { kind: "flatten" as const }] };
  assertError(
    () => modelToBytes({ ...model, architecture: { ...architecture, classes: 3 } }),
    "architecture/invalid",
    "expected [3]",
  );
});

Deno.test("modelToBytes refuses parameters of another network", () => {
  const model = tinyModel();
  assertError(
    () => modelToBytes({ ...model, parameters: new Map() }),
    "weights/mismatch",
    "tensor conv1.weight [3,2,3,3] is missing",
  );
});

Deno.test("modelToBytes refuses parameters that are not finite", () => {
  const model = tinyModel();
  model.parameters.get("fc1.bias")!.data[0] = NaN;
  assertError(() => modelToBytes(model), "weights/malformed", "not finite");
});

Deno.test("modelFromBytes refuses a file that does not say what network it holds", () => {
  assertError(
    () => modelFromBytes(writeSafetensors(tinyModel().parameters, new Map([["format", "pt"]]))),
    "weights/malformed",
    "the file does not say what network it holds",
  );
});

Deno.test("modelFromBytes reads such a file with a description beside it", () => {
  const { parameters, ...description } = tinyModel();
  const stateDict = writeSafetensors(parameters, new Map([["format", "pt"]]));
  assertEquals(modelFromBytes(stateDict, { description }), tinyModel());
});

Deno.test("modelFromBytes refuses tensors that are not those of the architecture", () => {
  const { parameters, metadata } = tinyModel();
  assertError(
    () =>
      modelFromBytes(writeSafetensors(parameters), {
        description: { architecture: lenet5(), metadata },
      }),
    "weights/mismatch",
    "tensor conv1.weight has shape [3,2,3,3], expected [6,1,5,5]",
  );
});

Deno.test("modelFromBytes refuses tensors that are not finite", () => {
  const { parameters, ...description } = tinyModel();
  parameters.get("fc1.bias")!.data[0] = Infinity;
  assertError(
    () => modelFromBytes(writeSafetensors(parameters), { description }),
    "weights/malformed",
    "tensor fc1.bias holds a value that is not finite",
  );
});

Deno.test("toBase64 gives known texts", () => {
  assertEquals(toBase64(new Uint8Array()), "");
  assertEquals(toBase64(new Uint8Array([0])), "AA==");
  assertEquals(toBase64(new Uint8Array([255, 254, 253])), "//79");
});

Deno.test("fromBase64 undoes toBase64", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    assertEquals(fromBase64(toBase64(bytes)), new Uint8Array(bytes));
  }));
});

Deno.test("fromBase64 undoes toBase64 for more bytes than a call takes arguments", () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i * 31);
  assertEquals(fromBase64(toBase64(bytes)), bytes);
});

Deno.test("fromBase64 refuses what is not base64", () => {
  for (const text of ["A", "A===", "é", "AA-_", "{}"]) {
    assertError(() => fromBase64(text), "weights/malformed", "is not base64");
  }
});
