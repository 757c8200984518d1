/**
 * Bundles a program of one line of imports into one file of JavaScript: `deno run bundle.ts PROGRAM FILE`.
 *
 * @module
 */

import { importPackage } from "../bench/packages.ts";
import { ROOT } from "../scripts/run_task.ts";

const [program, file] = Deno.args;
const esbuild = await importPackage("esbuild");
const { outputFiles: [{ contents }] } = await esbuild.build({
  stdin: { contents: program, resolveDir: ROOT },
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  write: false,
  logLevel: "silent",
});
await Deno.writeFile(file, contents);
await esbuild.stop();
