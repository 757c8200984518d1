import {
  assertAlmostEquals,
  assertEquals,
  assertLessOrEqual,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { LeNetError } from "../../src/errors.ts";
import type { Architecture, Layer } from "../../src/model/architecture.ts";
import { INITIALIZATIONS, initialize } from "../../src/model/initialize.ts";
import { type Parameters, parameterShapes } from "../../src/model/parameters.ts";
import { architectureByName, lenet5 } from "../../src/model/zoo.ts";
import { assertError } from "../assert_error.ts";

function values(parameters: Parameters, name: string): Float32Array {
  return parameters.get(name)!.data;
}

function deviation(data: Float32Array): number {
  return Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
}

// fc1 has 400 inputs and 120 outputs, so the sample deviation of its 48,000 weights is within a percent or two.
const EXPECTED = {
  "xavier-uniform": Math.sqrt(2 / 520),
  "xavier-normal": Math.sqrt(2 / 520),
  "he-uniform": Math.sqrt(2 / 400),
  "he-normal": Math.sqrt(2 / 400),
  "lecun-1998": 2.4 / 400 / Math.sqrt(3),
  "pytorch": 1 / Math.sqrt(3 * 400),
};

for (const method of INITIALIZATIONS) {
  Deno.test(`initialize draws ${method} weights with the published deviation`, () => {
    const data = values(initialize(lenet5(), { method, seed: 1 }), "fc1.weight");
    assertAlmostEquals(deviation(data) / EXPECTED[method], 1, 0.02);
    if (!method.endsWith("normal")) {
      const bound = Math.sqrt(3) * EXPECTED[method];
      assertLessOrEqual(data.reduce((most, value) => Math.max(most, Math.abs(value)), 0), bound);
    }
  });
}

Deno.test("initialize counts a convolution's inputs over its whole receptive field", () => {
  const data = values(initialize(lenet5(), { method: "he-normal", seed: 1 }), "conv2.weight");
  assertAlmostEquals(deviation(data) / Math.sqrt(2 / 150), 1, 0.06);
});

Deno.test("initialize gives every parameter its shape, and biases of zero", () => {
  const parameters = initialize(lenet5());
  assertEquals(
    [...parameters].map(([name, { shape }]) => [name, shape]),
    [...parameterShapes(lenet5())],
  );
  assertEquals(values(parameters, "fc2.bias"), new Float32Array(84));
});

Deno.test("initialize repeats itself for the same seed only", () => {
  const weights = (seed: number): Float32Array =>
    values(initialize(lenet5(), { seed }), "fc3.weight");
  assertEquals(weights(4), weights(4));
  assertNotEquals(weights(4), weights(5));
});

Deno.test("initialize refuses a method it does not know", () => {
  const error = assertThrows(
    () => initialize(lenet5(), { method: "zeros" as "he-normal" }),
    LeNetError,
    "expected one of xavier-uniform, xavier-normal, he-uniform, he-normal",
  );
  assertEquals(error.code, "option/invalid");
});

Deno.test("initialize draws by the connections of each filter, and leaves the others at 0", () => {
  const architecture = architectureByName("lenet5-1998");
  const { shape, data } = initialize(architecture, { method: "lecun-1998" }).get("C3.weight")!;
  const filter = (index: number): Float32Array => data.subarray(150 * index, 150 * (index + 1));
  assertEquals(shape, [16, 6, 5, 5]);
  // The first filter sees the first three maps, the last one all six: a bound of 2.4 / 75 and 2.4 / 150.
  assertEquals(filter(0).subarray(75), new Float32Array(75));
  const largest = (values: Float32Array): number => Math.max(...values.map(Math.abs));
  assertAlmostEquals(largest(filter(0)), 2.4 / 75, 0.002);
  assertAlmostEquals(largest(filter(15)), 2.4 / 150, 0.001);
  assertEquals(data.filter((value) => value !== 0).length, 1500);
});

Deno.test("initialize begins with subsampling as a mean, and batch normalization as nothing", () => {
  const subsampled = initialize(architectureByName("lenet5-1998"));
  assertEquals(values(subsampled, "S2.weight"), new Float32Array(6).fill(0.25));
  assertEquals(values(subsampled, "S2.bias"), new Float32Array(6));
  const normalized = initialize(lenet5({ batchNorm: true }));
  assertEquals(values(normalized, "bn1.weight"), new Float32Array(6).fill(1));
  assertEquals(values(normalized, "bn1.running_mean"), new Float32Array(6));
  assertEquals(values(normalized, "bn1.running_var"), new Float32Array(6).fill(1));
});

Deno.test("initialize draws biases for pytorch alone, from the numbers of the weights", () => {
  const drawn = initialize(lenet5({ batchNorm: true }), { method: "pytorch" });
  const bias = values(drawn, "fc1.bias");
  assertAlmostEquals(deviation(bias), 1 / Math.sqrt(3 * 400), 0.005);
  assertLessOrEqual(Math.max(...bias.map(Math.abs)), 1 / Math.sqrt(400));
  assertEquals(values(drawn, "bn1.bias"), new Float32Array(6));
  assertEquals(values(initialize(lenet5()), "fc1.bias"), new Float32Array(120));
});

Deno.test("initialize refuses networks that no file could hold, before it draws a weight", () => {
  const tail: Layer[] = [{ kind: "flatten" }, { kind: "dense", name: "last", units: 4 }];
  const conv = { kind: "conv", name: "c", filters: 1, kernel: 1, padding: 0 } as const;
  const trial: Architecture = { name: "trial", input: [1, 8, 8], layers: tail, classes: 4 };
  const wide: Layer[] = [tail[0], { kind: "dense", name: "wide", units: 2 ** 24 }, tail[1]];
  const refused: [part: string, architecture: Architecture][] = [
    [
      "the input of trial has [1,262144,262144] values, expected at most 16777216",
      { ...trial, input: [1, 2 ** 18, 2 ** 18] },
    ],
    ["layer 1 of trial has [1,", { ...trial, layers: [{ ...conv, padding: 2 ** 40 }, ...tail] }],
    [
      "layer 1 of trial has [1099511627776,8,8] values, expected at most 16777216",
      { ...trial, layers: [{ ...conv, filters: 2 ** 40 }, ...tail] },
    ],
    [
      "trial has 1157627908 weights, expected at most 268435456",
      { ...trial, layers: wide },
    ],
  ];
  for (const [part, architecture] of refused) {
    const act = () => initialize(architecture);
    assertError(act, "architecture/invalid", `Cannot initialize the network: ${part}`);
  }
});
