import type { Architecture } from "../../src/model/architecture.ts";
import { type Parameters, parameterShapes } from "../../src/model/parameters.ts";
import { Random } from "../../src/model/random.ts";
import { sizeOf } from "../../src/model/shapes.ts";

/**
 * Weights under which values keep their size from layer to layer, and biases that are not zero. No function of the
 * runtime's own goes into them, so that they are the same bits everywhere.
 */
export function drawParameters(architecture: Architecture, seed = 0): Parameters {
  const random = new Random(seed);
  return new Map(
    [...parameterShapes(architecture)].map(([name, shape]) => {
      const bound = name.endsWith(".bias") ? 0.5 : Math.sqrt(3 / sizeOf(shape.slice(1)));
      const data = Float32Array.from(
        { length: sizeOf(shape) },
        () => random.uniform(-bound, bound),
      );
      return [name, { shape, data }];
    }),
  );
}

/** Inputs in [−1, 1). */
export function drawInputs(
  architecture: Architecture,
  count: number,
  seed = 0,
): Float32Array<ArrayBuffer> {
  const random = new Random(seed);
  return Float32Array.from(
    { length: count * sizeOf(architecture.input) },
    () => random.uniform(-1, 1),
  );
}
