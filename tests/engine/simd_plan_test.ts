import { assertEquals } from "@std/assert";
import { OP_KINDS } from "../../src/engine/simd/op.ts";
import { planNetwork, TILE } from "../../src/engine/simd/plan.ts";
import { groupSteps } from "../../src/engine/simd/steps.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import type { ActivationName, Layer } from "../../src/model/layer.ts";
import { lenet5 } from "../../src/model/lenet5.ts";

const conv = (name: string, filters: number, kernel: number, padding = 0): Layer => ({
  kind: "conv",
  name,
  filters,
  kernel,
  padding,
});
const relu: Layer = { kind: "activation", activation: "relu" };
const average: Layer = { kind: "pool", mode: "average" };
const flatten: Layer = { kind: "flatten" };

function network(input: Architecture["input"], layers: Layer[], classes: number): Architecture {
  return { name: "test", input, layers, classes };
}

Deno.test("groupSteps makes five steps of LeNet-5", () => {
  const steps = groupSteps(lenet5());
  assertEquals(steps.map(({ kind, name }) => `${kind} ${name}`), [
    "conv conv1",
    "conv conv2",
    "dense fc1",
    "dense fc2",
    "dense fc3",
  ]);
  assertEquals(steps.map(({ pool }) => pool), ["max", "max", "none", "none", "none"]);
  assertEquals(steps.map(({ activation }) => activation), [
    "relu",
    "relu",
    "relu",
    "relu",
    "identity",
  ]);
});

Deno.test("groupSteps tells an average of activated values from an activated average", () => {
  const poolOf = (...layers: Layer[]): string =>
    groupSteps(network([1, 4, 4], [conv("c", 1, 3, 1), ...layers, flatten], 4))[0].pool;
  assertEquals(poolOf(relu, average), "average");
  assertEquals(poolOf(average, relu), "averageFirst");
  assertEquals(poolOf(average), "average");
});

Deno.test("groupSteps makes a dense step of a convolution that covers its input", () => {
  const steps = groupSteps(network([3, 5, 5], [conv("c", 120, 5), relu, flatten], 120));
  assertEquals(steps.map(({ kind, activation }) => [kind, activation]), [["dense", "relu"]]);
});

Deno.test("planNetwork takes Winograd's way only where no curve follows", () => {
  const kinds = (...activations: ActivationName[]): number[] =>
    planNetwork(network([6, 14, 14], [
      conv("conv1", 16, 5),
      { kind: "activation", activation: activations[0] },
      flatten,
      { kind: "dense", name: "fc1", units: 10 },
      { kind: "activation", activation: activations[1] },
    ], 10)).steps.map(({ op }) => op.kind);
  assertEquals(kinds("relu", "relu"), [OP_KINDS.convolveWinograd, OP_KINDS.dense]);
  assertEquals(kinds("tanh", "relu"), [OP_KINDS.convolveFilters, OP_KINDS.dense]);
  assertEquals(kinds("relu", "sigmoid"), [OP_KINDS.convolveFilters, OP_KINDS.dense]);
  const before = network([6, 14, 14], [
    { kind: "activation", activation: "tanh" },
    conv("conv1", 16, 5),
    flatten,
  ], 1600);
  assertEquals(planNetwork(before).steps.map(({ op }) => op.kind), [
    OP_KINDS.copyRows,
    OP_KINDS.convolveWinograd,
  ]);
});

Deno.test("planNetwork takes digits alone up to the first dense layer", () => {
  const { steps, alone, input, output } = planNetwork(lenet5());
  // The input gets its border first.
  assertEquals(alone, 3);
  assertEquals(steps.length, 6);
  // The first three share their maps among all digits, but for what the dense layers read.
  assertEquals(steps.map(({ op }) => op.inputStep > 0), [true, false, false, true, true, true]);
  assertEquals(input.step > 0 && output.step > 0, true);
});

Deno.test("planNetwork gives every region its own place", () => {
  const { steps, input, output, pages, staging } = planNetwork(lenet5());
  const starts = [
    input.address,
    ...steps.flatMap(({ op, packing }) =>
      packing === undefined ? [op.output] : [
        op.output,
        op.weights,
        op.bias,
        ...(op.kind === OP_KINDS.convolveWinograd ? [op.scratch] : []),
      ]
    ),
    staging,
  ];
  assertEquals(new Set(starts).size, starts.length);
  assertEquals(starts.every((address) => address >= 0 && address < pages * 65_536), true);
  assertEquals(output.address, steps[steps.length - 1].op.output);
  assertEquals(input.step * TILE + input.address <= Math.min(...starts.slice(1)), true);
});
