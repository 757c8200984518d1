import fc from "fast-check";
import { LeNetError } from "../../../src/errors.ts";
import type { ActivationName, Architecture, Layer } from "../../../src/model/architecture.ts";
import { summarize } from "../../../src/model/summary.ts";

/** Larger networks take the reference too long. */
const MAX_MULTIPLY_ADDS = 400_000;

const pool = fc.constantFrom("max", "average").map(
  (mode): Layer => ({ kind: "pool", mode: mode as "max" }),
);

/** What is called by its place in the network, once all layers have one. */
const subsample = fc.constant<Layer>({ kind: "subsample", name: "" });

const batchNorm = fc.constant<Layer>({ kind: "batch-norm", name: "" });

const dropout = fc.constant<Layer>({ kind: "dropout", rate: 0.5 });

/** What may follow a convolution: activations, pooling and normalization in any order, or nothing. */
function tail(activation: fc.Arbitrary<Layer>): fc.Arbitrary<readonly Layer[]> {
  return fc.oneof(
    fc.constant([]),
    fc.tuple(batchNorm, activation, pool),
    fc.tuple(activation, batchNorm, pool),
    fc.tuple(activation, pool, batchNorm, activation),
    fc.tuple(activation, subsample, activation),
    fc.tuple(dropout, subsample),
    fc.tuple(activation),
    fc.tuple(pool),
    fc.tuple(activation, pool),
    fc.tuple(pool, activation),
    fc.tuple(activation, pool, activation),
    fc.tuple(pool, pool),
  );
}

function block(index: number, activation: fc.Arbitrary<Layer>): fc.Arbitrary<Layer[]> {
  const conv = fc.record({
    filters: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 64 })),
    kernel: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.constant(5)),
    padding: fc.integer({ min: 0, max: 3 }),
    seen: fc.option(
      fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 4 }),
      { freq: 2 },
    ),
  }).map(({ seen, ...options }): Layer => ({
    kind: "conv",
    name: `conv${index}`,
    ...options,
    ...seen && { connections: connectionsFrom(seen, options.filters) },
  }));
  return fc.tuple(conv, tail(activation)).map(([conv, tail]) => [conv, ...tail]);
}

/** Some of the channels for the even filters, all but the last of them for the odd ones. */
function connectionsFrom(seen: readonly number[], filters: number): (readonly number[])[] {
  const fewer = seen.length > 1 ? seen.slice(0, -1) : seen;
  return Array.from({ length: filters }, (_, filter) => filter % 2 === 0 ? seen : fewer);
}

/** Brings the connections of convolutions down to channels that there are. */
function connected(layers: readonly Layer[], inputs: number): Layer[] {
  let channels = inputs;
  return layers.map((layer) => {
    if (layer.kind !== "conv") return layer;
    const there = channels;
    channels = layer.filters;
    return layer.connections === undefined ? layer : {
      ...layer,
      connections: layer.connections.map((seen) =>
        [...new Set(seen.map((channel) => channel % there))].sort((a, b) => a - b)
      ),
    };
  });
}

/** A network has one of these sets of activations: without curves it may be computed in another way. */
const ACTIVATIONS: readonly ActivationName[][] = [["relu"], [
  "relu",
  "sigmoid",
  "tanh",
  "scaled-tanh",
]];

/** Networks of every kind the kernels know: any channels, kernels, padding and size, layers in any order. */
export const networks: fc.Arbitrary<Architecture> = fc.constantFrom(...ACTIVATIONS).chain((names) =>
  networksWith(
    fc.constantFrom(...names).map((activation): Layer => ({ kind: "activation", activation })),
  )
);

function networksWith(activation: fc.Arbitrary<Layer>): fc.Arbitrary<Architecture> {
  return fc.record({
    input: fc.tuple(
      fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 64 })),
      fc.integer({ min: 1, max: 21 }),
      fc.integer({ min: 1, max: 21 }),
    ),
    first: fc.oneof({ weight: 4, arbitrary: fc.constant<readonly Layer[]>([]) }, tail(activation)),
    blocks: fc.integer({ min: 0, max: 3 }).chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, index) => block(index + 1, activation)))
    ),
    hidden: fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.oneof(activation, batchNorm, dropout), { maxLength: 2 }),
      ),
      { maxLength: 3 },
    ),
    classes: fc.integer({ min: 1, max: 11 }),
    rbf: fc.boolean(),
  }).map(({ input, first, blocks, hidden, classes, rbf }): Architecture => ({
    name: "random",
    input,
    layers: named([
      ...first,
      ...connected(blocks.flat(), input[0]),
      { kind: "flatten" },
      ...hidden.flatMap(([units, activations], index): Layer[] => [
        { kind: "dense", name: `fc${index + 1}`, units },
        ...activations,
      ]),
      ...(rbf ? outputOf(classes) : [{ kind: "dense", name: "last", units: classes } as const]),
    ]),
    classes,
  })).filter((architecture) => {
    try {
      return summarize(architecture).multiplyAdds <= MAX_MULTIPLY_ADDS;
    } catch (error) {
      if (error instanceof LeNetError) return false;
      throw error;
    }
  });
}

/** Radial basis functions over a few units. */
function outputOf(classes: number): Layer[] {
  const codes = Array.from({ length: classes }, (_, index) => index % 2 === 0 ? "#.##." : "..#.#");
  return [{ kind: "dense", name: "last", units: 5 }, { kind: "rbf", codes }];
}

function named(layers: readonly Layer[]): Layer[] {
  return layers.map((layer, index) =>
    "name" in layer && layer.name === "" ? { ...layer, name: `layer${index}` } : layer
  );
}
