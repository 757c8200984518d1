import type { Model } from "./model.ts";

/**
 * Whether a network's classes are the ten digits, in order.
 *
 * @param model The network.
 * @returns Whether they are.
 */
export function readsDigits({ metadata: { classNames } }: Model): boolean {
  return classNames.length === 10 && classNames.every((name, n) => name === `${n}`);
}
