import type { Random } from "../../src/model/random.ts";

/**
 * @param random Where chance comes from; one number is taken.
 * @returns 1 or −1, each as often.
 */
export function eitherWay(random: Random): 1 | -1 {
  return random.integer(2) === 0 ? 1 : -1;
}
