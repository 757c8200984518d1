import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertLessOrEqual,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { referenceRunner } from "../../../src/engine/reference.ts";
import { wasmRunner } from "../../../src/engine/wasm/runner.ts";
import { LeNetError } from "../../../src/errors.ts";
import type { ActivationName, Architecture } from "../../../src/model/architecture.ts";
import { foldBatchNorm } from "../../../src/model/parameters.ts";
import { lenet5 } from "../../../src/model/zoo.ts";
import { GOLDEN_NAMES, loadGolden } from "../../golden/golden.ts";
import { drawInputs, drawParameters } from "./draw.ts";
import { GOLDEN_HASH, goldenHash } from "./golden_hash.ts";

for (const name of GOLDEN_NAMES) {
  Deno.test(`wasmRunner gives the logits of PyTorch for ${name}`, () => {
    const { architecture, parameters, inputs, count, logits } = loadGolden(name);
    using runner = wasmRunner(architecture, parameters);
    const found = runner.logitsSync(inputs, count);
    assertEquals(found.length, logits.length);
    found.forEach((value, i) => assertAlmostEquals(value, logits[i], 1e-5, `logit ${i}`));
  });
}

Deno.test("wasmRunner gives the same bits in every runtime", async () => {
  assertEquals(await goldenHash(), GOLDEN_HASH);
});

const EXTREMES: Readonly<Record<string, (index: number) => number>> = {
  "all 0": () => 0,
  "all 1": () => 1,
  "all 1e30": () => 1e30,
  "all −1e30": () => -1e30,
  "1e30 and −1e30 in turns": (index) => index % 3 === 0 ? 1e30 : -1e30,
  "one 1e30 among small values": (index) => index === 400 ? 1e30 : index / 784,
  "the smallest numbers": (index) => index * 1e-45,
};

for (const [name, value] of Object.entries(EXTREMES)) {
  Deno.test(`wasmRunner agrees with the reference on ${name}`, async () => {
    const architecture = lenet5();
    const parameters = drawParameters(architecture);
    const input = Float32Array.from({ length: 784 }, (_, index) => value(index));
    using runner = wasmRunner(architecture, parameters);
    const found = runner.logitsSync(input, 1);
    const expected = await referenceRunner(architecture, parameters).logits(input, 1);
    const scale = Math.max(...expected.map(Math.abs));
    expected.forEach((value, i) => assertLessOrEqual(Math.abs(found[i] - value), 1e-5 * scale));
  });
}

Deno.test("wasmRunner keeps the padding of a convolution that gives one pixel", async () => {
  const architecture: Architecture = {
    name: "pixel",
    input: [3, 2, 2],
    layers: [
      { kind: "conv", name: "conv1", filters: 4, kernel: 4, padding: 1 },
      { kind: "conv", name: "conv2", filters: 5, kernel: 3, padding: 1 },
      { kind: "flatten" },
    ],
    classes: 5,
  };
  const parameters = drawParameters(architecture);
  const inputs = drawInputs(architecture, 3);
  using runner = wasmRunner(architecture, parameters);
  const found = runner.logitsSync(inputs, 3);
  const expected = await referenceRunner(architecture, parameters).logits(inputs, 3);
  expected.forEach((value, i) => assertAlmostEquals(found[i], value, 1e-6));
});

Deno.test("wasmRunner makes batch normalization part of the weights before it", () => {
  const architecture = lenet5({ batchNorm: true, dropout: 0.5 });
  const parameters = drawParameters(architecture);
  const inputs = drawInputs(architecture, 3);
  const folded = foldBatchNorm(architecture, parameters);
  using whole = wasmRunner(architecture, parameters);
  using shorter = wasmRunner(folded.architecture, folded.parameters);
  assertEquals(whole.logitsSync(inputs, 3), shorter.logitsSync(inputs, 3));
});

/** A network that does nothing but apply a function to every value. */
function curve(activation: ActivationName, values: number): Architecture {
  return {
    name: activation,
    input: [1, 1, values],
    layers: [{ kind: "activation", activation }, { kind: "flatten" }],
    classes: values,
  };
}

const CURVES = {
  sigmoid: (x: number): number => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  "scaled-tanh": (x: number): number => 1.7159 * Math.tanh(2 / 3 * x),
};

for (const [name, exact] of Object.entries(CURVES)) {
  Deno.test(`wasmRunner computes ${name} to a few units of the last place`, () => {
    const inputs = Float32Array.from({ length: 40_001 }, (_, i) => (i - 20_000) / 1000);
    using runner = wasmRunner(curve(name as "tanh", inputs.length), new Map());
    const found = runner.logitsSync(inputs, 1);
    inputs.forEach((x, i) =>
      assertLessOrEqual(Math.abs(found[i] - exact(x)), 3e-7 * Math.abs(exact(x)), `at ${x}`)
    );
  });

  Deno.test(`wasmRunner computes ${name} far out and near zero`, () => {
    const inputs = Float32Array.of(0, 1e-30, -1e-30, 1e-8, -1e-8, 90, -90, 1e30, -1e30);
    using runner = wasmRunner(curve(name as "tanh", inputs.length), new Map());
    const found = runner.logitsSync(inputs, 1);
    inputs.forEach((x, i) => {
      const value = exact(x);
      assertLessOrEqual(
        Math.abs(found[i] - value),
        Math.max(3e-7 * Math.abs(value), 1e-37),
        `at ${x}`,
      );
    });
  });
}

Deno.test("wasmRunner keeps nets apart, whatever order they run in", async () => {
  const nets = [1, 2, 3].map((seed) => {
    const architecture = lenet5();
    const parameters = drawParameters(architecture, seed);
    const inputs = drawInputs(architecture, seed * 5, seed);
    return { architecture, parameters, inputs, count: seed * 5 };
  });
  const expected = nets.map(({ architecture, parameters, inputs, count }) => {
    using runner = wasmRunner(architecture, parameters);
    return runner.logitsSync(inputs, count);
  });
  const runners = nets.map(({ architecture, parameters }) => wasmRunner(architecture, parameters));
  const order = [0, 1, 2, 2, 0, 1, 0, 0, 2, 1];
  const found = await Promise.all(
    order.map((n) => runners[n].logits(nets[n].inputs, nets[n].count)),
  );
  order.forEach((n, i) => assertEquals(found[i], expected[n]));
  runners[1][Symbol.dispose]();
  assertEquals(runners[2].logitsSync(nets[2].inputs, nets[2].count), expected[2]);
  assertEquals(runners[0].logitsSync(nets[0].inputs, nets[0].count), expected[0]);
});

Deno.test("wasmRunner gives logits that later calls leave alone", () => {
  const architecture = lenet5();
  using runner = wasmRunner(architecture, drawParameters(architecture));
  const inputs = drawInputs(architecture, 2);
  const first = runner.logitsSync(inputs.subarray(0, 784), 1);
  const copy = first.slice();
  runner.logitsSync(inputs.subarray(784), 1);
  assertEquals(first, copy);
});

Deno.test("wasmRunner does not see later changes of the weights", () => {
  const architecture = lenet5();
  const parameters = drawParameters(architecture);
  const input = drawInputs(architecture, 1);
  using runner = wasmRunner(architecture, parameters);
  const before = runner.logitsSync(input, 1);
  parameters.get("conv1.weight")!.data.fill(0);
  assertEquals(runner.logitsSync(input, 1), before);
});

Deno.test("wasmRunner refuses to run once disposed of", async () => {
  const architecture = lenet5();
  const runner = wasmRunner(architecture, drawParameters(architecture));
  runner[Symbol.dispose]();
  runner[Symbol.dispose]();
  const input = drawInputs(architecture, 1);
  assertThrows(() => runner.logitsSync(input, 1), TypeError, "disposed of");
  await assertRejects(() => runner.logits(input, 1), TypeError, "disposed of");
});

Deno.test("wasmRunner refuses inputs of another size", async () => {
  const architecture = lenet5();
  using runner = wasmRunner(architecture, drawParameters(architecture));
  for (const [length, count] of [[783, 1], [785, 1], [784, 2], [0, 0], [784, NaN], [1176, 1.5]]) {
    const error = assertThrows(
      () => runner.logitsSync(new Float32Array(length), count),
      LeNetError,
    );
    assertEquals(error.code, "image/invalid");
    assertStringIncludes(error.message, "expected 784 for each");
  }
  await assertRejects(() => runner.logits(new Float32Array(3), 1), LeNetError);
});

Deno.test("wasmRunner refuses a network that needs more memory than there can be", () => {
  const architecture: Architecture = {
    name: "vast",
    input: [1, 20_000, 20_000],
    layers: [{ kind: "pool", mode: "max" }, { kind: "flatten" }],
    classes: 100_000_000,
  };
  const error = assertThrows(() => wasmRunner(architecture, new Map()), LeNetError);
  assertEquals(error.code, "architecture/invalid");
  assertStringIncludes(error.message, "4 GiB");
});

Deno.test("wasmRunner can be made and disposed of thousands of times in the same memory", () => {
  const architecture = lenet5();
  const parameters = drawParameters(architecture);
  const input = drawInputs(architecture, 1);
  const load = (): void => {
    using runner = wasmRunner(architecture, parameters);
    runner.logitsSync(input, 1);
  };
  for (let i = 0; i < 100; i++) load();
  const before = Deno.memoryUsage().rss;
  for (let i = 0; i < 4000; i++) load();
  // All of them together would take 1.6 GB; what is disposed of is freed now and then, not at once.
  assertLess(Deno.memoryUsage().rss - before, 600e6);
});
