import { LeNetError, shown } from "../errors.ts";
import {
  type Architecture,
  excessOf,
  inferShapes,
  sizeOf,
  stageParameters,
} from "./architecture.ts";
import type { LayerParameter } from "./layers.ts";
import type { Parameter, Parameters } from "./parameters.ts";
import { Random } from "./random.ts";

/** A method of weight initialization. */
export type Initialization =
  | "xavier-uniform"
  | "xavier-normal"
  | "he-uniform"
  | "he-normal"
  | "lecun-1998"
  | "pytorch";

/** The methods of weight initialization. */
export const INITIALIZATIONS: readonly Initialization[] = [
  "xavier-uniform",
  "xavier-normal",
  "he-uniform",
  "he-normal",
  "lecun-1998",
  "pytorch",
];

/**
 * Initializes the parameters of a network. Biases start at zero, except with `pytorch`; subsampling starts as the mean
 * of a block, batch normalization with weights and variances of 1.
 *
 * With fan-in n_in and fan-out n_out, the standard deviation of a weight is √(2 / (n_in + n_out)) for Xavier (Glorot and
 * Bengio, 2010) and √(2 / n_in) for He (He et al., 2015); the uniform forms draw from ±√3 standard deviations.
 * `lecun-1998` draws uniformly from ±2.4 / n_in (LeCun et al., 1998, section III.B). `pytorch` draws weights and biases
 * uniformly from ±1 / √n_in, as PyTorch's `nn.Conv2d` and `nn.Linear` do. The fan-in of a partly connected filter counts
 * its own connections.
 *
 * @param architecture The network.
 * @param options `method`, default `he-uniform`; `seed`, default 0: the same seed gives the same weights.
 * @returns All parameters of the network.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit or are too large, `option/invalid` for an unknown
 * method.
 */
export function initialize(
  architecture: Architecture,
  options: { method?: Initialization; seed?: number } = {},
): Parameters {
  const { method = "he-uniform", seed = 0 } = options;
  if (!INITIALIZATIONS.includes(method)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot initialize ${architecture.name}: the method is ${shown(method)}, expected one of ${
        INITIALIZATIONS.join(", ")
      }`,
    );
  }
  const stages = inferShapes(architecture);
  // What is larger could be trained at best, and not be loaded again.
  const excess = excessOf(architecture, stages);
  if (excess !== undefined) {
    throw new LeNetError("architecture/invalid", `Cannot initialize the network: ${excess}`);
  }
  const random = new Random(seed);
  const parameters = new Map<string, Parameter>();
  for (const stage of stages) {
    const ofStage = stageParameters(stage);
    const weight = ofStage.find(([, { part }]) => part === "weight")?.[1];
    for (const [name, { part, shape, initial }] of ofStage) {
      const data = new Float32Array(sizeOf(shape));
      if (initial !== "random") data.fill(initial);
      else if (part === "weight") drawWeights(data, weight as LayerParameter, method, random);
      else if (method === "pytorch") drawBiases(data, weight as LayerParameter, random);
      parameters.set(name, { shape, data });
    }
  }
  return parameters;
}

function drawWeights(
  data: Float32Array,
  weight: LayerParameter,
  method: Initialization,
  random: Random,
): void {
  const [filters, channels] = weight.shape;
  const area = sizeOf(weight.shape.slice(2));
  for (let filter = 0; filter < filters; filter++) {
    const draw = drawFrom(method, fanIn(weight, filter), filters * area, random);
    const connected = weight.connections?.[filter] ?? Array(channels).keys();
    for (const channel of connected) {
      const start = (filter * channels + channel) * area;
      for (let i = start; i < start + area; i++) data[i] = draw();
    }
  }
}

/** Draws biases as PyTorch does: from the range of the weights of their filter or unit. */
function drawBiases(data: Float32Array, weight: LayerParameter, random: Random): void {
  for (let i = 0; i < data.length; i++) {
    data[i] = drawFrom("pytorch", fanIn(weight, i), 0, random)();
  }
}

/** The number of weights of one filter or unit that are connections. */
function fanIn({ shape, connections }: LayerParameter, filter: number): number {
  return (connections?.[filter].length ?? shape[1]) * sizeOf(shape.slice(2));
}

/** Returns a function that draws one weight after another. */
function drawFrom(
  method: Initialization,
  fanIn: number,
  fanOut: number,
  random: Random,
): () => number {
  if (method === "lecun-1998") return () => random.uniform(-2.4 / fanIn, 2.4 / fanIn);
  if (method === "pytorch") {
    const bound = 1 / Math.sqrt(fanIn);
    return () => random.uniform(-bound, bound);
  }
  const variance = method.startsWith("xavier") ? 2 / (fanIn + fanOut) : 2 / fanIn;
  const std = Math.sqrt(variance);
  const bound = Math.sqrt(3) * std;
  return method.endsWith("uniform")
    ? () => random.uniform(-bound, bound)
    : () => std * random.normal();
}
