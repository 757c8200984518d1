import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { referenceRunner } from "../../src/engine/reference.ts";
import { LeNetError } from "../../src/errors.ts";
import { initialize } from "../../src/model/initialize.ts";
import {
  BATCH_NORM_EPSILON,
  batchNormScale,
  checkParameters,
  foldBatchNorm,
  isTrainable,
  type Parameter,
  parameterShapes,
} from "../../src/model/parameters.ts";
import { architectureByName, lenet5 } from "../../src/model/zoo.ts";
import { drawInputs, drawParameters } from "../engine/wasm/draw.ts";

const BIAS = { shape: [6], data: new Float32Array(6) };

function changed(change: (parameters: Map<string, Parameter>) => void): Map<string, Parameter> {
  const parameters = new Map(initialize(lenet5()));
  change(parameters);
  return parameters;
}

const WRONG: [what: string, parameters: Map<string, Parameter>, code: string, message: string][] = [
  [
    "a missing one",
    changed((parameters) => parameters.delete("fc1.bias")),
    "weights/mismatch",
    "tensor fc1.bias [120] is missing",
  ],
  [
    "one too many",
    changed((parameters) => parameters.set("conv3.bias", BIAS)),
    "weights/mismatch",
    "tensor conv3.bias is not part of it",
  ],
  [
    "one of another shape",
    changed((parameters) =>
      parameters.set("conv1.weight", { shape: [6, 1, 3, 3], data: new Float32Array(54) })
    ),
    "weights/mismatch",
    "tensor conv1.weight has shape [6,1,3,3], expected [6,1,5,5]",
  ],
  [
    "one with fewer values than its shape says",
    changed((parameters) =>
      parameters.set("conv1.bias", { shape: [6], data: new Float32Array(5) })
    ),
    "weights/mismatch",
    "tensor conv1.bias",
  ],
  [
    "one that is not a number",
    changed((parameters) =>
      parameters.set("conv1.bias", { shape: [6], data: new Float32Array(6).fill(NaN) })
    ),
    "weights/malformed",
    "tensor conv1.bias holds a value that is not finite",
  ],
];

for (const [what, parameters, code, message] of WRONG) {
  Deno.test(`checkParameters refuses ${what}`, () => {
    const error = assertThrows(() => checkParameters(lenet5(), parameters), LeNetError, message);
    assertEquals(error.code, code);
  });
}

Deno.test("parameterShapes names and shapes LeNet-5's parameters as PyTorch does", () => {
  assertEquals([...parameterShapes(lenet5())], [
    ["conv1.weight", [6, 1, 5, 5]],
    ["conv1.bias", [6]],
    ["conv2.weight", [16, 6, 5, 5]],
    ["conv2.bias", [16]],
    ["fc1.weight", [120, 400]],
    ["fc1.bias", [120]],
    ["fc2.weight", [84, 120]],
    ["fc2.bias", [84]],
    ["fc3.weight", [10, 84]],
    ["fc3.bias", [10]],
  ]);
});

Deno.test("checkParameters puts parameters in the order of the layers", () => {
  const reversed = new Map([...initialize(lenet5())].reverse());
  assertEquals(
    [...checkParameters(lenet5(), reversed).keys()],
    [...parameterShapes(lenet5()).keys()],
  );
});

Deno.test("checkParameters refuses a weight where there is no connection", () => {
  const architecture = architectureByName("lenet5-1998");
  const parameters = initialize(architecture);
  checkParameters(architecture, parameters);
  parameters.get("C3.weight")!.data[149] = 0.1;
  const error = assertThrows(
    () => checkParameters(architecture, parameters),
    LeNetError,
    "tensor C3.weight has weights where it has no connections",
  );
  assertEquals(error.code, "weights/mismatch");
});

Deno.test("checkParameters refuses a variance below 0", () => {
  const architecture = lenet5({ batchNorm: true });
  const parameters = initialize(architecture);
  parameters.get("bn2.running_var")!.data[15] = 0;
  checkParameters(architecture, parameters);
  parameters.get("bn2.running_var")!.data[15] = -1e-45;
  const error = assertThrows(
    () => checkParameters(architecture, parameters),
    LeNetError,
    "tensor bn2.running_var holds a variance below 0",
  );
  assertEquals(error.code, "weights/malformed");
});

Deno.test("isTrainable tells what batch normalization counts from what it learns", () => {
  const names = [...parameterShapes(lenet5({ batchNorm: true })).keys()];
  assertEquals(names.filter((name) => !isTrainable(name)), [
    "bn1.running_mean",
    "bn1.running_var",
    "bn2.running_mean",
    "bn2.running_var",
  ]);
});

Deno.test("batchNormScale divides by PyTorch's 1e-5 where there is no variance", () => {
  const of = (value: number): Parameter => ({ shape: [1], data: Float32Array.of(value) });
  const parameters = new Map([
    ["bn.weight", of(3)],
    ["bn.bias", of(0.5)],
    ["bn.running_mean", of(2)],
    ["bn.running_var", of(0)],
  ]);
  const { weight, bias } = batchNormScale("bn", parameters);
  assertAlmostEquals(weight[0], 3 / Math.sqrt(1e-5), 1e-9);
  assertAlmostEquals(bias[0], 0.5 - 6 / Math.sqrt(1e-5), 1e-9);
});

Deno.test("foldBatchNorm gives a network with fewer layers and the same logits", async () => {
  const architecture = lenet5({
    input: [2, 8, 8],
    channels: [3],
    kernel: 3,
    dense: [5],
    batchNorm: true,
    dropout: 0.5,
  });
  const parameters = drawParameters(architecture, 1);
  const folded = foldBatchNorm(architecture, parameters);
  assertEquals(
    folded.architecture.layers,
    lenet5({ input: [2, 8, 8], channels: [3], kernel: 3, dense: [5] }).layers,
  );
  assertEquals([...folded.parameters.keys()].filter((name) => name.startsWith("bn")), []);
  const inputs = drawInputs(architecture, 4);
  const found = await referenceRunner(folded.architecture, folded.parameters).logits(inputs, 4);
  const expected = await referenceRunner(architecture, parameters).logits(inputs, 4);
  found.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-5));
});

Deno.test("foldBatchNorm leaves its arguments alone, and what follows no weights where it is", () => {
  const architecture = {
    name: "normalized",
    input: [1, 2, 2],
    layers: [
      { kind: "batch-norm", name: "bn1" },
      { kind: "flatten" },
      { kind: "dense", name: "fc1", units: 2 },
      { kind: "activation", activation: "relu" },
      { kind: "batch-norm", name: "bn2" },
    ],
    classes: 2,
  } as const;
  const parameters = drawParameters(architecture);
  const folded = foldBatchNorm(architecture, parameters);
  assertEquals(folded.architecture === architecture, true);
  assertEquals(folded.parameters === parameters, true);
});

Deno.test("foldBatchNorm rounds each weight and bias once, of a dense layer too, with dropout between", () => {
  const architecture = {
    name: "normalized",
    input: [1, 3, 4],
    layers: [
      { kind: "flatten" },
      { kind: "dense", name: "fc1", units: 50 },
      { kind: "dropout", rate: 0.5 },
      { kind: "batch-norm", name: "bn1" },
    ],
    classes: 50,
  } as const;
  const parameters = drawParameters(architecture);
  const folded = foldBatchNorm(architecture, parameters);
  assertEquals(folded.architecture.layers, architecture.layers.slice(0, 2));
  assertEquals([...folded.parameters.keys()], ["fc1.weight", "fc1.bias"]);
  const before = (name: string): Float32Array => parameters.get(name)!.data;
  const scale = Array.from(
    before("bn1.weight"),
    (weight, unit) => weight / Math.sqrt(before("bn1.running_var")[unit] + BATCH_NORM_EPSILON),
  );
  assertEquals(
    folded.parameters.get("fc1.weight")!.data,
    before("fc1.weight").map((weight, i) => weight * scale[Math.floor(i / 12)]),
  );
  assertEquals(
    folded.parameters.get("fc1.bias")!.data,
    before("fc1.bias").map((bias, unit) =>
      bias * scale[unit] +
      (before("bn1.bias")[unit] - before("bn1.running_mean")[unit] * scale[unit])
    ),
  );
});

Deno.test("foldBatchNorm keeps the weights of missing connections 0", () => {
  const architecture = {
    name: "normalized",
    input: [2, 3, 3],
    layers: [
      { kind: "conv", name: "conv1", filters: 2, kernel: 3, padding: 0, connections: [[0], [1]] },
      { kind: "batch-norm", name: "bn1" },
      { kind: "flatten" },
    ],
    classes: 2,
  } as const;
  const folded = foldBatchNorm(architecture, drawParameters(architecture));
  checkParameters(folded.architecture, folded.parameters);
});
