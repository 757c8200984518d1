import { assertAlmostEquals, assertEquals } from "@std/assert";
import { referenceRunner } from "../../../src/engine/reference.ts";
import { planNetwork, TILE } from "../../../src/engine/wasm/plan.ts";
import { groupSteps, OP_KINDS } from "../../../src/engine/wasm/steps.ts";
import { wasmRunner } from "../../../src/engine/wasm/runner.ts";
import type { ActivationName, Architecture, Layer } from "../../../src/model/architecture.ts";
import { initialize } from "../../../src/model/initialize.ts";
import { foldBatchNorm } from "../../../src/model/parameters.ts";
import { lenet5, lenet51998 } from "../../../src/model/zoo.ts";
import { assertError } from "../../assert_error.ts";
import { drawInputs, drawParameters } from "./draw.ts";

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

Deno.test("groupSteps makes seven steps of the network of 1998", () => {
  const steps = groupSteps(lenet51998());
  assertEquals(steps.map(({ kind, pool, activation }) => [kind, pool, activation]), [
    ["conv", "average", "scaled-tanh"],
    ["scale", "none", "scaled-tanh"],
    ["conv", "average", "scaled-tanh"],
    ["scale", "none", "scaled-tanh"],
    ["dense", "none", "scaled-tanh"],
    ["dense", "none", "scaled-tanh"],
    ["rbf", "none", "identity"],
  ]);
});

Deno.test("groupSteps makes no more steps of a folded network than of one that was never normalized", () => {
  const architecture = lenet5({ batchNorm: true, dropout: 0.5 });
  const folded = foldBatchNorm(architecture, initialize(architecture));
  assertEquals(groupSteps(folded.architecture), groupSteps(lenet5()));
});

Deno.test("groupSteps takes each unit of a row for a channel where each has numbers of its own", () => {
  const steps = groupSteps(network([1, 2, 3], [
    flatten,
    { kind: "batch-norm", name: "bn1" },
    { kind: "rbf", codes: ["#.#.#.", ".#.#.#"] },
  ], 2));
  assertEquals(steps.map(({ kind, input, output }) => [kind, input, output]), [
    ["scale", [6, 1, 1], [6, 1, 1]],
    ["rbf", [6, 1, 1], [2, 1, 1]],
  ]);
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

Deno.test("planNetwork has room for the codes of radial basis functions", () => {
  const { op } = planNetwork(lenet51998()).steps[6];
  assertEquals(op.kind, OP_KINDS.rbf);
  // What is allocated next.
  assertEquals(op.bias - op.weights >= 10 * 84 * 4, true);
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

/** A network of one dense layer. */
function denseNetwork(inputs: number, units: number): Architecture {
  return network([1, 1, inputs], [flatten, { kind: "dense", name: "fc1", units }], units);
}

Deno.test("planNetwork takes a page more for a network that needs a byte more than whole pages", async () => {
  const [full, larger] = [denseNetwork(218, 49), denseNetwork(219, 49)];
  const sizes = [full, larger].map((architecture) => {
    const { bytes, pages } = planNetwork(architecture);
    return [bytes, pages];
  });
  assertEquals(sizes, [[65_536, 1], [65_824, 2]]);
  // With no byte to spare, a kernel that read or wrote beyond the end would trap.
  const parameters = drawParameters(full);
  const inputs = drawInputs(full, TILE);
  using runner = wasmRunner(full, parameters);
  const expected = await referenceRunner(full, parameters).logits(inputs, TILE);
  const found = runner.logitsSync(inputs, TILE);
  expected.forEach((value, i) => assertAlmostEquals(found[i], value, 1e-5));
});

Deno.test("planNetwork accepts a network of exactly 4 GiB, and refuses a larger one", () => {
  const { bytes, pages } = planNetwork(denseNetwork(14_913_072, 49));
  assertEquals([bytes, pages], [2 ** 32, 65_536]);
  assertError(
    () => planNetwork(denseNetwork(14_913_073, 49)),
    "architecture/invalid",
    "it needs 4294968096 bytes of memory, expected at most 4 GiB",
  );
});

/** The kernel that is chosen for a single convolution, without padding. */
function kernelFor(
  input: Architecture["input"],
  filters: number,
  kernel: number,
): number | undefined {
  const places = (input[1] - kernel + 1) * (input[2] - kernel + 1);
  const layers = [conv("conv1", filters, kernel), flatten];
  return planNetwork(network(input, layers, filters * places)).steps.at(-1)?.op.kind;
}

Deno.test("planNetwork puts columns in the lanes for kernels up to 5×5 and maps from 4×4", () => {
  const { convolveColumns, convolveFilters } = OP_KINDS;
  assertEquals(kernelFor([1, 8, 8], 2, 5), convolveColumns);
  assertEquals(kernelFor([1, 9, 9], 2, 6), convolveFilters);
  assertEquals(kernelFor([1, 6, 6], 2, 3), convolveColumns);
  assertEquals(kernelFor([1, 5, 6], 2, 3), convolveFilters);
  assertEquals(kernelFor([1, 6, 5], 2, 3), convolveFilters);
});

Deno.test("planNetwork takes Winograd's way for 5×5 kernels over two channels or more", () => {
  const { convolveFilters, convolveWinograd } = OP_KINDS;
  assertEquals(kernelFor([2, 6, 6], 8, 5), convolveWinograd);
  assertEquals(kernelFor([1, 6, 6], 8, 5), convolveFilters);
  assertEquals(kernelFor([2, 5, 5], 8, 4), convolveFilters);
  assertEquals(kernelFor([2, 7, 7], 8, 6), convolveFilters);
});
