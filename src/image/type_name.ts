/**
 * The name of a value's type as the language tells it, such as `Uint8Array`, `Array` or `Null`. Unlike `instanceof`
 * it knows values of other realms (frames, `node:vm`).
 *
 * @param value Anything.
 * @returns The name.
 */
export function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/**
 * Tells whether a value is a `Uint8Array`; Node's `Buffer` is one.
 *
 * @param value Anything.
 * @returns Whether it is.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return typeName(value) === "Uint8Array";
}
