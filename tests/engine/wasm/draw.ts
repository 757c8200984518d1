import { type Architecture, sizeOf } from "../../../src/model/architecture.ts";
import {
  connectionMasks,
  type Parameters,
  parameterShapes,
} from "../../../src/model/parameters.ts";
import { Random } from "../../../src/model/random.ts";

/**
 * Weights under which values keep their size from layer to layer, biases that are not zero, and variances around 1. No
 * function of the runtime's own goes into them, so that they are the same bits everywhere.
 */
export function drawParameters(architecture: Architecture, seed = 0): Parameters {
  const random = new Random(seed);
  const masks = connectionMasks(architecture);
  return new Map(
    [...parameterShapes(architecture)].map(([name, shape]) => {
      const bound = name.endsWith(".weight") ? Math.sqrt(3 / sizeOf(shape.slice(1))) : 0.5;
      const middle = name.endsWith(".running_var") ? 1 : 0;
      const data = Float32Array.from(
        { length: sizeOf(shape) },
        () => middle + random.uniform(-bound, bound),
      );
      masks.get(name)?.forEach((connected, i) => data[i] *= connected);
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
