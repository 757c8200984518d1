import { assertEquals, assertLess } from "@std/assert";
import { LeNet } from "../../mod.ts";
import type { DigitImage } from "../../src/image/image.ts";
import {
  checkChannels,
  checkInput,
  networkInputs,
  prepareInput,
} from "../../src/image/network_input.ts";
import { firstHypothesis } from "../../src/image/hypotheses.ts";
import type { Model } from "../../src/model/model.ts";
import { assertError, assertRejection } from "../assert_error.ts";
import { difference, drawGrey, pageOf, twoOf } from "./ink/drawing.ts";

using net = await LeNet.load();

const DIGITS = net.model;

/** A network of digits that takes another shape, or that takes pictures whole. */
function modelOf(
  input: readonly [number, number, number],
  preparation: "digit" | "picture" = "digit",
): Model {
  return {
    ...DIGITS,
    architecture: { ...DIGITS.architecture, input },
    metadata: {
      ...DIGITS.metadata,
      preparation,
      normalization: {
        mean: Array.from({ length: input[0] }, () => 0.5),
        std: Array.from({ length: input[0] }, () => 0.25),
      },
    },
  };
}

/** A two in the form of MNIST. */
const MNIST_TWO = firstHypothesis(pageOf(twoOf(100)))!.pixels;

Deno.test("prepareInput takes a picture like MNIST's as it is", async () => {
  const bytes = Uint8Array.from(MNIST_TWO, (ink) => Math.round(255 * ink));
  for (const form of [MNIST_TWO.slice(), bytes, { data: bytes, width: 28, height: 28 }]) {
    const { input, page, steps } = await prepareInput(DIGITS, form);
    assertEquals([page, steps], [undefined, undefined]);
    assertLess(difference(input!, MNIST_TWO), 0.002);
    assertEquals(input!.buffer === (form as Float32Array).buffer, false);
  }
});

Deno.test("prepareInput explains what it takes as it is with two steps", async () => {
  const { input, steps = [] } = await prepareInput(DIGITS, MNIST_TWO.slice(), undefined, true);
  assertEquals(steps.map(({ name }) => name), ["brightness", "input"]);
  assertEquals(steps[1].values, input);
  assertEquals(steps[1].values.buffer === input!.buffer, false);
});

Deno.test("prepareInput makes a page of any other picture", async () => {
  const { data, width, height } = drawGrey();
  for (const explain of [false, true]) {
    const { input, page } = await prepareInput(DIGITS, { data, width, height }, undefined, explain);
    assertEquals(input, undefined);
    assertEquals(page?.whole, { x: 0, y: 0, width, height });
  }
});

Deno.test("prepareInput resizes a whole picture for networks that take one", async () => {
  const model = modelOf([1, 40, 30], "picture");
  const { data, width, height } = drawGrey();
  const { input, page, steps } = await prepareInput(model, { data, width, height });
  assertEquals([input?.length, page, steps], [1200, undefined, undefined]);
  const explained = await prepareInput(model, { data, width, height }, undefined, true);
  assertEquals([explained.input, explained.steps], [input, []]);
  const colour = modelOf([3, 8, 8], "picture");
  await assertRejection(() => prepareInput(colour, { data, width, height }), "image/invalid");
});

Deno.test("prepareInput rejects what is no picture, and what is above a limit", async () => {
  await assertRejection(
    () => prepareInput(DIGITS, {} as DigitImage),
    "image/unsupported",
  );
  const { data, width, height } = drawGrey();
  await assertRejection(
    () => prepareInput(DIGITS, { data, width, height }, { maxPixels: 9999 }),
    "image/too-large",
  );
});

Deno.test("networkInputs normalizes inputs one after another, in fresh memory", () => {
  const model = modelOf([1, 28, 28]);
  const [a, b] = [new Float32Array(784).fill(1), new Float32Array(784).fill(0.5)];
  const inputs = networkInputs(model, [a, b]);
  assertEquals(inputs.length, 1568);
  assertEquals(new Set(inputs.subarray(0, 784)), new Set([2]));
  assertEquals(new Set(inputs.subarray(784)), new Set([0]));
  assertEquals([a[0], b[0]], [1, 0.5]);
  assertEquals(networkInputs(model, []).length, 0);
});

Deno.test("networkInputs pads digits to a larger input, and takes whole pictures as they are", () => {
  const model = modelOf([1, 32, 32]);
  const inputs = networkInputs(model, [new Float32Array(784).fill(1)]);
  inputs.forEach((value, i) => {
    const [x, y] = [i % 32, Math.floor(i / 32)];
    const isInside = x >= 2 && x < 30 && y >= 2 && y < 30;
    assertEquals(value, isInside ? 2 : -2);
  });
  const whole = networkInputs(model, [new Float32Array(1024).fill(0.5)]);
  assertEquals(new Set(whole), new Set([0]));
});

Deno.test("checkInput accepts inputs of one channel from 28×28 on", () => {
  for (const input of [[1, 28, 28], [1, 32, 32], [1, 28, 60]] as const) checkInput(modelOf(input));
  for (const input of [[1, 27, 28], [1, 28, 27], [3, 32, 32], [2, 28, 28]] as const) {
    assertError(() => checkInput(modelOf(input)), "weights/mismatch", `[${input}]`);
  }
});

Deno.test("checkInput and checkChannels accept pictures of one or three channels, of any size", () => {
  for (const input of [[1, 5, 5], [3, 32, 32]] as const) {
    checkInput(modelOf(input, "picture"));
    checkChannels(modelOf(input));
  }
  for (const input of [[2, 32, 32], [4, 32, 32]] as const) {
    assertError(() => checkInput(modelOf(input, "picture")), "weights/mismatch", "1 or 3");
    assertError(() => checkChannels(modelOf(input)), "weights/mismatch", "1 or 3");
  }
});
