import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { referenceRunner } from "../../../src/engine/reference.ts";
import { slidingNetwork } from "../../../src/engine/sliding.ts";
import { type Plan, planNetwork, TILE } from "../../../src/engine/wasm/plan.ts";
import { loadNet, wasmRunner } from "../../../src/engine/wasm/runner.ts";
import { type Architecture, type Layer, sizeOf } from "../../../src/model/architecture.ts";
import { foldBatchNorm } from "../../../src/model/parameters.ts";
import { architectureByName } from "../../../src/model/zoo.ts";
import { drawInputs, drawParameters } from "./draw.ts";
import { networks } from "./networks.ts";

/** Holds the logits for some random inputs to those of the reference. */
async function assertAgrees(
  architecture: Architecture,
  count: number,
  seed: number,
): Promise<void> {
  const parameters = drawParameters(architecture, seed);
  const inputs = drawInputs(architecture, count, seed);
  using runner = wasmRunner(architecture, parameters);
  const found = await runner.logits(inputs, count);
  const expected = await referenceRunner(architecture, parameters).logits(inputs, count);
  assertEquals(found.length, expected.length);
  const largest = (values: Float32Array): number =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = largest(found.map((value, i) => value - expected[i]));
  assertLessOrEqual(error / Math.max(1, largest(expected)), 1e-5, JSON.stringify(architecture));
}

for (const activation of ["relu", "tanh"] as const) {
  Deno.test(`wasmRunner agrees with the reference on every kernel and size, with ${activation}`, async () => {
    for (const kernel of [1, 2, 3, 4, 5, 6, 7]) {
      for (const [height, width] of [[7, 7], [7, 8], [8, 7], [8, 8], [9, 12], [13, 10]]) {
        for (const pool of ["max", "average", undefined] as const) {
          const padding = pool === undefined ? 0 : 1;
          const pooling: Layer[] = pool === undefined ? [] : [{ kind: "pool", mode: pool }];
          const layers: Layer[] = [
            { kind: "conv", name: "conv1", filters: 9, kernel, padding },
            { kind: "activation", activation },
            ...pooling,
            { kind: "flatten" },
            { kind: "dense", name: "fc1", units: 3 },
          ];
          await assertAgrees(
            { name: "sized", input: [2, height, width], layers, classes: 3 },
            2,
            1,
          );
        }
      }
    }
  });
}

for (const padding of [0, 2]) {
  Deno.test(`wasmRunner agrees with the reference on codes at each place of a map, padded by ${padding} later`, async () => {
    const layers: Layer[] = [
      { kind: "conv", name: "conv1", filters: 5, kernel: 2, padding: 1 },
      { kind: "rbf", codes: ["#.##.", "..#.#", "....."] },
      { kind: "activation", activation: "sigmoid" },
      { kind: "conv", name: "conv2", filters: 2, kernel: 3, padding },
      { kind: "flatten" },
    ];
    const classes = 2 * (4 + 2 * padding) * (7 + 2 * padding);
    await assertAgrees({ name: "coded", input: [1, 5, 8], layers, classes }, 3, 1);
  });
}

for (const name of ["lenet5-1998", "lenet-cifar10"]) {
  Deno.test(`wasmRunner agrees with the reference on ${name} slid over a larger input`, async () => {
    const architecture = architectureByName(name);
    const parameters = drawParameters(architecture);
    for (const size of [[32, 32], [40, 53]] as const) {
      await assertAgrees(slidingNetwork(architecture, parameters, size)!.architecture, 2, 1);
    }
  });
}

Deno.test("wasmRunner agrees with the reference on every network", async () => {
  await fc.assert(
    fc.asyncProperty(
      networks,
      fc.integer({ min: 1, max: 19 }),
      fc.nat(),
      assertAgrees,
    ),
    { numRuns: 150 },
  );
});

Deno.test("wasmRunner gives an input the same bits alone and among others", () => {
  fc.assert(
    fc.property(
      networks,
      fc.integer({ min: 2, max: 19 }),
      fc.nat(),
      (architecture, count, seed) => {
        using runner = wasmRunner(architecture, drawParameters(architecture, seed));
        const inputs = drawInputs(architecture, count, seed);
        const together = runner.logitsSync(inputs, count);
        const size = sizeOf(architecture.input);
        const alone = Array.from(
          { length: count },
          (_, n) => [...runner.logitsSync(inputs.subarray(n * size, (n + 1) * size), 1)],
        );
        assertEquals(
          new Uint8Array(together.buffer),
          new Uint8Array(Float32Array.from(alone.flat()).buffer),
        );
      },
    ),
    { numRuns: 150 },
  );
});

/** The plan with everything but the program moved to the end of the memory, where one byte more is an error. */
function movedToTheEnd(plan: Plan): Plan {
  const distance = plan.pages * 65_536 - plan.bytes;
  const moved = (address: number): number => address + distance;
  return {
    ...plan,
    bytes: plan.bytes + distance,
    input: { ...plan.input, address: moved(plan.input.address) },
    output: { ...plan.output, address: moved(plan.output.address) },
    staging: moved(plan.staging),
    steps: plan.steps.map((step) => {
      const { input, output, weights, bias, scratch } = step.op;
      return {
        ...step,
        op: {
          ...step.op,
          input: moved(input),
          output: moved(output),
          weights: moved(weights),
          bias: moved(bias),
          scratch: moved(scratch),
        },
      };
    }),
  };
}

/** Loads and runs a network at the end of its memory. */
function runAtTheEnd(architecture: Architecture, count: number, seed: number): void {
  const parameters = drawParameters(architecture, seed);
  const inputs = drawInputs(architecture, count, seed);
  const folded = foldBatchNorm(architecture, parameters);
  const plan = movedToTheEnd(planNetwork(folded.architecture));
  const { heap, run } = loadNet(plan, folded.parameters);
  assertEquals(heap.byteLength, plan.bytes);
  const size = sizeOf(architecture.input);
  for (let n = 0; n < count; n++) {
    const at = (plan.input.address + n * plan.input.step) / 4;
    heap.set(inputs.subarray(n * size, (n + 1) * size), at);
  }
  run(count);
  using runner = wasmRunner(architecture, parameters);
  const expected = runner.logitsSync(inputs, count);
  const { classes } = architecture;
  for (let n = 0; n < count; n++) {
    const at = (plan.output.address + n * plan.output.step) / 4;
    assertEquals(heap.slice(at, at + classes), expected.slice(n * classes, (n + 1) * classes));
  }
}

Deno.test("planNetwork leaves room for all that the kernels read and write, in every network", () => {
  fc.assert(
    fc.property(networks, fc.integer({ min: 1, max: TILE }), fc.nat(), runAtTheEnd),
    { numRuns: 150 },
  );
});

Deno.test("planNetwork leaves room for blocks that reach beyond the map of a single convolution", () => {
  for (const kernel of [1, 2, 3, 5, 6]) {
    for (const [channels, height, width] of [[1, 1, 1], [1, 1, 90], [2, 7, 9], [3, 90, 7]]) {
      const [rows, columns] = [Math.max(height, kernel), Math.max(width, kernel + 1)];
      const places = (rows - kernel + 1) * (columns - kernel + 1);
      runAtTheEnd(
        {
          name: "single",
          input: [channels, rows, columns],
          layers: [{ kind: "conv", name: "conv1", filters: 1, kernel, padding: 0 }, {
            kind: "flatten",
          }],
          classes: places,
        },
        TILE,
        1,
      );
    }
  }
});
