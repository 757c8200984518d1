import type { Parameter, Parameters } from "../model/parameters.ts";

/**
 * Weights between those of two networks of one architecture (Wortsman et al., 2022: "Robust fine-tuning of zero-shot
 * models").
 *
 * @param old The weights of one.
 * @param learned The weights of the other.
 * @param share How much of the first there is, 0 to 1; at 0 the second pass through exactly.
 * @returns share·old + (1 − share)·learned.
 */
export function mixParameters(old: Parameters, learned: Parameters, share: number): Parameters {
  if (share === 0) return learned;
  return new Map([...learned].map(([name, { shape, data }]) => {
    const before = (old.get(name) as Parameter).data;
    const mixed = data.map((value, i) => value + share * (before[i] - value));
    return [name, { shape, data: mixed }];
  }));
}
