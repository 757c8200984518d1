/**
 * Imports an npm package by a name that is put together here: Deno downloads every package that an import names
 * outright before a program starts, and most programs never need these.
 *
 * @param name The package, such as `@tensorflow/tfjs-core`.
 * @param version The version that is tested. Outside Deno it is the one that is installed.
 * @param file A file of it, beginning with `/`; left out for the package itself.
 * @returns The module.
 */
export function importPackage(name: string, version: string, file = ""): Promise<unknown> {
  return "Deno" in globalThis ? import(`npm:${name}@${version}${file}`) : import(`${name}${file}`);
}
