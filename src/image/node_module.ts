/**
 * Imports a module of Node, which Deno and Bun have, too, by a name that is put together here: bundlers for browsers
 * stop at one that they see.
 *
 * @param name The module without its prefix, such as `fs`.
 * @returns The module.
 */
export function importNodeModule(name: string): Promise<unknown> {
  return import(["node", name].join(":"));
}
