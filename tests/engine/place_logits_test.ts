import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Dispatcher } from "../../src/engine/dispatcher.ts";
import { placeLogits, type Places } from "../../src/engine/place_logits.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import type { Architecture, ImageShape } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { lenet5 } from "../../src/model/lenet5.ts";
import type { Model } from "../../src/model/model.ts";
import { Random } from "../../src/model/random.ts";
import { sizeOf } from "../../src/model/shapes.ts";
import { slide } from "../../src/model/slide.ts";
import { architectureByName } from "../../src/model/zoo.ts";
import { architectures } from "./architectures.ts";

function modelOf(architecture: Architecture): Model {
  const channels = architecture.input[0];
  return {
    architecture,
    parameters: initialize(architecture, { seed: 1 }),
    metadata: {
      classNames: Array.from({ length: architecture.classes }, (_, index) => String(index)),
      normalization: { mean: Array(channels).fill(0), deviation: Array(channels).fill(1) },
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
  { rows, columns, stride }: Places,
): Promise<void> {
  const input = randomInput(shape, 2);
  using dispatcher = new Dispatcher(model.architecture, model.parameters, "wasm");
  const places = { rows, columns, stride };
  const { logits } = await placeLogits(model, input, shape, places, dispatcher);
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

function placesIn([, height, width]: ImageShape, { input, layers }: Architecture): Places {
  const stride = 2 **
    layers.filter(({ kind }) => kind === "pool" || kind === "subsample").length;
  return {
    rows: Math.floor((height - input[1]) / stride) + 1,
    columns: Math.floor((width - input[2]) / stride) + 1,
    stride,
  };
}

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
  Deno.test(`placeLogits gives the logits of crops, ${slides ? "in one pass" : "one by one"}, for ${name}`, async () => {
    const [channels, height, width] = architecture.input;
    const model = modelOf(architecture);
    assertEquals(slide(architecture, model.parameters, [height, width]) !== undefined, slides);
    for (const [higher, wider] of [[0, 0], [0, 3], [9, 4], [13, 31]]) {
      const shape = [channels, height + higher, width + wider] as const;
      await assertCrops(model, shape, placesIn(shape, architecture));
    }
  });
}

Deno.test("placeLogits gives the logits of crops where places take several tiles", async () => {
  const architecture = architectureByName("lenet-cifar10");
  const shape = [3, 32 + 4 * 40, 32 + 4 * 70] as const;
  const places = placesIn(shape, architecture);
  assertEquals([places.rows, places.columns], [41, 71]);
  await assertCrops(modelOf(architecture), shape, places);
});

Deno.test("placeLogits gives the logits of crops where they take several batches", async () => {
  const architecture = lenet5({ channels: [1, 1], dense: [] });
  const shape = [1, 28 + 4 * 40, 28 + 4 * 30] as const;
  await assertCrops(modelOf(architecture), shape, placesIn(shape, architecture));
});

Deno.test("placeLogits gives the logits of crops for networks of all kinds", async () => {
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
