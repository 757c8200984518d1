import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { makeTrial } from "../../scripts/research/hard_set/measure.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { LeNetError } from "../../src/errors.ts";
import { LeNet } from "../../src/lenet.ts";
import { fineTune } from "../../src/train/fine_tune.ts";
import { collectSamples, type Samples } from "../../src/train/samples.ts";
import { DIGITS } from "../research/hard_set/digits.ts";
import { bars } from "./tiny.ts";

const SAMPLES = new URL("../../scripts/samples/", import.meta.url);

const BLANK = { data: new Uint8Array(784), width: 28, height: 28 };

const DIGIT = await Deno.readFile(new URL("3.png", SAMPLES));

const FIVE = { image: await Deno.readFile(new URL("5.png", SAMPLES)), label: 5 };

const BAD: [what: string, samples: unknown, code: string, message: string][] = [
  ["no samples", [], "data/empty", "has 0 images"],
  ["what is no list", 5, "data/malformed", "the samples are 5, expected an iterable"],
  [
    "what only looks like an iterable",
    { [Symbol.iterator]: 5 },
    "data/malformed",
    "expected an iterable",
  ],
  ["a sample that is none", [FIVE, null], "data/malformed", "sample 1: it is null"],
  [
    "a label beyond the classes",
    [FIVE, { image: DIGIT, label: 10 }],
    "data/malformed",
    "sample 1: its label is 10, expected 0 to 9",
  ],
  ["half a label", [{ image: DIGIT, label: 0.5 }], "data/malformed", "sample 0: its label is 0.5"],
  [
    "a name of no class",
    [FIVE, { image: DIGIT, label: "three" }],
    "data/malformed",
    'sample 1: its label is "three"',
  ],
  ["no label", [{ image: DIGIT }], "data/malformed", "sample 0: its label is undefined"],
  ["no image", [{ label: 1 }], "image/unsupported", "sample 0: Cannot read the image"],
  [
    "an image without ink",
    [FIVE, { image: BLANK, label: 1 }],
    "image/invalid",
    "sample 1: it has no ink",
  ],
  [
    "a file that is no picture",
    [FIVE, FIVE, { image: DIGIT.slice(0, 20), label: 3 }],
    "image/unreadable",
    "sample 2: Cannot read the image",
  ],
  [
    "a dataset of other images",
    bars(12),
    "data/mismatch",
    "have shape [1,8,8], expected [1,28,28]",
  ],
  [
    "a dataset of other classes",
    { ...syntheticDigits({ count: 20, seed: 1 }), classNames: [..."abcdefghij"] },
    "data/malformed",
    "sample 0: its label is ",
  ],
  [
    "a dataset with a blank image",
    { ...syntheticDigits({ count: 20, seed: 1 }), images: new Uint8Array(20 * 784) },
    "image/invalid",
    "sample 0: it has no ink",
  ],
];

for (const [what, samples, code, message] of BAD) {
  Deno.test(`collectSamples refuses ${what}, as fineTune does`, async () => {
    using net = await LeNet.load();
    const error = await assertRejects(
      () => fineTune(net, samples as Samples, { backend: "wasm" }),
      LeNetError,
    );
    await assertRejects(() => collectSamples(net.model, samples as Samples), LeNetError, message);
    assertEquals(error.code, code);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("collectSamples prepares pictures, and gives labels by index or name the same class", async () => {
  using net = await LeNet.load();
  const { count, shape, labels, images } = await collectSamples(net.model, [
    FIVE,
    { image: DIGIT, label: "3" },
    { image: DIGIT, label: 3 },
  ]);
  assertEquals([count, shape, [...labels]], [3, [1, 28, 28], [5, 3, 3]]);
  assertEquals(images.subarray(784, 1568), images.subarray(1568));
});

Deno.test("collectSamples takes the first and the last class, and no label outside", async () => {
  using net = await LeNet.load();
  for (const label of [0, 9]) {
    const { labels } = await collectSamples(net.model, [{ image: DIGIT, label }]);
    assertEquals([...labels], [label]);
  }
  for (const label of [-1, 10]) {
    await assertRejects(
      () => collectSamples(net.model, [{ image: DIGIT, label }]),
      LeNetError,
      `its label is ${label}, expected 0 to 9`,
    );
  }
});

Deno.test("collectSamples prepares a picture with the hypothesis of its ink that classify chooses", async () => {
  using net = await LeNet.load("digits", { backend: "wasm" });
  const sources = { digits: DIGITS, clothing: undefined, seed: 1 };
  const chosen = new Set<string>();
  for (const kind of ["boxed", "shadow", "standing-on-rule", "position"]) {
    for (let n = 0; n < 3; n++) {
      const { image } = makeTrial(kind, n, 3, sources);
      const { steps = [], hypotheses = [] } = await net.classify(image, { explain: true });
      chosen.add(hypotheses[0].name);
      const { images } = await collectSamples(net.model, [{ image, label: 7 }]);
      const { values } = steps[steps.length - 1];
      assertEquals(images, Uint8Array.from(values, (value) => Math.round(255 * value)));
    }
  }
  assertEquals(chosen.size > 1, true);
});
