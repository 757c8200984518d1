/**
 * Whether the classes of a network or of a dataset are the ten digits, in order.
 *
 * @param classNames The name of each class.
 * @returns Whether they are.
 */
export function areDigits(classNames: readonly string[]): boolean {
  return classNames.length === 10 && classNames.every((name, n) => name === `${n}`);
}
