import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { forward } from "../../src/engine/reference.ts";
import { type ReferenceBatch, trainingPass } from "../../src/engine/reference_backward.ts";
import { type Architecture, type Layer, sizeOf } from "../../src/model/architecture.ts";
import { connectionMasks, isTrainable } from "../../src/model/parameters.ts";
import { Random } from "../../src/model/random.ts";
import { GOLDEN_NAMES, loadGolden } from "../golden/golden.ts";
import { drawInputs, drawParameters } from "./wasm/draw.ts";

const CODES = ["#..#.#", ".##..#", "####.."];

const CLASSES = CODES.length;

const TO_CLASSES: readonly Layer[] = [
  { kind: "flatten" },
  { kind: "dense", name: "last", units: CLASSES },
];

/** What stands between a convolution and the output, for each kind of layer. */
const MIDDLES: Readonly<Record<string, readonly Layer[]>> = {
  "a convolution with an even kernel": [
    { kind: "conv", name: "middle", filters: 4, kernel: 2, padding: 0 },
  ],
  "a convolution with more padding than its kernel reaches": [
    { kind: "conv", name: "middle", filters: 2, kernel: 2, padding: 3 },
  ],
  "a partly connected convolution": [
    {
      kind: "conv",
      name: "middle",
      filters: 3,
      kernel: 3,
      padding: 1,
      connections: [[0], [1, 2], [0, 2]],
    },
  ],
  "max pooling": [{ kind: "pool", mode: "max" }],
  "average pooling": [{ kind: "pool", mode: "average" }],
  "trainable subsampling": [{ kind: "subsample", name: "middle" }],
  "batch normalization of images": [{ kind: "batch-norm", name: "middle" }],
  "batch normalization of rows": [{ kind: "flatten" }, { kind: "batch-norm", name: "middle" }],
  "dropout": [{ kind: "dropout", rate: 0.4 }],
  "ReLU": [{ kind: "activation", activation: "relu" }],
  "sigmoid": [{ kind: "activation", activation: "sigmoid" }],
  "tanh": [{ kind: "activation", activation: "tanh" }],
  "scaled tanh": [{ kind: "activation", activation: "scaled-tanh" }],
  "a hidden dense layer": [
    { kind: "flatten" },
    { kind: "dense", name: "middle", units: 5 },
    { kind: "activation", activation: "tanh" },
  ],
};

function networkWith(middle: readonly Layer[], end: readonly Layer[] = TO_CLASSES): Architecture {
  const first: Layer = { kind: "conv", name: "first", filters: 3, kernel: 3, padding: 1 };
  const layers = [first, ...middle, ...end];
  const isFlat = middle.some(({ kind }) => kind === "flatten");
  return {
    name: "small",
    input: [2, 5, 6],
    layers: isFlat ? layers.filter((layer) => layer !== TO_CLASSES[0]) : layers,
    classes: CLASSES,
  };
}

const WITH_DISTANCES: readonly Layer[] = [
  { kind: "flatten" },
  { kind: "dense", name: "last", units: CODES[0].length },
  { kind: "rbf", codes: CODES },
];

const SLID: readonly Layer[] = [
  { kind: "conv", name: "all", filters: CODES[0].length, kernel: 4, padding: 0 },
  { kind: "rbf", codes: CODES },
  { kind: "conv", name: "last", filters: CLASSES, kernel: 1, padding: 0 },
  { kind: "pool", mode: "average" },
  { kind: "flatten" },
];

const LABELS = Uint8Array.of(2, 0, 1, 1);

/** As large as a difference may be without its own error: h⁴ and the rounding of the loss over h are both below 1e-11. */
const STEP = 1e-4;

/**
 * Compares each gradient with a central difference of the fourth order. Where the loss has a kink between the points, the
 * differences of two widths disagree, and the value is left out.
 */
function assertDerivatives(architecture: Architecture, batch: ReferenceBatch): void {
  const parameters = new Map(
    [...drawParameters(architecture, 3)].map(([name, { data }]) => [name, Float64Array.from(data)]),
  );
  const masks = connectionMasks(architecture);
  const { gradients } = trainingPass(architecture, parameters, batch);
  assertEquals([...gradients.keys()].sort(), [...parameters.keys()].filter(isTrainable).sort());
  let [compared, kinks] = [0, 0];
  for (const [name, gradient] of gradients) {
    const values = parameters.get(name)!;
    for (let i = 0; i < values.length; i++) {
      if (masks.get(name)?.[i] === 0) {
        assertEquals(gradient[i], 0);
        continue;
      }
      const value = values[i];
      const central = (width: number): number => {
        values[i] = value + width;
        const above = trainingPass(architecture, parameters, batch).loss;
        values[i] = value - width;
        const below = trainingPass(architecture, parameters, batch).loss;
        values[i] = value;
        return (above - below) / (2 * width);
      };
      const [near, far] = [central(STEP), central(2 * STEP)];
      compared++;
      if (Math.abs(near - far) > 1e-5 * Math.max(Math.abs(near), 0.1)) {
        kinks++;
        continue;
      }
      const expected = (4 * near - far) / 3;
      // Below 1e-5, the rounding of the loss is a larger share of the difference.
      const tolerance = 1e-6 * Math.max(Math.abs(expected), 1e-5);
      assertAlmostEquals(gradient[i], expected, tolerance, `${name} ${i}`);
    }
  }
  assertLess(kinks, 0.05 * compared);
}

for (const [what, middle] of Object.entries(MIDDLES)) {
  Deno.test(`trainingPass gives the derivatives of ${what}`, () => {
    const architecture = networkWith(middle);
    const inputs = drawInputs(architecture, LABELS.length, 1);
    assertDerivatives(architecture, { inputs, labels: LABELS, seed: 5 });
  });
}

for (const [what, end] of [["rows", WITH_DISTANCES], ["maps", SLID]] as const) {
  Deno.test(`trainingPass gives the derivatives of the distances of ${what}`, () => {
    const architecture = networkWith([{ kind: "activation", activation: "tanh" }], end);
    const inputs = drawInputs(architecture, LABELS.length, 1);
    assertDerivatives(architecture, { inputs, labels: LABELS });
  });
}

for (const [what, end] of [["scores", TO_CLASSES], ["distances", WITH_DISTANCES]] as const) {
  Deno.test(`trainingPass gives the derivatives of a loss that is distilled in part from ${what}`, () => {
    const architecture = networkWith([{ kind: "activation", activation: "tanh" }], end);
    const inputs = drawInputs(architecture, LABELS.length + 2, 1);
    const random = new Random(9);
    const targets = Float32Array.from({ length: 2 * CLASSES }, () => random.uniform(-8, 8));
    assertDerivatives(architecture, { inputs, labels: LABELS, targets });
  });
}

for (const name of GOLDEN_NAMES) {
  Deno.test(`trainingPass gives the loss and all gradients of PyTorch for ${name}`, () => {
    const { architecture, parameters, inputs, labels, loss, gradients } = loadGolden(name);
    const values = new Map([...parameters].map(([name, { data }]) => [name, data]));
    const found = trainingPass(architecture, values, { inputs, labels });
    assertAlmostEquals(found.loss, loss, 1e-12 * Math.max(1, loss));
    for (const [name, expected] of gradients) {
      // The files hold single precision. A bias before batch normalization has a gradient of rounding alone.
      found.gradients.get(name)!.forEach((value, i) =>
        assertAlmostEquals(value, expected[i], 1e-7 * Math.abs(expected[i]) + 1e-14, `${name} ${i}`)
      );
    }
  });
}

Deno.test("trainingPass gives the outputs of the reference where training changes none", () => {
  const architecture = networkWith([
    { kind: "activation", activation: "tanh" },
    { kind: "subsample", name: "middle" },
    { kind: "pool", mode: "max" },
  ]);
  const parameters = drawParameters(architecture, 3);
  const values = new Map([...parameters].map(([name, { data }]) => [name, data]));
  const inputs = drawInputs(architecture, 2, 1);
  const size = sizeOf(architecture.input);
  const { outputs } = trainingPass(architecture, values, { inputs, labels: Uint8Array.of(0, 1) });
  const expected = forward(architecture, parameters, inputs.subarray(size));
  for (const [layer, values] of expected.entries()) {
    const found = outputs[layer].subarray(values.length);
    found.forEach((value, i) => assertAlmostEquals(value, values[i], 1e-6));
  }
});
