import type { Architecture } from "./architecture.ts";
import { LeNetError } from "./error.ts";
import { type Parameter, type Parameters, parameterShapes } from "./parameters.ts";
import { Random } from "./random.ts";
import { sizeOf } from "./shapes.ts";

/** How first weights are drawn. */
export type Initialization = "xavier-uniform" | "xavier-normal" | "he-uniform" | "he-normal";

/** The ways to draw first weights. */
export const INITIALIZATIONS: readonly Initialization[] = [
  "xavier-uniform",
  "xavier-normal",
  "he-uniform",
  "he-normal",
];

/**
 * Draws the first weights of a network. Biases begin at zero.
 *
 * With n_in inputs and n_out outputs of a unit, the deviation of a weight is √(2 / (n_in + n_out)) for Xavier
 * (Glorot and Bengio, 2010) and √(2 / n_in) for He (He et al., 2015); the uniform forms draw from ±√3 deviations.
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
  for (const [name, shape] of parameterShapes(architecture)) {
    const data = new Float32Array(sizeOf(shape));
    if (name.endsWith(".weight")) {
      const receptiveField = sizeOf(shape.slice(2));
      const inputs = shape[1] * receptiveField;
      const outputs = shape[0] * receptiveField;
      const variance = method.startsWith("xavier") ? 2 / (inputs + outputs) : 2 / inputs;
      const deviation = Math.sqrt(variance);
      const bound = Math.sqrt(3) * deviation;
      for (let i = 0; i < data.length; i++) {
        data[i] = method.endsWith("uniform")
          ? random.uniform(-bound, bound)
          : deviation * random.normal();
      }
    }
    parameters.set(name, { shape, data });
  }
  return parameters;
}
