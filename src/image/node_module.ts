/**
 * Imports a module of Node, which Deno and Bun have, too, by a name that is put together here: bundlers for browsers
 * stop at one that they see.
 *
 * @param name The module without its prefix, such as `fs`.
 * @returns The module.
 */
export function importNodeModule(name: string): Promise<unknown> {
  const specifier = ["node", name].join(":");
  // Without these comments webpack, rspack and Next.js try to bundle whatever the expression could match, and fail.
  return import(/* webpackIgnore: true */ /* turbopackIgnore: true */ specifier);
}
