import { LOCK_OPTION } from "../bench/packages.ts";
import { output } from "../data/command.ts";

const BUNDLER = new URL("./bundle.ts", import.meta.url).pathname;

/**
 * Bundles a program of a few lines, whose imports may be those of a user or files from the project's root.
 *
 * @param program The program.
 * @param folder Where to lay `program.js`, and the WebAssembly that it imports.
 * @param options `nodeModules`: where other packages lie; `from`: a folder in which to bundle, instead of the project.
 * @returns The file.
 */
export async function bundleProgram(
  program: string,
  folder: string,
  options: { readonly nodeModules?: string; readonly from?: string } = {},
): Promise<string> {
  // By itself: esbuild must not come into the project's lock file, and needs more permissions than tests have.
  await output(Deno.execPath(), [
    ...["run", "-q", LOCK_OPTION, "-A", BUNDLER, program, folder, options.nodeModules ?? ""],
    ...options.from === undefined ? [] : [options.from],
  ]);
  return `${folder}/program.js`;
}
