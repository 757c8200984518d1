import fc from "fast-check";
import { LeNetError } from "../../src/errors.ts";
import {
  type Architecture,
  type ImageShape,
  inferShapes,
  type Layer,
} from "../../src/model/architecture.ts";

const activation = fc.constantFrom("relu", "sigmoid", "tanh", "scaled-tanh").map((name): Layer => ({
  kind: "activation",
  activation: name as "relu",
}));

const pool = fc.constantFrom("max", "average").map((mode): Layer => ({
  kind: "pool",
  mode: mode as "max",
}));

/** What may come between a convolution and its activation, or after it. */
function norm(name: string): fc.Arbitrary<Layer[]> {
  return fc.constantFrom<Layer[]>(
    [],
    [],
    [{ kind: "batch-norm", name }],
    [{ kind: "subsample", name }],
    [{ kind: "dropout", rate: 0.5 }],
  );
}

/** A convolution, and perhaps an activation and a pooling after it. */
function block(index: number): fc.Arbitrary<Layer[]> {
  const conv = fc.record({
    filters: fc.integer({ min: 1, max: 9 }),
    kernel: fc.integer({ min: 1, max: 5 }),
    padding: fc.integer({ min: 0, max: 3 }),
  }).map((options): Layer => ({ kind: "conv", name: `conv${index}`, ...options }));
  return fc.tuple(
    conv,
    norm(`norm${index}a`),
    fc.array(activation, { maxLength: 1 }),
    fc.array(pool, { maxLength: 1 }),
    norm(`norm${index}b`),
  ).map(([conv, ...rest]) => [conv, ...rest.flat()]);
}

/** Networks of all kinds that fit together: odd sizes, any number of layers, with or without activations. */
export const architectures: fc.Arbitrary<Architecture> = fc.record({
  input: fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 4, max: 15 }),
    fc.integer({ min: 4, max: 15 }),
  ),
  blocks: fc.integer({ min: 0, max: 2 }).chain((count) =>
    fc.tuple(...Array.from({ length: count }, (_, index) => block(index + 1)))
  ),
  hidden: fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), activation), { maxLength: 2 }),
  classes: fc.integer({ min: 2, max: 11 }),
  output: fc.constantFrom("dense", "rbf", "slid"),
}).map(({ input, blocks, hidden, classes, output }): Architecture => {
  const layers: Layer[] = [
    ...blocks.flat(),
    { kind: "flatten" },
    ...hidden.flatMap(([units, activation], index): Layer[] => [
      { kind: "dense", name: `fc${index + 1}`, units },
      activation,
    ]),
  ];
  const codes = Array.from({ length: classes }, (_, index) => index % 2 === 0 ? "#..#" : "##.#");
  switch (output) {
    case "dense":
      layers.push({ kind: "dense", name: "last", units: classes });
      break;
    case "rbf":
      layers.push({ kind: "dense", name: "last", units: 4 }, { kind: "rbf", codes });
      break;
    case "slid":
      return slid(input, blocks.flat(), codes);
  }
  return { name: "random", input, layers, classes };
}).filter((architecture) => {
  try {
    inferShapes(architecture);
    return true;
  } catch (error) {
    if (error instanceof LeNetError) return false;
    throw error;
  }
});

/** A network that gives a map of answers, as one that slides over a larger image does. */
function slid(input: ImageShape, blocks: readonly Layer[], codes: readonly string[]): Architecture {
  const layers: Layer[] = [
    ...blocks,
    { kind: "conv", name: "last", filters: 4, kernel: 1, padding: 0 },
    { kind: "rbf", codes },
    { kind: "flatten" },
  ];
  const probe: Layer = { kind: "dense", name: "probe", units: 1 };
  try {
    const stages = inferShapes({ name: "random", input, layers: [...layers, probe], classes: 1 });
    return { name: "random", input, layers, classes: stages[layers.length - 1].output[0] };
  } catch {
    // It is sorted out below.
    return { name: "random", input, layers, classes: 0 };
  }
}
