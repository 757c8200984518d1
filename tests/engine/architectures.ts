import fc from "fast-check";
import type { Architecture } from "../../src/model/architecture.ts";
import type { Layer } from "../../src/model/layer.ts";
import { LeNetError } from "../../src/model/error.ts";
import { inferShapes } from "../../src/model/shapes.ts";

const activation = fc.constantFrom("relu", "sigmoid", "tanh").map((name): Layer => ({
  kind: "activation",
  activation: name as "relu",
}));
const pool = fc.constantFrom("max", "average").map((mode): Layer => ({
  kind: "pool",
  mode: mode as "max",
}));

/** A convolution, and perhaps an activation and a pooling after it. */
function block(index: number): fc.Arbitrary<Layer[]> {
  const conv = fc.record({
    filters: fc.integer({ min: 1, max: 9 }),
    kernel: fc.integer({ min: 1, max: 5 }),
    padding: fc.integer({ min: 0, max: 3 }),
  }).map((options): Layer => ({ kind: "conv", name: `conv${index}`, ...options }));
  return fc.tuple(
    conv,
    fc.array(activation, { maxLength: 1 }),
    fc.array(pool, { maxLength: 1 }),
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
}).map(({ input, blocks, hidden, classes }): Architecture => ({
  name: "random",
  input,
  layers: [
    ...blocks.flat(),
    { kind: "flatten" },
    ...hidden.flatMap(([units, activation], index): Layer[] => [
      { kind: "dense", name: `fc${index + 1}`, units },
      activation,
    ]),
    { kind: "dense", name: "last", units: classes },
  ],
  classes,
})).filter((architecture) => {
  try {
    inferShapes(architecture);
    return true;
  } catch (error) {
    if (error instanceof LeNetError) return false;
    throw error;
  }
});
