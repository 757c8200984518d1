import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import * as digits from "@x/lenet-weights/digits";
import {
  type Architecture,
  architectureByName,
  type BackendOption,
  classifyDigit,
  classifyDigits,
  type DigitImage,
  LeNet,
  type LeNetErrorCode,
  type Model,
  type Preparation,
  readDigits,
  type WeightsSource,
} from "../mod.ts";
import { syntheticDigits } from "../src/data/synthetic/digits.ts";
import { argMax } from "../src/engine/runner.ts";
import { decodePng } from "../src/image/decode/png.ts";
import { initialize } from "../src/model/initialize.ts";
import { normalize } from "../src/model/model.ts";
import { Random } from "../src/model/random.ts";
import { lenet5 } from "../src/model/zoo.ts";
import { assertRejection } from "./assert_error.ts";
import { HAS_WEBGPU } from "./engine/tfjs/backends.ts";
import { PROGRESSIVE } from "./image/decode/jpeg_files.ts";
import { TINY } from "./train/tiny.ts";

const SAMPLES = new URL("../scripts/samples/", import.meta.url);

const CLASS_NAMES = [
  "plane",
  "car",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/** A network that has learned nothing. */
function randomModel(architecture: Architecture, preparation: Preparation): Model {
  const [channels] = architecture.input;
  return {
    architecture,
    parameters: initialize(architecture, { seed: 6 }),
    metadata: {
      classNames: CLASS_NAMES,
      normalization: { mean: Array(channels).fill(0.5), std: Array(channels).fill(0.5) },
      preparation,
      temperature: 1,
    },
  };
}

const png = (name: string): Uint8Array<ArrayBuffer> => Deno.readFileSync(new URL(name, SAMPLES));

/** The 28×28 values that a network takes for a picture. */
async function inputOf(net: LeNet, image: DigitImage): Promise<Float32Array> {
  const { steps = [] } = await net.classify(image, { explain: true });
  return steps[steps.length - 1].values;
}

Deno.test("classifyDigit reads a PNG in every form it comes in", async () => {
  const bytes = png("7.png");
  const forms: DigitImage[] = [
    bytes,
    bytes.buffer,
    new Blob([bytes]),
    new Response(bytes),
    new Blob([bytes]).stream(),
  ];
  const first = await classifyDigit(bytes);
  assertEquals([first.digit, first.className, first.backend], [7, "7", "wasm"]);
  assertEquals(first.confidence, Math.max(...first.probabilities));
  for (const form of forms) assertEquals(await classifyDigit(form), first);
});

Deno.test("classifyDigit finds no digit where there is no ink", async () => {
  for (const value of [0, 127, 255]) {
    const { digit, className, confidence, probabilities } = await classifyDigit(
      new Uint8Array(784).fill(value),
    );
    assertEquals([digit, className, confidence, Math.max(...probabilities)], [null, null, 0, 0]);
  }
});

Deno.test("classifyDigit refuses what is no picture, and options it does not know", async () => {
  const wrong: [DigitImage, { backend?: BackendOption }, LeNetErrorCode][] = [
    [new Uint8Array(8), {}, "image/unsupported"],
    [png("7.png").slice(0, 8), {}, "image/unreadable"],
    [PROGRESSIVE.slice(0, 400), {}, "image/unreadable"],
    [new Float32Array(784).fill(NaN), {}, "image/invalid"],
    ["7" as unknown as DigitImage, {}, "image/unsupported"],
    [new Float32Array(784), { backend: "cuda" as "wasm" }, "option/invalid"],
    [new Float32Array(784), { backnd: "wasm" } as { backend?: BackendOption }, "option/unknown"],
  ];
  for (const [image, options, code] of wrong) {
    await assertRejection(() => classifyDigit(image, options), code, "Cannot");
  }
});

Deno.test("classifyDigit and all others refuse options that are no object", async () => {
  using net = await LeNet.load();
  const picture = new Float32Array(784);
  for (const options of [null, 7] as unknown as Record<string, never>[]) {
    const calls = [
      () => classifyDigit(picture, options),
      () => classifyDigits([picture], options),
      () => readDigits(picture, options),
      () => net.classify(picture, options),
      () => net.classifyAll([picture], options),
      () => net.read(picture, options),
    ];
    for (const call of calls) {
      await assertRejection(call, "option/invalid", `the options are ${options}, expected an`);
    }
  }
});

Deno.test("classifyDigit and all others read what they are given, whatever becomes of it", async () => {
  using net = await LeNet.load();
  const digit = (image: DigitImage): Promise<unknown> =>
    classifyDigit(image).then(({ digit }) => digit);
  const calls: Record<string, (image: DigitImage) => Promise<unknown>> = {
    classifyDigit: digit,
    classifyDigits: (image) => classifyDigits([image]).then(([{ digit }]) => digit),
    readDigits: (image) => readDigits(image).then(({ text }) => Number(text)),
    classify: (image) => net.classify(image).then(({ digit }) => digit),
    classifyAll: (image) => net.classifyAll([image]).then(([{ digit }]) => digit),
    read: (image) => net.read(image).then(({ text }) => Number(text)),
    scan: (image) => net.scan(image).then((scan) => JSON.stringify(scan)),
    activations: (image) => net.activations(image).then(([{ values }]) => [...values]),
  };
  const { data, width, height } = await decodePng(png("7.png"));
  for (const [name, call] of Object.entries(calls)) {
    const expected = await call({ data, width, height });
    const changed = data.slice();
    const answer = call({ data: changed, width, height });
    changed.fill(255);
    assertEquals(await answer, expected, name);
    const bitmap = await createImageBitmap(
      new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height),
    );
    const other = call(bitmap);
    bitmap.close();
    assertEquals(await other, expected, name);
  }
  assertEquals(await digit({ data, width, height }), 7);
});

Deno.test("classifyDigit takes a 1 in values of every range", async () => {
  const one = Array.from({ length: 784 }, (_, i): number => {
    const [x, y] = [i % 28, Math.floor(i / 28)];
    return x > 12 && x < 15 && y > 4 && y < 23 ? 1 : 0;
  });
  const rgba = Float32Array.from({ length: 4 * 784 }, (_, i) => i % 4 === 3 ? 1 : one[i >> 2]);
  const forms: Record<string, DigitImage> = {
    "0 to 1": one,
    "a rounding error above": one.map((value) => value * (1 + 1e-7)),
    "a rounding error below": one.map((value) => value - 1e-9),
    "a value of 1.02": one.with(14 * 28 + 13, 1.02),
    "a mask": new Uint8Array(one),
    "0 to 16": one.map((value) => value * 16),
    "12 bits": Uint16Array.from(one, (value) => value * 4000),
    "16 bits": Uint16Array.from(one, (value) => value * 60_000),
    "RGBA with a value of 1.004": {
      data: rgba.with(4 * (14 * 28 + 13), 1.004),
      width: 28,
      height: 28,
    },
  };
  for (const [name, form] of Object.entries(forms)) {
    const { digit, confidence } = await classifyDigit(form);
    assertEquals([digit, confidence > 0.99], [1, true], name);
  }
});

Deno.test("classifyDigits answers in order, the same as one by one, with blanks in between", async () => {
  const { images } = syntheticDigits({ count: 300, seed: 9 });
  const pictures: Uint8Array[] = Array.from(
    { length: 300 },
    (_, n) => images.slice(n * 784, (n + 1) * 784),
  );
  pictures[1] = new Uint8Array(784);
  pictures[299] = new Uint8Array(784);
  const many = await classifyDigits(pictures);
  assertEquals(many.length, 300);
  for (const at of [0, 1, 2, 150, 299]) {
    const one = await classifyDigit(pictures[at]);
    assertEquals(many[at].digit, one.digit);
    assertAlmostEquals(many[at].confidence, one.confidence, 1e-5);
  }
  assertEquals(await classifyDigits([]), []);
});

Deno.test("classifyDigit may be called many times at once", async () => {
  const names = Array.from({ length: 10 }, (_, digit) => `${digit}.png`);
  const answers = await Promise.all(names.map((name) => classifyDigit(png(name))));
  assertEquals(answers.map(({ digit }) => digit), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test({
  name: "classifyDigit tries again after a backend was not to be had",
  ignore: !HAS_WEBGPU,
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    const { gpu } = navigator;
    const replace = (value: unknown): void => {
      Object.defineProperty(navigator, "gpu", { value, configurable: true });
    };
    replace(undefined);
    try {
      await assertRejection(
        () => classifyDigit(png("7.png"), { backend: "webgpu" }),
        "backend/unavailable",
        "found no WebGPU adapter",
      );
    } finally {
      replace(gpu);
    }
    assertEquals((await classifyDigit(png("7.png"), { backend: "webgpu" })).digit, 7);
  },
});

Deno.test({
  name: "classifyDigits answers the same on webgpu",
  ignore: !HAS_WEBGPU,
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    const pictures = Array.from({ length: 10 }, (_, digit) => png(`${digit}.png`));
    const webgpu = await classifyDigits(pictures, { backend: "webgpu" });
    const wasm = await classifyDigits(pictures, { backend: "wasm" });
    webgpu.forEach((answer, n) => {
      assertEquals([answer.digit, answer.backend], [wasm[n].digit, "webgpu"]);
      assertAlmostEquals(answer.confidence, wasm[n].confidence, 1e-4);
    });
  },
});

Deno.test("LeNet.load takes a name, a module, a file and a model, and they answer alike", async () => {
  using named = await LeNet.load("digits");
  const sources: WeightsSource[] = [digits, named.save(), named.model];
  const expected = await named.classify(png("3.png"));
  assertEquals(expected.digit, 3);
  for (const source of sources) {
    using net = await LeNet.load(source, { backend: "wasm" });
    assertEquals(await net.classify(png("3.png")), expected);
  }
});

Deno.test("LeNet.load refuses what holds no network", async () => {
  const model = (await LeNet.load()).model;
  const wrong: [unknown, LeNetErrorCode][] = [
    ["letters", "weights/unknown"],
    [new Uint8Array(20), "weights/malformed"],
    [{}, "weights/unknown"],
    [{ ...digits, safetensors: "AAAA" }, "weights/malformed"],
    [{ ...model, architecture: TINY }, "weights/mismatch"],
  ];
  for (const [source, code] of wrong) {
    await assertRejection(() => LeNet.load(source as "digits"), code, "Cannot");
  }
});

Deno.test("LeNet.classify and activations refuse a network that takes no 28×28 picture", async () => {
  using net = await LeNet.load(randomModel(TINY, "digit"));
  for (const act of [() => net.classify(png("3.png")), () => net.activations(png("3.png"))]) {
    await assertRejection(act, "weights/mismatch", "it takes [1,8,8], expected [1,28,28]");
  }
});

Deno.test("LeNet refuses pictures for a network of neither one channel nor three", async () => {
  using net = await LeNet.load(randomModel(lenet5({ input: [2, 28, 28] }), "picture"));
  for (const act of [() => net.classify(png("3.png")), () => net.scan(png("3.png"))]) {
    await assertRejection(act, "weights/mismatch", "it takes [2,28,28], expected 1 or 3");
  }
});

Deno.test("LeNet.classify puts a digit in the middle of a larger input", async () => {
  using net = await LeNet.load(randomModel(architectureByName("lenet5-1998"), "digit"));
  const [{ values }] = await net.activations(png("7.png"));
  const pixels = await inputOf(net, png("7.png"));
  const [background] = values;
  pixels.forEach((value, i) => {
    const found = values[(Math.floor(i / 28) + 2) * 32 + i % 28 + 2];
    assertAlmostEquals(found - background, 2 * value, 1e-6);
  });
  assertEquals(
    values.filter((value) => value !== background).length,
    pixels.filter((value) => value !== 0).length,
  );
  assertEquals((await net.classify(new Uint8Array(784))).className, null);
});

Deno.test("LeNet.classify names the class of a photo of any size, blank ones too", async () => {
  using net = await LeNet.load(randomModel(architectureByName("lenet-cifar10"), "picture"));
  const answers = await net.classifyAll([
    PROGRESSIVE,
    png("7.png"),
    { data: new Uint8Array(3072), width: 32, height: 32 },
    { data: new Uint8ClampedArray(4 * 500), width: 100, height: 5 },
  ]);
  for (const { digit, className, confidence, probabilities } of answers) {
    assertEquals(className, CLASS_NAMES[digit!]);
    assertEquals(confidence, probabilities[digit!]);
  }
});

Deno.test("LeNet.classify and scan refuse one channel where the network takes three", async () => {
  using net = await LeNet.load(randomModel(architectureByName("lenet-cifar10"), "picture"));
  const grey = { data: new Uint8Array(1024), width: 32, height: 32 };
  for (const act of [() => net.classify(grey), () => net.scan(grey)]) {
    await assertRejection(act, "image/invalid", "one channel");
  }
});

Deno.test("LeNet.activations gives the prepared input and every layer, by name", async () => {
  using net = await LeNet.load();
  const stages = await net.activations(png("4.png"));
  assertEquals(
    stages.map(({ name, shape }) => `${name} ${shape}`).slice(0, 5),
    ["input 1,28,28", "conv1 6,28,28", "relu1 6,28,28", "pool1 6,14,14", "conv2 16,10,10"],
  );
  const pixels = await inputOf(net, png("4.png"));
  normalize(pixels, [1, 28, 28], net.model.metadata.normalization);
  assertEquals(stages[0].values, pixels);
  const { values } = stages[stages.length - 1];
  const { digit } = await net.classify(png("4.png"));
  assertEquals([argMax(values), values.length], [digit, 10]);
});

Deno.test("LeNet.scan answers as LeNet.classify does for each part of a photo", async () => {
  using net = await LeNet.load(randomModel(architectureByName("lenet-cifar10"), "picture"));
  const [width, height] = [45, 38];
  const random = new Random(8);
  const data = Uint8Array.from({ length: 3 * width * height }, () => random.integer(256));
  const { rows, columns, stride, answers } = await net.scan({ data, width, height });
  assertEquals([rows, columns, stride, answers.length], [2, 4, 4, 8]);
  for (const [place, { box, ...answer }] of answers.entries()) {
    const [x, y] = [place % 4 * 4, Math.floor(place / 4) * 4];
    assertEquals(box, { x, y, width: 32, height: 32 });
    const rowsOfPart = Array.from({ length: 32 }, (_, row) => {
      const start = 3 * ((y + row) * width + x);
      return [...data.subarray(start, start + 3 * 32)];
    });
    const part = { data: Uint8Array.from(rowsOfPart.flat()), width: 32, height: 32 };
    const alone = await net.classify(part);
    assertEquals([answer.digit, answer.className], [alone.digit, alone.className]);
    assertEquals(answer.backend, "wasm");
    answer.probabilities.forEach((value, i) =>
      assertAlmostEquals(value, alone.probabilities[i], 1e-5)
    );
  }
});

Deno.test("LeNet.scan reads the digits of a row, dark on light or light on dark", async () => {
  using net = await LeNet.load();
  const written = [3, 7, 1];
  const digits = await Promise.all(written.map((digit) => inputOf(net, png(`${digit}.png`))));
  const width = 28 * written.length;
  for (const [ink, paper] of [[1, 0], [0, 1]]) {
    const data = Float32Array.from({ length: 28 * width }, (_, i) => {
      const pixels = digits[Math.floor(i % width / 28)];
      return paper + (ink - paper) * pixels[Math.floor(i / width) * 28 + i % 28];
    });
    const { rows, columns, answers } = await net.scan({ data, width, height: 28 });
    assertEquals([rows, columns], [1, 15]);
    const read = answers.filter(({ box }) => box.x % 28 === 0).map(({ digit }) => digit);
    assertEquals(read, written);
  }
});

Deno.test("LeNet.scan refuses a picture that is smaller than the network's input", async () => {
  using net = await LeNet.load();
  for (const [width, height] of [[27, 28], [28, 27], [1, 1000]]) {
    const picture = { data: new Uint8Array(width * height), width, height };
    await assertRejection(
      () => net.scan(picture),
      "image/invalid",
      `it has ${width}×${height} pixels, expected at least 28×28`,
    );
  }
});

Deno.test("LeNet keeps several networks apart", async () => {
  using trained = await LeNet.load();
  using random = await LeNet.load({ ...trained.model, parameters: initialize(lenet5()) });
  const before = await trained.classify(png("5.png"));
  const other = await random.classify(png("5.png"));
  assertEquals(other.confidence === before.confidence, false);
  assertEquals(await trained.classify(png("5.png")), before);
});

Deno.test("LeNet.evaluate counts every image of a dataset once", async () => {
  using net = await LeNet.load();
  const dataset = syntheticDigits({ count: 500, seed: 4 });
  const { count, accuracy, confusion } = await net.evaluate(dataset);
  assertEquals(count, 500);
  const rows = confusion.map((row) => row.reduce((sum, value) => sum + value, 0));
  const expected = new Array<number>(10).fill(0);
  for (const label of dataset.labels) expected[label]++;
  assertEquals(rows, expected);
  assertAlmostEquals(accuracy, confusion.reduce((sum, row, k) => sum + row[k], 0) / 500, 1e-12);
});

Deno.test("LeNet cannot be used any more once it is disposed of", async () => {
  const net = await LeNet.load();
  net[Symbol.dispose]();
  await assertRejects(() => net.classify(png("5.png")), TypeError, "disposed of");
  await assertRejects(() => net.scan(png("5.png")), TypeError, "disposed of");
});
