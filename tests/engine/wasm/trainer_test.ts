import { assertAlmostEquals, assertEquals, assertLess, assertRejects } from "@std/assert";
import fc from "fast-check";
import { type ReferencePass, trainingPass } from "../../../src/engine/reference_backward.ts";
import { tfjsTrainer } from "../../../src/engine/tfjs/trainer.ts";
import {
  dropoutSeed,
  type OptimizerOptions,
  type Trainer,
  type TrainerOptions,
  type TrainerState,
} from "../../../src/engine/trainer.ts";
import { wasmTrainer } from "../../../src/engine/wasm/trainer.ts";
import { LeNetError } from "../../../src/errors.ts";
import type { Architecture, ImageShape, Layer } from "../../../src/model/architecture.ts";
import { connectionMasks, isTrainable, type Parameters } from "../../../src/model/parameters.ts";
import { Random } from "../../../src/model/random.ts";
import { ARCHITECTURE_NAMES, architectureByName, lenet5 } from "../../../src/model/zoo.ts";
import {
  assertClose,
  assertSteps,
  GOLDEN_NAMES,
  loadGolden,
  optimizerOptions,
} from "../../golden/golden.ts";
import { architectures } from "../architectures.ts";
import { drawInputs, drawParameters } from "./draw.ts";
import { type GradientOptions, wasmGradients } from "./gradients.ts";
import { networks } from "./networks.ts";
import { TRAINING_HASH, trainingHash } from "./training_hash.ts";

function labelsFor({ classes }: Architecture, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, n) => n * 3 % classes);
}

function reference(
  architecture: Architecture,
  parameters: Parameters,
  { seed = 0, ...batch }: GradientOptions,
): ReferencePass {
  const values = new Map([...parameters].map(([name, { data }]) => [name, data]));
  return trainingPass(architecture, values, { ...batch, seed: dropoutSeed(seed, 1) });
}

function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/**
 * Before batch normalization a bias has no gradient but what rounding leaves of values that cancel out: below this share
 * of the largest gradient.
 */
const MIN_GRADIENT = 1e-9;

/**
 * Holds the loss, all gradients and running values of a batch to those of the reference.
 *
 * @param tolerance The largest error of a gradient, as a share of the largest one of its parameter.
 * @param floor A gradient counts as that large at least, as a share of the largest one of all.
 */
async function assertAgrees(
  architecture: Architecture,
  options: GradientOptions & { readonly parametersSeed?: number },
  tolerance: number,
  floor = 0,
): Promise<void> {
  const parameters = drawParameters(architecture, options.parametersSeed ?? 3);
  const found = await wasmGradients(architecture, parameters, options);
  const expected = reference(architecture, parameters, options);
  const what = JSON.stringify(architecture);
  assertAlmostEquals(found.loss, expected.loss, tolerance / 5 * Math.max(1, expected.loss), what);
  assertEquals(found.correct, expected.correct, what);
  const most = largest([...expected.gradients.values()].flatMap((values) => [...values]));
  for (const [name, values] of expected.gradients) {
    const own = largest(values);
    if (own < MIN_GRADIENT * most) continue;
    // Where nearly all cancels out, as between classes with one code, only noise is left.
    const bound = tolerance * Math.max(own, floor * Math.max(most, 1e-3));
    const { data } = found.gradients.get(name)!;
    values.forEach((value, i) => assertAlmostEquals(data[i], value, bound, `${name} ${i} ${what}`));
  }
  for (const [name, values] of expected.running) {
    const { data } = found.parameters.get(name)!;
    const bound = 1e-5 * Math.max(1, largest(values));
    values.forEach((value, i) => assertAlmostEquals(data[i], value, bound, `${name} ${what}`));
  }
}

/** The layers between a convolution and a dense output, and the shape of the input: each takes another way. */
const WAYS: Readonly<Record<string, { input: ImageShape; layers: readonly Layer[] }>> = {
  "columns before pooling, with ReLU": of([1, 12, 13], conv(5, 5, 2), relu(), pool("max")),
  "columns before pooling, without": of([1, 11, 9], conv(3, 3, 1), pool("max")),
  "columns alone": of([1, 9, 10], conv(4, 4, 1), act("tanh")),
  "one filter of one pixel": of([1, 5, 5], conv(1, 1, 0), act("sigmoid")),
  "filters before pooling, with ReLU": of([3, 9, 8], conv(11, 3, 1), relu(), pool("max")),
  "filters before pooling, without": of([2, 9, 9], conv(5, 2, 1), pool("max")),
  "filters alone": of([2, 7, 6], conv(9, 3, 1), relu()),
  "a kernel of 7": of([1, 9, 9], conv(2, 7, 3), relu(), pool("max")),
  "rows of eight vectors and more": of([7, 8, 8], conv(3, 5, 0), relu(), pool("max")),
  "rows of eight vectors and more, all outputs": of([7, 8, 8], conv(3, 5, 1), act("tanh")),
  "two convolutions, pooled": of(
    [1, 12, 12],
    conv(6, 5, 2),
    relu(),
    pool("max"),
    { ...conv(10, 3, 0), name: "second" },
    relu(),
    pool("max"),
  ),
  "two convolutions, pooled with padding": of(
    [2, 12, 12],
    conv(6, 5, 2),
    relu(),
    pool("max"),
    { ...conv(4, 3, 2), name: "second" },
    relu(),
    pool("max"),
  ),
  "a pooled convolution after one of all outputs": of(
    [1, 9, 9],
    conv(3, 4, 0),
    relu(),
    { ...conv(4, 3, 1), name: "second" },
    relu(),
    pool("max"),
  ),
  "two convolutions, all outputs": of(
    [2, 7, 6],
    conv(5, 3, 1),
    act("tanh"),
    { ...conv(3, 2, 0), name: "second" },
    act("sigmoid"),
  ),
  "two convolutions, all outputs of odd rows, in rows of six vectors": of(
    [1, 8, 9],
    conv(7, 3, 1),
    act("tanh"),
    { ...conv(5, 3, 0), name: "second" },
    act("sigmoid"),
  ),
  "more padding than the kernel reaches": of(
    [1, 5, 4],
    conv(3, 2, 1),
    act("tanh"),
    { ...conv(2, 2, 3), name: "second" },
  ),
  "missing connections": of(
    [1, 8, 8],
    conv(3, 3, 1),
    act("scaled-tanh"),
    { ...conv(4, 3, 0), name: "second", connections: [[0], [0, 2], [1, 2], [0, 1, 2]] },
  ),
  "a convolution that sees its whole input": of(
    [2, 6, 6],
    conv(3, 3, 1),
    act("tanh"),
    pool("average"),
    { ...conv(8, 3, 0), name: "second", connections: Array(8).fill([0, 2]) },
    act("tanh"),
  ),
  "a whole convolution with odd filters": of([2, 3, 3], conv(5, 3, 0), act("tanh")),
  "average pooling": of([2, 7, 9], conv(5, 3, 1), act("tanh"), pool("average")),
  "max pooling after another layer": of([2, 7, 9], conv(5, 3, 1), act("tanh"), pool("max")),
  "subsampling": of([2, 7, 9], conv(5, 3, 1), { kind: "subsample", name: "s" }, act("tanh")),
  "subsampling first": of([5, 7, 9], { kind: "subsample", name: "s" }),
  "batch normalization of images": of([2, 7, 5], conv(3, 3, 1), norm(), relu(), pool("max")),
  "batch normalization first": of([3, 5, 5], norm(), conv(4, 3, 0), act("tanh")),
  "batch normalization of rows": of([2, 4, 5], { kind: "flatten" }, norm(), act("sigmoid")),
  "dropout of images": of([1, 8, 8], conv(3, 3, 1), relu(), pool("max"), drop()),
  "dropout after tanh": of([1, 6, 6], conv(3, 3, 0), act("tanh"), drop()),
  "dropout before tanh": of([1, 6, 6], conv(3, 3, 0), drop(), act("tanh")),
  "a sigmoid after ReLU and pooling": of([1, 8, 8], conv(3, 3, 0), relu(), pool("max"), {
    kind: "activation",
    activation: "sigmoid",
  }),
  "two activations": of([1, 6, 6], conv(3, 3, 0), act("tanh"), act("sigmoid")),
  "an activation first": of([2, 5, 5], act("tanh"), conv(3, 2, 0)),
  "dense layers of odd sizes": of([1, 5, 3], { kind: "flatten" }, fc1(7), relu(), {
    ...fc1(13),
    name: "fc2",
  }, act("tanh")),
};

function of(
  input: ImageShape,
  ...layers: readonly Layer[]
): { input: ImageShape; layers: Layer[] } {
  return { input, layers: [...layers] };
}
function conv(filters: number, kernel: number, padding: number): Extract<Layer, { kind: "conv" }> {
  return { kind: "conv", name: "first", filters, kernel, padding };
}
function pool(mode: "max" | "average"): Layer {
  return { kind: "pool", mode };
}
function act(activation: "relu" | "sigmoid" | "tanh" | "scaled-tanh"): Layer {
  return { kind: "activation", activation };
}
function relu(): Layer {
  return act("relu");
}
function norm(): Layer {
  return { kind: "batch-norm", name: "norm" };
}
function drop(): Layer {
  return { kind: "dropout", rate: 0.3 };
}
function fc1(units: number): Extract<Layer, { kind: "dense" }> {
  return { kind: "dense", name: "fc1", units };
}

const ENDS: Readonly<Record<"scores" | "distances", readonly Layer[]>> = {
  scores: [{ kind: "dense", name: "last", units: 3 }],
  distances: [
    { kind: "dense", name: "last", units: 6 },
    { kind: "rbf", codes: ["#..#.#", ".##..#", "####.."] },
  ],
};

function networkOf(way: string, end: keyof typeof ENDS = "scores"): Architecture {
  const { input, layers } = WAYS[way];
  const isFlat = layers.some(({ kind }) => kind === "flatten" || kind === "dense");
  const flatten: Layer[] = isFlat ? [] : [{ kind: "flatten" }];
  return { name: way, input, layers: [...layers, ...flatten, ...ENDS[end]], classes: 3 };
}

for (const way of Object.keys(WAYS)) {
  Deno.test(`wasmTrainer computes the gradients of the reference for ${way}`, async () => {
    const architecture = networkOf(way);
    // One tile that is not full, and two.
    for (const count of [1, 5, 18]) {
      const inputs = drawInputs(architecture, count, 1);
      const labels = labelsFor(architecture, count);
      await assertAgrees(architecture, { inputs, labels, seed: 8 }, 1e-5);
    }
  });
}

for (const end of ["scores", "distances"] as const) {
  Deno.test(`wasmTrainer computes the gradients of the reference for ${end}, distilled in part`, async () => {
    const architecture = networkOf("columns alone", end);
    const random = new Random(4);
    const targets = Float32Array.from({ length: 9 * 3 }, () => random.uniform(-20, 20));
    for (const labelled of [1, 12]) {
      const inputs = drawInputs(architecture, labelled + 9, 1);
      const labels = labelsFor(architecture, labelled);
      await assertAgrees(architecture, { inputs, labels, targets }, 1e-5);
    }
  });
}

Deno.test("wasmTrainer computes small gradients of a network that is sure as the reference does", async () => {
  const architecture = networkOf("two convolutions, pooled");
  const parameters = new Map(drawParameters(architecture, 3));
  // The first class wins by 20, so that most probabilities are below 1e-8.
  parameters.set("last.bias", { shape: [3], data: Float32Array.of(20, 0, -5) });
  const options = { inputs: drawInputs(architecture, 5, 1), labels: new Uint8Array(5) };
  const { loss, gradients } = await wasmGradients(architecture, parameters, options);
  const expected = reference(architecture, parameters, options);
  assertLess(largest(expected.gradients.get("first.bias")!), 1e-7);
  assertAlmostEquals(loss, expected.loss, 1e-5 * expected.loss);
  for (const [name, values] of expected.gradients) {
    const { data } = gradients.get(name)!;
    const bound = 1e-5 * largest(values);
    values.forEach((value, i) => assertAlmostEquals(data[i], value, bound, `${name} ${i}`));
  }
});

for (const name of ARCHITECTURE_NAMES) {
  Deno.test(`wasmTrainer computes the gradients of the reference for ${name}`, async () => {
    const architecture = architectureByName(name);
    const inputs = drawInputs(architecture, 3, 1);
    const labels = labelsFor(architecture, 3);
    await assertAgrees(architecture, { inputs, labels, seed: 8 }, 2e-5);
  });
}

for (const [what, arbitrary] of Object.entries({ networks, architectures })) {
  Deno.test(`wasmTrainer agrees with the reference on every network (${what})`, async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.integer({ min: 1, max: 6 }), fc.nat(), async (
        architecture,
        count,
        seed,
      ) => {
        const isNormalized = architecture.layers.some(({ kind }) => kind === "batch-norm");
        // The deviation of few values may be next to 0, and dividing by it makes noise as large as anything.
        const size = isNormalized ? count + 8 : count;
        const inputs = drawInputs(architecture, size, seed);
        const options = { inputs, labels: labelsFor(architecture, size), seed };
        const [tolerance, floor] = isNormalized ? [5e-3, 1] : [1e-3, 1e-2];
        await assertAgrees(architecture, { ...options, parametersSeed: seed }, tolerance, floor);
      }),
      { numRuns: 60 },
    );
  });
}

Deno.test("wasmTrainer steps as the trainer of tfjs does on every network", async () => {
  await fc.assert(
    fc.asyncProperty(architectures, fc.integer({ min: 1, max: 5 }), fc.nat(), async (
      architecture,
      count,
      seed,
    ) => {
      const state = { parameters: drawParameters(architecture, seed), slots: new Map(), steps: 0 };
      const options: TrainerOptions = { optimizer: { name: "sgd", momentum: 0.5 }, seed };
      using ours = await wasmTrainer(architecture, state, options);
      using other = await tfjsTrainer("wasm", architecture, state, options);
      const inputs = drawInputs(architecture, count, seed);
      const labels = labelsFor(architecture, count);
      const [a, b] = [await ours.step(inputs, labels, 0), await other.step(inputs, labels, 0)];
      assertAlmostEquals(a.loss, b.loss, 1e-4 * Math.max(1, b.loss));
      const [found, expected] = [await ours.state(), await other.state()];
      const velocity = expected.slots.get("momentum")!;
      const most = largest([...velocity.values()].flatMap(({ data }) => [...data]));
      for (const [name, { data }] of velocity) {
        const values = found.slots.get("momentum")!.get(name)!.data;
        data.forEach((value, i) => assertAlmostEquals(values[i], value, 5e-3 * most, name));
      }
    }),
    { numRuns: 25 },
  );
});

for (const name of GOLDEN_NAMES) {
  const golden = loadGolden(name);
  const { architecture, parameters, inputs, labels } = golden;

  Deno.test(`wasmTrainer computes the loss and gradients of PyTorch for ${name}`, async () => {
    const { loss, gradients } = await wasmGradients(architecture, parameters, { inputs, labels });
    assertAlmostEquals(loss, golden.loss, 2e-6 * Math.max(1, golden.loss));
    const most = largest([...golden.gradients.values()].flatMap((values) => [...values]));
    for (const [key, expected] of golden.gradients) {
      if (largest(expected) < MIN_GRADIENT * most) continue;
      assertClose(gradients.get(key)!.data, expected, 1e-5, `gradient of ${key}`);
    }
  });

  for (const run of golden.runs) {
    Deno.test(`wasmTrainer takes ten steps of ${run.optimizer} as PyTorch does for ${name}`, async () => {
      using trainer = await wasmTrainer(
        architecture,
        { parameters, slots: new Map(), steps: 0 },
        { optimizer: optimizerOptions(run) },
      );
      await assertSteps(trainer, golden, run, { loss: 2e-5, parameters: 1e-4 });
    });
  }
}

/** Dropout, batch normalization, and layers of every optimizer's state. */
const MIXED: Architecture = {
  name: "mixed",
  input: [1, 10, 10],
  layers: [
    conv(4, 3, 1),
    relu(),
    norm(),
    pool("max"),
    { ...conv(6, 3, 0), name: "second" },
    relu(),
    pool("max"),
    { kind: "flatten" },
    drop(),
    fc1(9),
    relu(),
    { kind: "dense", name: "last", units: 4 },
  ],
  classes: 4,
};

const OPTIMIZER_OPTIONS: readonly OptimizerOptions[] = [
  { name: "sgd", weightDecay: 0.01 },
  { name: "sgd", momentum: 0.9, weightDecay: 0.01 },
  { name: "adam", weightDecay: 0.01 },
  { name: "adamw", beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1 },
];

async function train(trainer: Trainer, steps: number, from = 0): Promise<TrainerState> {
  for (let step = from; step < from + steps; step++) {
    // The last batch of an epoch is smaller, and one is larger than those before it.
    const count = [20, 20, 7, 33][step % 4];
    const inputs = drawInputs(MIXED, count, step);
    await trainer.step(inputs, labelsFor(MIXED, count), 0.01 / (1 + step));
  }
  return await trainer.state();
}

const START: TrainerState = { parameters: drawParameters(MIXED, 1), slots: new Map(), steps: 0 };

for (const optimizer of OPTIMIZER_OPTIONS) {
  const what = `${optimizer.name}${optimizer.momentum === undefined ? "" : " with momentum"}`;
  const options: TrainerOptions = { optimizer, averaging: 0.9, seed: 5 };

  Deno.test(`wasmTrainer resumes ${what} to the same bits`, async () => {
    using whole = await wasmTrainer(MIXED, START, options);
    const expected = await train(whole, 12);
    using first = await wasmTrainer(MIXED, START, options);
    const middle = await train(first, 5);
    using second = await wasmTrainer(MIXED, middle, options);
    assertEquals(await train(second, 7, 5), expected);
  });

  Deno.test(`wasmTrainer updates by ${what} as the trainer of tfjs does`, async () => {
    using ours = await wasmTrainer(MIXED, START, options);
    using other = await tfjsTrainer("wasm", MIXED, START, options);
    const [found, expected] = [await train(ours, 8), await train(other, 8)];
    assertEquals([...found.slots.keys()], [...expected.slots.keys()]);
    assertEquals(found.steps, expected.steps);
    for (const [slot, values] of [["", expected.parameters] as const, ...expected.slots]) {
      const own = slot === "" ? found.parameters : found.slots.get(slot)!;
      assertEquals([...own.keys()], [...values.keys()]);
      for (const [name, { data, shape }] of values) {
        // The other trainer has state of no use for values that no optimizer changes.
        if (slot !== "" && slot !== "average" && !isTrainable(name)) continue;
        assertEquals(own.get(name)!.shape, shape);
        assertClose(own.get(name)!.data, data, 2e-4, `${slot} ${name}`);
      }
    }
  });
}

Deno.test("wasmTrainer gives the same bits in every runtime", async () => {
  assertEquals(await trainingHash(), TRAINING_HASH);
});

Deno.test("wasmTrainer averages weights as their plain mean, then as a moving one", async () => {
  using trainer = await wasmTrainer(MIXED, START, { averaging: 0.75 });
  let average: Float64Array | undefined;
  for (let step = 1; step <= 6; step++) {
    const { parameters, slots } = await train(trainer, 1, step - 1);
    const { data } = parameters.get("fc1.weight")!;
    const keep = Math.min(0.75, 1 - 1 / step);
    const before = average ?? new Float64Array(data.length);
    average = before.map((value, i) => keep * value + (1 - keep) * data[i]);
    assertClose(
      slots.get("average")!.get("fc1.weight")!.data,
      Float32Array.from(average),
      1e-6,
      "average",
    );
  }
});

Deno.test("wasmTrainer changes only the layers that it is to train, and their state", async () => {
  const layers = ["second", "last"];
  const options: TrainerOptions = { optimizer: { name: "adamw" }, layers };
  using trainer = await wasmTrainer(MIXED, START, options);
  const { parameters, slots } = await train(trainer, 3);
  for (const [name, { data }] of parameters) {
    const isTrained = layers.includes(name.slice(0, name.lastIndexOf(".")));
    const before = START.parameters.get(name)!.data;
    assertEquals(data.some((value, i) => value !== before[i]), isTrained, name);
    assertEquals(
      slots.get("square")!.get(name)!.data.some((value) => value !== 0),
      isTrained,
      name,
    );
  }
});

Deno.test("wasmTrainer computes the same gradients for some layers as for all", async () => {
  const options = {
    inputs: drawInputs(MIXED, 7, 2),
    labels: labelsFor(MIXED, 7),
    seed: 3,
  };
  const all = await wasmGradients(MIXED, START.parameters, options);
  for (const layers of [["first"], ["second", "norm"], ["fc1"], ["last"]]) {
    const some = await wasmGradients(MIXED, START.parameters, { ...options, layers });
    for (const [name, { data }] of some.gradients) {
      const isTrained = layers.includes(name.slice(0, name.lastIndexOf(".")));
      assertEquals(data, isTrained ? all.gradients.get(name)!.data : data.map(() => 0), name);
    }
  }
});

Deno.test("wasmTrainer updates running values only of layers that it is to train", async () => {
  const running = async (layers: string[] | undefined) =>
    (await wasmGradients(MIXED, START.parameters, {
      inputs: drawInputs(MIXED, 7, 2),
      labels: labelsFor(MIXED, 7),
      ...layers && { layers },
    })).parameters.get("norm.running_mean")!.data;
  const before = START.parameters.get("norm.running_mean")!.data;
  assertEquals(await running(["first"]), before);
  assertEquals((await running(["norm"])).every((value, i) => value !== before[i]), true);
  assertEquals(await running(undefined), await running(["norm"]));
});

Deno.test("wasmTrainer keeps weights of missing connections at 0", async () => {
  const architecture = networkOf("missing connections");
  const parameters = drawParameters(architecture, 1);
  using trainer = await wasmTrainer(
    architecture,
    { parameters, slots: new Map(), steps: 0 },
    { optimizer: { name: "adamw" } },
  );
  for (let step = 0; step < 3; step++) {
    await trainer.step(drawInputs(architecture, 5, step), labelsFor(architecture, 5), 0.1);
  }
  const { parameters: after } = await trainer.state();
  for (const [name, mask] of connectionMasks(architecture)) {
    after.get(name)!.data.forEach((value, i) => assertEquals(value !== 0, mask[i] !== 0));
  }
});

Deno.test("wasmTrainer does not change the state that it is given, nor give out its own", async () => {
  const before = structuredClone([...START.parameters]);
  using trainer = await wasmTrainer(MIXED, START);
  const { parameters } = await train(trainer, 1);
  assertEquals([...START.parameters], before);
  const read = structuredClone([...parameters]);
  await train(trainer, 1);
  assertEquals([...parameters], read);
});

Deno.test("wasmTrainer refuses inputs that are not as many as the labels", async () => {
  using trainer = await wasmTrainer(MIXED, START);
  const error = await assertRejects(
    () => trainer.step(new Float32Array(150), new Uint8Array(2), 0.1),
    LeNetError,
    "Cannot train mixed: found 150 values for 2 inputs, expected 100 for each",
  );
  assertEquals(error.code, "image/invalid");
});

for (
  const [what, layers] of [
    ["weights", [{ kind: "flatten" }, fc1(2 ** 20), { kind: "dense", name: "last", units: 900 }]],
    ["values", [conv(2 ** 22, 1, 0), { kind: "flatten" }]],
  ] as [string, Layer[]][]
) {
  Deno.test(`wasmTrainer refuses a network whose ${what} take more than 4 GiB`, async () => {
    const architecture: Architecture = {
      name: "huge",
      input: [1, 8, 8],
      layers,
      classes: what === "values" ? 2 ** 28 : 900,
    };
    const error = await assertRejects(
      () => wasmTrainer(architecture, START),
      LeNetError,
      "bytes of memory, expected at most 4 GiB",
    );
    assertEquals(error.code, "architecture/invalid");
  });
}

Deno.test("wasmTrainer cannot be used once it is disposed of", async () => {
  const trainer = await wasmTrainer(MIXED, START);
  trainer[Symbol.dispose]();
  await assertRejects(() => trainer.state(), TypeError, "its trainer was disposed of");
  await assertRejects(() => train(trainer, 1), TypeError, "its trainer was disposed of");
});

Deno.test("wasmTrainer keeps memory flat over hundreds of steps of LeNet-5", async () => {
  const architecture = lenet5();
  const parameters = drawParameters(architecture);
  using trainer = await wasmTrainer(architecture, { parameters, slots: new Map(), steps: 0 });
  const inputs = drawInputs(architecture, 16);
  const labels = labelsFor(architecture, 16);
  const run = async (steps: number): Promise<number> => {
    for (let i = 0; i < steps; i++) await trainer.step(inputs, labels, 1e-3);
    return Deno.memoryUsage().rss;
  };
  const before = await run(100);
  assertLess(await run(400) - before, 20e6);
});
