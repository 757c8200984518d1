import type { Parameters } from "../model/parameters.ts";

/** Bits of the fraction that are kept: as many as bfloat16 has, three fewer than a half. */
const FRACTION_BITS = 7;

/** Bits of a 32-bit float's fraction. */
const FLOAT_FRACTION_BITS = 23;

/**
 * Rounds weights to 7 bits of fraction, the nearest and of two equally near the even one: a change of at most 0.4 %.
 *
 * A network cannot tell (the packing measures it), and a half that ends in zeros is smaller once it is compressed
 * on its way to a browser.
 *
 * @param parameters The weights.
 * @returns New weights, of the same names and shapes.
 */
export function trimParameters(parameters: Parameters): Parameters {
  const dropped = FLOAT_FRACTION_BITS - FRACTION_BITS;
  const belowHalf = (1 << (dropped - 1)) - 1;
  return new Map([...parameters].map(([name, { shape, data }]) => {
    const trimmed = new Float32Array(data);
    const bits = new Uint32Array(trimmed.buffer);
    for (let i = 0; i < bits.length; i++) {
      const odd = (bits[i] >>> dropped) & 1;
      // A carry runs from the fraction into the exponent, as the format intends.
      bits[i] = ((bits[i] + belowHalf + odd) >>> dropped) << dropped;
    }
    return [name, { shape, data: trimmed }];
  }));
}
