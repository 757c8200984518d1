import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  type BackendOption,
  classifyDigit,
  classifyDigits,
  type DigitImage,
  LeNet,
  LeNetError,
  type WeightsSource,
} from "../mod.ts";
import { syntheticDigits } from "../src/data/synthetic.ts";
import * as digits from "@x/lenet-weights/digits";
import { initialize } from "../src/model/initialize.ts";
import { lenet5 } from "../src/model/lenet5.ts";
import { HAS_WEBGPU } from "./engine/tfjs_backends.ts";
import { TINY } from "./train/tiny.ts";

const SAMPLES = new URL("../scripts/samples/", import.meta.url);
const png = (name: string): Uint8Array<ArrayBuffer> => Deno.readFileSync(new URL(name, SAMPLES));

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
  assertEquals([first.digit, first.backend], [7, "wasm"]);
  assertEquals(first.confidence, Math.max(...first.probabilities));
  for (const form of forms) assertEquals(await classifyDigit(form), first);
});

Deno.test("classifyDigit finds no digit where there is no ink", async () => {
  for (const value of [0, 127, 255]) {
    const { digit, confidence, probabilities } = await classifyDigit(
      new Uint8Array(784).fill(value),
    );
    assertEquals([digit, confidence, Math.max(...probabilities)], [null, 0, 0]);
  }
});

Deno.test("classifyDigit refuses what is no picture, and options it does not know", async () => {
  const wrong: [DigitImage, { backend?: BackendOption }, string][] = [
    [new Uint8Array(8), {}, "image/unsupported"],
    [png("7.png").slice(0, 8), {}, "image/unreadable"],
    [new Float32Array(784).fill(NaN), {}, "image/invalid"],
    ["7" as unknown as DigitImage, {}, "image/unsupported"],
    [new Float32Array(784), { backend: "cuda" as "wasm" }, "option/invalid"],
    [new Float32Array(784), { backnd: "wasm" } as { backend?: BackendOption }, "option/unknown"],
  ];
  for (const [image, options, code] of wrong) {
    const error = await assertRejects(() => classifyDigit(image, options), LeNetError, "Cannot");
    assertEquals(error.code, code);
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
      const error = await assertRejects(
        () => classifyDigit(png("7.png"), { backend: "webgpu" }),
        LeNetError,
        "found no WebGPU adapter",
      );
      assertEquals(error.code, "backend/unavailable");
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
  const wrong: [unknown, string][] = [
    ["letters", "weights/unknown"],
    [new Uint8Array(20), "weights/malformed"],
    [{}, "weights/unknown"],
    [{ ...digits, safetensors: "AAAA" }, "weights/malformed"],
    [{ ...model, architecture: TINY }, "weights/mismatch"],
  ];
  for (const [source, code] of wrong) {
    const error = await assertRejects(() => LeNet.load(source as "digits"), LeNetError, "Cannot");
    assertEquals(error.code, code);
  }
});

Deno.test("LeNet.classify refuses a network that takes no 28×28 picture", async () => {
  const model = {
    ...(await LeNet.load()).model,
    architecture: TINY,
    parameters: initialize(TINY),
  };
  using net = await LeNet.load(model);
  const error = await assertRejects(
    () => net.classify(png("3.png")),
    LeNetError,
    "it takes [1,8,8]",
  );
  assertEquals(error.code, "weights/mismatch");
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
});
