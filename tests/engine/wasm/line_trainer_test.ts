import { assertAlmostEquals, assertEquals, assertLess, assertRejects } from "@std/assert";
import { ctcLoss, type LineLogits } from "../../../src/engine/ctc.ts";
import { trainingPass } from "../../../src/engine/reference_backward.ts";
import { NO_LABEL } from "../../../src/engine/trainer.ts";
import { wasmTrainer } from "../../../src/engine/wasm/trainer.ts";
import { LeNetError } from "../../../src/errors.ts";
import { type Architecture, sizeOf } from "../../../src/model/architecture.ts";
import { drawInputs, drawParameters } from "./draw.ts";
import { wasmGradients } from "./gradients.ts";

/** The steps of a line, and its classes with the blank. */
const STEPS = 9;
const CLASSES = 4;

/** A network slid along a line. It has no corners, so that differences tell its gradient. */
const SLID: Architecture = {
  name: "slid",
  input: [1, 8, 24],
  layers: [
    { kind: "conv", name: "conv1", filters: 3, kernel: 3, padding: 0 },
    { kind: "activation", activation: "tanh" },
    { kind: "pool", mode: "average" },
    { kind: "conv", name: "conv2", filters: CLASSES, kernel: 3, padding: 0 },
    { kind: "flatten" },
  ],
  classes: CLASSES * STEPS,
};

/** No digit, some, a repeated one, and as many as there are steps. */
const TEXTS = [[], [2, 0], [1, 1, 1], [0, 1, 2, 0, 1, 2, 0, 1, 2]];

function labelsOf(texts: readonly (readonly number[])[], steps = STEPS): Uint8Array {
  const labels = new Uint8Array(steps * texts.length).fill(NO_LABEL);
  texts.forEach((text, n) => labels.set(text, steps * n));
  return labels;
}

type Values = ReadonlyMap<string, ArrayLike<number>>;

/** The logits of each line by the readable pass in double precision. */
function linesOf(parameters: Values, inputs: Float32Array): LineLogits[] {
  const count = inputs.length / sizeOf(SLID.input);
  const labels = new Uint8Array(count);
  const logits = trainingPass(SLID, parameters, { inputs, labels }).outputs.at(-1)!;
  const size = logits.length / count;
  return Array.from({ length: count }, (_, n) => ({
    values: logits.subarray(n * size, (n + 1) * size),
    classes: CLASSES,
    steps: STEPS,
  }));
}

function meanLoss(
  parameters: Values,
  inputs: Float32Array,
  texts: readonly (readonly number[])[],
): number {
  const lines = linesOf(parameters, inputs);
  const unused = new Float64Array(CLASSES * STEPS);
  return lines.reduce((sum, line, n) => sum + ctcLoss(line, texts[n], unused, 1), 0) / lines.length;
}

Deno.test("wasmTrainer has the loss and the gradient of texts on lines, as differences of the reference have it", async () => {
  const drawn = drawParameters(SLID, 2);
  const inputs = drawInputs(SLID, TEXTS.length, 5);
  const own = await wasmGradients(SLID, drawn, {
    inputs,
    labels: labelsOf(TEXTS),
    lineSteps: STEPS,
  });
  const parameters = new Map(
    [...drawn].map(([name, { data }]) => [name, Float64Array.from(data)]),
  );
  assertAlmostEquals(own.loss, meanLoss(parameters, inputs, TEXTS), 1e-5);
  const step = 1e-5;
  let largest = 0;
  for (const [name, values] of parameters) {
    const gradient = own.gradients.get(name)!.data;
    for (const [i, value] of values.entries()) {
      values[i] = value + step;
      const above = meanLoss(parameters, inputs, TEXTS);
      values[i] = value - step;
      const below = meanLoss(parameters, inputs, TEXTS);
      values[i] = value;
      const expected = (above - below) / (2 * step);
      largest = Math.max(largest, Math.abs(expected));
      assertAlmostEquals(gradient[i], expected, 1e-5, `${name} ${i}`);
    }
  }
  assertLess(0.1, largest);
});

/** Lines that go through the network together. */
const TILE = 16;

/** The gradients of lines one by one, added up, over their number. */
async function meanOfEach(
  inputs: Float32Array,
  texts: readonly (readonly number[])[],
): Promise<{ loss: number; gradients: Map<string, Float64Array> }> {
  const gradients = new Map<string, Float64Array>();
  const size = sizeOf(SLID.input);
  let loss = 0;
  for (const [n, text] of texts.entries()) {
    const own = await wasmGradients(SLID, drawParameters(SLID, 2), {
      inputs: inputs.subarray(n * size, (n + 1) * size),
      labels: labelsOf([text]),
      lineSteps: STEPS,
    });
    loss += own.loss / texts.length;
    for (const [name, { data }] of own.gradients) {
      const sum = gradients.get(name) ?? new Float64Array(data.length);
      gradients.set(name, sum.map((value, i) => value + data[i] / texts.length));
    }
  }
  return { loss, gradients };
}

Deno.test("wasmTrainer takes the text of each line, in batches of any number of lines", async () => {
  for (const count of [1, TILE, TILE + 1, 2 * TILE, 2 * TILE + 1]) {
    const inputs = drawInputs(SLID, count, 5);
    const texts = Array.from({ length: count }, (_, n) => TEXTS[n * n % TEXTS.length].slice(n % 3));
    const expected = await meanOfEach(inputs, texts);
    const { loss, gradients } = await wasmGradients(SLID, drawParameters(SLID, 2), {
      inputs,
      labels: labelsOf(texts),
      lineSteps: STEPS,
    });
    assertAlmostEquals(loss, expected.loss, 1e-5);
    for (const [name, values] of expected.gradients) {
      values.forEach((value, i) =>
        assertAlmostEquals(gradients.get(name)!.data[i], value, 1e-5, `${name} ${i}`)
      );
    }
  }
});

Deno.test("wasmTrainer leaves out of the gradient what is no text of so few steps", async () => {
  // The last line comes where the first one was.
  const inputs = drawInputs(SLID, TILE + 1, 5);
  const texts = Array.from({ length: TILE }, () => [2, 0]);
  const expected = await meanOfEach(inputs, texts);
  // Five equal digits need nine steps, six eleven.
  for (const [last, fits] of [[[1, 1, 1, 1, 1], true], [[1, 1, 1, 1, 1, 1], false]] as const) {
    const { loss, gradients } = await wasmGradients(SLID, drawParameters(SLID, 2), {
      inputs,
      labels: labelsOf([...texts, last]),
      lineSteps: STEPS,
    });
    assertEquals(loss === Infinity, !fits);
    let apart = 0;
    for (const [name, values] of expected.gradients) {
      values.forEach((value, i) => {
        const own = gradients.get(name)!.data[i];
        apart = Math.max(apart, Math.abs(own - value * TILE / (TILE + 1)));
      });
    }
    assertEquals(apart > 1e-2, fits, `${apart}`);
    if (!fits) assertLess(apart, 1e-5);
  }
});

Deno.test("wasmTrainer counts the lines whose likeliest text is right, whole and no more", async () => {
  // Logits are the inputs themselves: one step after another, three of them, with two digits and the blank.
  const architecture: Architecture = {
    name: "as it is",
    input: [3, 1, 3],
    layers: [{ kind: "flatten" }, { kind: "dense", name: "same", units: 9 }],
    classes: 9,
  };
  const weight = Float32Array.from({ length: 81 }, (_, i) => i % 10 === 0 ? 1 : 0);
  const parameters = new Map([
    ["same.weight", { shape: [9, 9], data: weight }],
    ["same.bias", { shape: [9], data: new Float32Array(9) }],
  ]);
  const line = (...way: readonly number[]): number[] =>
    [0, 1, 2].flatMap((k) => way.map((own) => own === k ? 9 : 0));
  const cases: [way: number[], text: number[], isRight: boolean][] = [
    [[0, 2, 1], [0, 1], true],
    [[0, 0, 1], [0, 1], true],
    [[0, 2, 0], [0, 0], true],
    [[2, 2, 2], [], true],
    [[0, 1, 0], [0, 1, 0], true],
    [[0, 2, 1], [0], false],
    [[0, 2, 2], [0, 1], false],
    [[0, 2, 1], [1, 0], false],
    [[2, 2, 2], [1], false],
  ];
  for (const [way, text, isRight] of cases) {
    const { correct } = await wasmGradients(architecture, parameters, {
      inputs: Float32Array.from(line(...way)),
      labels: labelsOf([text], 3),
      lineSteps: 3,
    });
    assertEquals([way, text, correct], [way, text, isRight ? 1 : 0]);
  }
  const all = await wasmGradients(architecture, parameters, {
    inputs: Float32Array.from(cases.flatMap(([way]) => line(...way))),
    labels: labelsOf(cases.map(([, text]) => text), 3),
    lineSteps: 3,
  });
  assertEquals(all.correct, 5);
});

Deno.test("wasmTrainer learns the texts of lines", async () => {
  using trainer = await wasmTrainer(
    SLID,
    { parameters: drawParameters(SLID, 2), slots: new Map(), steps: 0 },
    { optimizer: { name: "adam" }, lineSteps: STEPS },
  );
  const inputs = drawInputs(SLID, TEXTS.length, 5);
  const first = await trainer.step(inputs, labelsOf(TEXTS), 0.02);
  for (let step = 0; step < 200; step++) await trainer.step(inputs, labelsOf(TEXTS), 0.02);
  const { loss, correct } = await trainer.step(inputs, labelsOf(TEXTS), 0.02);
  assertEquals([first.correct < 4, correct], [true, 4]);
  assertLess(loss, first.loss / 10);
});

Deno.test("wasmTrainer refuses labels that are not one for each step of a line", async () => {
  using trainer = await wasmTrainer(
    SLID,
    { parameters: drawParameters(SLID, 2), slots: new Map(), steps: 0 },
    { lineSteps: STEPS },
  );
  const inputs = drawInputs(SLID, 2, 5);
  await trainer.step(inputs, new Uint8Array(2 * STEPS).fill(NO_LABEL), 0);
  for (const length of [2, 2 * STEPS - 1, 2 * STEPS + 1, 3 * STEPS]) {
    const labels = new Uint8Array(length).fill(NO_LABEL);
    const { code } = await assertRejects(() => trainer.step(inputs, labels, 0), LeNetError);
    assertEquals(code, "image/invalid");
  }
});
