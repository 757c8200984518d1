import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/model/error.ts";
import { initialize } from "../../src/model/initialize.ts";
import { lenet5 } from "../../src/model/lenet5.ts";
import { architectureByName } from "../../src/model/zoo.ts";
import {
  checkParameters,
  isLearned,
  type Parameter,
  parameterShapes,
} from "../../src/model/parameters.ts";

const BIAS = { shape: [6], data: new Float32Array(6) };

function changed(change: (parameters: Map<string, Parameter>) => void): Map<string, Parameter> {
  const parameters = new Map(initialize(lenet5()));
  change(parameters);
  return parameters;
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
  parameters.get("bn2.running_var")!.data[15] = -1e-3;
  const error = assertThrows(
    () => checkParameters(architecture, parameters),
    LeNetError,
    "tensor bn2.running_var holds a variance below 0",
  );
  assertEquals(error.code, "weights/malformed");
});

Deno.test("isLearned tells what batch normalization counts from what it learns", () => {
  const names = [...parameterShapes(lenet5({ batchNorm: true })).keys()];
  assertEquals(names.filter((name) => !isLearned(name)), [
    "bn1.running_mean",
    "bn1.running_var",
    "bn2.running_mean",
    "bn2.running_var",
  ]);
});
