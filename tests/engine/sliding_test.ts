import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Dispatcher } from "../../src/engine/backends.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import type { Runner } from "../../src/engine/runner.ts";
import {
  type SlidingNetwork,
  slidingNetwork,
  slidingWindowLogits,
  strideOf,
  type WindowGrid,
} from "../../src/engine/sliding.ts";
import {
  type Architecture,
  type ImageShape,
  type Layer,
  sizeOf,
} from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import type { Model } from "../../src/model/model.ts";
import { checkParameters, type Parameters } from "../../src/model/parameters.ts";
import { Random } from "../../src/model/random.ts";
import { architectureByName, lenet5 } from "../../src/model/zoo.ts";
import { architectures } from "./architectures.ts";

function modelOf(architecture: Architecture): Model {
  const channels = architecture.input[0];
  return {
    architecture,
    parameters: initialize(architecture, { seed: 1 }),
    metadata: {
      classNames: Array.from({ length: architecture.classes }, (_, index) => String(index)),
      normalization: { mean: Array(channels).fill(0), std: Array(channels).fill(1) },
      temperature: 1,
    },
  };
}

function randomInput(shape: ImageShape, seed: number): Float32Array<ArrayBuffer> {
  const random = new Random(seed);
  return Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1));
}

/** Cuts the network's input out at one place and runs the network on it, by plain loops. */
async function logitsOfCrop(
  { architecture, parameters }: Model,
  input: Float32Array,
  [, height, width]: ImageShape,
  top: number,
  left: number,
): Promise<Float32Array> {
  const [channels, cropHeight, cropWidth] = architecture.input;
  const crop = Float32Array.from({ length: sizeOf(architecture.input) }, (_, i) => {
    const x = i % cropWidth;
    const y = Math.floor(i / cropWidth) % cropHeight;
    const c = Math.floor(i / (cropWidth * cropHeight));
    return input[(c * height + top + y) * width + left + x];
  });
  assertEquals(crop.length, channels * cropHeight * cropWidth);
  return await referenceRunner(architecture, parameters).logits(crop, 1);
}

/** Asserts that some places, the corners among them, have the logits of crops. */
async function assertCrops(
  model: Model,
  shape: ImageShape,
  { rows, columns, stride }: WindowGrid,
): Promise<void> {
  const input = randomInput(shape, 2);
  using dispatcher = new Dispatcher(model.architecture, model.parameters, "wasm");
  const places = { rows, columns, stride };
  const { logits } = await slidingWindowLogits(model, input, shape, places, dispatcher);
  const { classes } = model.architecture;
  assertEquals(logits.length, rows * columns * classes);
  for (const row of new Set([0, rows >> 1, rows - 1])) {
    for (const column of new Set([0, columns >> 1, columns - 1])) {
      const expected = await logitsOfCrop(model, input, shape, row * stride, column * stride);
      const scale = Math.max(1, ...expected.map(Math.abs));
      const at = (row * columns + column) * classes;
      expected.forEach((value, c) => assertAlmostEquals(logits[at + c], value, 1e-5 * scale));
    }
  }
}

function placesIn([, height, width]: ImageShape, { input, layers }: Architecture): WindowGrid {
  const stride = 2 **
    layers.filter(({ kind }) => kind === "pool" || kind === "subsample").length;
  return {
    rows: Math.floor((height - input[1]) / stride) + 1,
    columns: Math.floor((width - input[2]) / stride) + 1,
    stride,
  };
}

const batchNorm: Layer = { kind: "batch-norm", name: "bn" };

const NETWORKS: Record<string, [architecture: Architecture, slides: boolean]> = {
  "lenet-cifar10": [architectureByName("lenet-cifar10"), true],
  "lenet5-1998": [architectureByName("lenet5-1998"), true],
  "lenet5": [architectureByName("lenet5"), false],
  "lenet-sigmoid": [architectureByName("lenet-sigmoid"), false],
  "a network with batch normalization and dropout": [
    lenet5({ padding: [0, 0], batchNorm: true, dropout: 0.3, pool: "average" }),
    true,
  ],
  "a network that drops an odd row": [
    lenet5({ input: [1, 27, 31], padding: [0, 0], kernel: 4, channels: [3, 5] }),
    false,
  ],
  "a square network that drops an odd row": [
    lenet5({ input: [1, 27, 27], padding: [0, 0], kernel: 4, channels: [3, 5] }),
    true,
  ],
};

for (const [name, [architecture, slides]] of Object.entries(NETWORKS)) {
  Deno.test(`slidingWindowLogits gives the logits of crops, ${slides ? "in one pass" : "one by one"}, for ${name}`, async () => {
    const [channels, height, width] = architecture.input;
    const model = modelOf(architecture);
    assertEquals(
      slidingNetwork(architecture, model.parameters, [height, width]) !== undefined,
      slides,
    );
    for (const [higher, wider] of [[0, 0], [0, 3], [9, 4], [13, 31]]) {
      const shape = [channels, height + higher, width + wider] as const;
      await assertCrops(model, shape, placesIn(shape, architecture));
    }
  });
}

function slidOver(
  architecture: Architecture,
  size: readonly [height: number, width: number],
): SlidingNetwork | undefined {
  return slidingNetwork(architecture, initialize(architecture), size);
}

const dense: Layer = { kind: "dense", name: "fc", units: 10 };

const conv: Layer = { kind: "conv", name: "conv", filters: 4, kernel: 3, padding: 0 };

const flatten: Layer = { kind: "flatten" };

const WHOLE: Record<string, Architecture> = {
  "a convolution that pads": lenet5(),
  "a map that is not square": lenet5({ input: [1, 28, 32], padding: [0, 0] }),
  "batch normalization that knows the places of a map apart": {
    name: "places",
    input: [1, 8, 8],
    layers: [conv, flatten, batchNorm, dense],
    classes: 10,
  },
  "no dense layer after a map": {
    name: "logits of places",
    input: [1, 4, 4],
    layers: [conv, flatten],
    classes: 16,
  },
};

for (const [what, architecture] of Object.entries(WHOLE)) {
  Deno.test(`slidingNetwork gives nothing where there is ${what}`, () => {
    assertEquals(slidOver(architecture, [64, 64]), undefined);
  });
}

Deno.test("slidingWindowLogits gives the logits of crops where places take several tiles", async () => {
  const architecture = architectureByName("lenet-cifar10");
  const shape = [3, 32 + 4 * 40, 32 + 4 * 70] as const;
  const places = placesIn(shape, architecture);
  assertEquals([places.rows, places.columns], [41, 71]);
  await assertCrops(modelOf(architecture), shape, places);
});

Deno.test("slidingWindowLogits gives the logits of crops where they take several batches", async () => {
  const architecture = lenet5({ channels: [1, 1], dense: [] });
  const shape = [1, 28 + 4 * 40, 28 + 4 * 30] as const;
  await assertCrops(modelOf(architecture), shape, placesIn(shape, architecture));
});

Deno.test("slidingWindowLogits gives the logits of crops for networks of all kinds", async () => {
  await fc.assert(
    fc.asyncProperty(architectures, fc.nat({ max: 9 }), fc.nat({ max: 9 }), async (...drawn) => {
      const [architecture, higher, wider] = drawn;
      const [channels, height, width] = architecture.input;
      const shape = [channels, height + higher, width + wider] as const;
      await assertCrops(modelOf(architecture), shape, placesIn(shape, architecture));
    }),
    { numRuns: 60, seed: 3 },
  );
});

Deno.test("slidingNetwork turns dense layers into convolutions, and keeps the weights", () => {
  const architecture = architectureByName("lenet-cifar10");
  const parameters = initialize(architecture);
  const slid = slidingNetwork(architecture, parameters, [40, 36])!;
  assertEquals(slid.map, [10, 3, 2]);
  assertEquals(slid.architecture.input, [3, 40, 36]);
  assertEquals(slid.architecture.classes, 60);
  const kernels = slid.architecture.layers.flatMap((layer) =>
    layer.kind === "conv" ? [[layer.filters, layer.kernel, layer.padding]] : []
  );
  assertEquals(kernels, [[16, 5, 0], [32, 5, 0], [120, 5, 0], [84, 1, 0], [10, 1, 0]]);
  checkParameters(slid.architecture, slid.parameters);
  for (const [name, { data }] of parameters) assertEquals(slid.parameters.get(name)!.data, data);
});

Deno.test("slidingNetwork gives one place for an input of the network's own size", () => {
  for (const name of ["lenet-cifar10", "lenet5-1998"]) {
    assertEquals(slidOver(architectureByName(name), [32, 32])?.map, [10, 1, 1]);
  }
});

Deno.test("slidingNetwork keeps the connections and codes of the network of 1998", () => {
  const architecture = architectureByName("lenet5-1998");
  const { layers } = slidOver(architecture, [32, 48])!.architecture;
  const kept = architecture.layers.filter(({ kind }) => kind !== "flatten" && kind !== "dense");
  for (const layer of kept) assertEquals(layers.includes(layer), true);
});

Deno.test("slidingNetwork leaves the network that it is given alone", () => {
  const architecture = architectureByName("lenet-cifar10");
  const parameters = initialize(architecture);
  slidingNetwork(architecture, parameters, [64, 64]);
  assertEquals(architecture, architectureByName("lenet-cifar10"));
  assertEquals(parameters, initialize(architecture));
});

Deno.test("slidingNetwork needs no dense layer where a map has come down to one place", () => {
  const layers: Layer[] = [{ ...conv, filters: 10, kernel: 8 }, flatten, batchNorm];
  const architecture = { name: "one place", input: [1, 8, 8], layers, classes: 10 } as const;
  assertEquals(slidOver(architecture, [9, 10])?.map, [10, 2, 3]);
});

/** Counts the inputs of each call, and those of the networks that are made of this one. */
class CountingDispatcher extends Dispatcher {
  readonly calls: [shape: ImageShape, count: number][] = [];
  readonly #net: [architecture: Architecture, parameters: Parameters];

  constructor(architecture: Architecture, parameters: Parameters) {
    super(architecture, parameters, "wasm");
    this.#net = [architecture, parameters];
  }

  override async runnerFor(count: number): Promise<Runner> {
    const runner = await super.runnerFor(count);
    const logits: Runner["logits"] = (inputs, count) => {
      this.calls.push([this.#net[0].input, count]);
      return runner.logits(inputs, count);
    };
    return { backend: runner.backend, logits, [Symbol.dispose]() {} };
  }

  override another(architecture: Architecture, parameters: Parameters): Dispatcher {
    const other = new CountingDispatcher(architecture, parameters);
    Object.assign(other, { calls: this.calls });
    return other;
  }
}

/** The shape and number of inputs in each call of the runner. */
async function callsFor(
  architecture: Architecture,
  rows: number,
  columns: number,
): Promise<[shape: ImageShape, count: number][]> {
  const [channels, height, width] = architecture.input;
  const shape = [channels, height + rows - 1, width + columns - 1] as const;
  const model = modelOf(architecture);
  using dispatcher = new CountingDispatcher(architecture, model.parameters);
  const grid = { rows, columns, stride: 1 };
  await slidingWindowLogits(model, randomInput(shape, 1), shape, grid, dispatcher);
  return dispatcher.calls;
}

Deno.test("slidingWindowLogits computes up to 32×32 windows in one pass", async () => {
  const layers: Layer[] = [{ ...conv, filters: 1 }, flatten, { ...dense, units: 1 }];
  const architecture = { name: "sliding", input: [1, 4, 4], layers, classes: 1 } as const;
  assertEquals(await callsFor(architecture, 32, 32), [[[1, 35, 35], 1]]);
  assertEquals(await callsFor(architecture, 33, 32), [[[1, 35, 35], 1], [[1, 35, 35], 1]]);
  assertEquals(await callsFor(architecture, 32, 33), [[[1, 35, 35], 1], [[1, 35, 35], 1]]);
});

Deno.test("slidingWindowLogits computes up to 1024 windows in one call", async () => {
  const layers: Layer[] = [{ ...conv, filters: 1, padding: 1 }, flatten, { ...dense, units: 1 }];
  const architecture = { name: "padded", input: [1, 4, 4], layers, classes: 1 } as const;
  assertEquals(await callsFor(architecture, 1, 1024), [[[1, 4, 4], 1024]]);
  assertEquals(await callsFor(architecture, 1, 1025), [[[1, 4, 4], 1024], [[1, 4, 4], 1]]);
});

Deno.test("strideOf multiplies the strides of all layers", () => {
  assertEquals(strideOf([]), 1);
  assertEquals(strideOf(architectureByName("lenet5-1998").layers), 4);
  assertEquals(strideOf(lenet5().layers), 4);
});
