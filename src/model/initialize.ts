import { LeNetError } from "../errors.ts";
import { type Architecture, inferShapes, type Layer, sizeOf, type Stage } from "./architecture.ts";
import { type Parameter, type Parameters, stageParameterShapes } from "./parameters.ts";
import { Random } from "./random.ts";

/** How first weights are drawn. */
export type Initialization =
  | "xavier-uniform"
  | "xavier-normal"
  | "he-uniform"
  | "he-normal"
  | "lecun-1998"
  | "pytorch";

/** The ways to draw first weights. */
export const INITIALIZATIONS: readonly Initialization[] = [
  "xavier-uniform",
  "xavier-normal",
  "he-uniform",
  "he-normal",
  "lecun-1998",
  "pytorch",
];

/** The coefficient of subsampling begins as that of a mean of four. */
const MEAN_OF_FOUR = 0.25;

/**
 * Draws the first weights of a network. Biases begin at zero (but see `pytorch`), subsampling as a mean of four, batch normalization with
 * weights and variances of 1.
 *
 * With n_in inputs and n_out outputs of a unit, the deviation of a weight is √(2 / (n_in + n_out)) for Xavier
 * (Glorot and Bengio, 2010) and √(2 / n_in) for He (He et al., 2015); the uniform forms draw from ±√3 deviations.
 * `lecun-1998` draws uniformly from ±2.4 / n_in (LeCun et al., 1998, section III.B). `pytorch` draws weights and biases
 * uniformly from ±1 / √n_in, as its `nn.Conv2d` and `nn.Linear` do.
 *
 * @param architecture The network.
 * @param options How to draw (default `he-uniform`), and the seed (default 0): the same seed gives the same weights.
 * @returns All parameters of the network.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit, `option/invalid` for an unknown method.
 */
export function initialize(
  architecture: Architecture,
  options: { method?: Initialization; seed?: number } = {},
): Parameters {
  const { method = "he-uniform", seed = 0 } = options;
  if (!INITIALIZATIONS.includes(method)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot initialize ${architecture.name}: the method is ${method}, expected one of ${
        INITIALIZATIONS.join(", ")
      }`,
    );
  }
  const random = new Random(seed);
  const parameters = new Map<string, Parameter>();
  for (const stage of inferShapes(architecture)) {
    for (const [name, shape] of stageParameterShapes(stage)) {
      const data = new Float32Array(sizeOf(shape));
      if (name.endsWith(".weight")) fillWeights(data, shape, stage.layer, method, random);
      if (name.endsWith(".bias") && method === "pytorch") fillBiases(data, stage, random);
      if (name.endsWith(".running_var")) data.fill(1);
      parameters.set(name, { shape, data });
    }
  }
  return parameters;
}

function fillWeights(
  data: Float32Array,
  shape: readonly number[],
  layer: Layer,
  method: Initialization,
  random: Random,
): void {
  if (layer.kind === "batch-norm") data.fill(1);
  else if (layer.kind === "subsample") data.fill(MEAN_OF_FOUR);
  else {
    const [filters, channels] = shape;
    const receptiveField = sizeOf(shape.slice(2));
    const connections = layer.kind === "conv" ? layer.connections : undefined;
    const all = Array.from({ length: channels }, (_, channel) => channel);
    for (let filter = 0; filter < filters; filter++) {
      const seen = connections?.[filter] ?? all;
      const draw = drawFrom(method, seen.length * receptiveField, filters * receptiveField, random);
      for (const channel of seen) {
        const start = (filter * channels + channel) * receptiveField;
        for (let i = start; i < start + receptiveField; i++) data[i] = draw();
      }
    }
  }
}

/** Biases as PyTorch draws them: from the same numbers as the weights of their filter or unit. */
function fillBiases(data: Float32Array, { layer, input }: Stage, random: Random): void {
  if (layer.kind !== "conv" && layer.kind !== "dense") return;
  const receptiveField = layer.kind === "conv" ? layer.kernel ** 2 : 1;
  const connections = layer.kind === "conv" ? layer.connections : undefined;
  for (let i = 0; i < data.length; i++) {
    const inputs = (connections?.[i].length ?? input[0]) * receptiveField;
    data[i] = drawFrom("pytorch", inputs, 0, random)();
  }
}

/** What gives a unit's weights one by one. */
function drawFrom(
  method: Initialization,
  inputs: number,
  outputs: number,
  random: Random,
): () => number {
  if (method === "lecun-1998") return () => random.uniform(-2.4 / inputs, 2.4 / inputs);
  if (method === "pytorch") {
    const bound = 1 / Math.sqrt(inputs);
    return () => random.uniform(-bound, bound);
  }
  const variance = method.startsWith("xavier") ? 2 / (inputs + outputs) : 2 / inputs;
  const deviation = Math.sqrt(variance);
  const bound = Math.sqrt(3) * deviation;
  return method.endsWith("uniform")
    ? () => random.uniform(-bound, bound)
    : () => deviation * random.normal();
}
