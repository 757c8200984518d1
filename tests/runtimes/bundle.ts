/**
 * Bundles a program, as a page or a Worker has it: `deno run bundle.ts PROGRAM FOLDER [NODE_MODULES]`. The file
 * is `program.js`; WebAssembly that is imported lies beside it. Other packages are looked for in `NODE_MODULES`.
 *
 * @module
 */

import { importPackage } from "../bench/packages.ts";
import { ROOT } from "../scripts/run_task.ts";

const [program, folder, nodeModules] = Deno.args;

/** The project's own packages, by the names that they have in imports. */
const alias: Record<string, string> = { "@x/lenet-weights": `${ROOT}weights` };
const { name, exports } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
for (const [entry, file] of Object.entries(exports as Record<string, string>)) {
  alias[`${name}${entry.slice(1)}`] = `${ROOT}${file}`;
}

const esbuild = await importPackage("esbuild");
const { outputFiles } = await esbuild.build({
  stdin: { contents: program, resolveDir: ROOT, loader: "ts" },
  outfile: `${folder}/program.js`,
  alias,
  nodePaths: nodeModules === undefined ? [] : [nodeModules],
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
