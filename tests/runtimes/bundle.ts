/**
 * Bundles a program, as a page or a Worker has it: `deno run bundle.ts PROGRAM FOLDER [NODE_MODULES] [FROM]`. The file is
 * `program.js` in `FOLDER`; WebAssembly that is imported lies beside it. The program is bundled as if it lay in `FROM`, or
 * in the project, whose own packages it then finds. Other packages are looked for in `NODE_MODULES`.
 *
 * @module
 */

import { importPackage } from "../bench/packages.ts";
import { ROOT } from "../cli/run_task.ts";

const [program, folder, nodeModules = "", from = ROOT] = Deno.args;

const esbuild = await importPackage("esbuild");

const { outputFiles } = await esbuild.build({
  stdin: { contents: program, resolveDir: from, loader: "ts" },
  outfile: `${folder}/program.js`,
  alias: from === ROOT ? await ownPackages() : {},
  nodePaths: nodeModules === "" ? [] : [nodeModules],
  loader: { ".wasm": "copy" },
  // Imported by what reads datasets from files, once it is asked to.
  external: ["node:*"],
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  write: false,
  logLevel: "silent",
});

for (const { path, contents } of outputFiles) await Deno.writeFile(path, contents);

await esbuild.stop();

/** Where the project's packages lie, by the names that they have in imports. */
async function ownPackages(): Promise<Record<string, string>> {
  const { name, exports } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const entries = Object.entries(exports as Record<string, string>);
  return {
    "@x/lenet-weights": `${ROOT}weights`,
    ...Object.fromEntries(entries.map(([entry, file]) => [name + entry.slice(1), ROOT + file])),
  };
}
