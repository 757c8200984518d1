import { fileURLToPath } from "node:url";
import { writeFileAtomically } from "../src/data/atomic_write.ts";
import { readFile } from "../src/data/read_file.ts";
import { LeNetError } from "../src/model/error.ts";
import { modelFromBytes } from "../src/weights/model_file.ts";
import { moduleFromModel } from "../src/weights/module.ts";
import { runScript } from "./cli.ts";

const USAGE = `
Usage: deno task weights:pack FILE NAME

Turns a trained network into the module @x/lenet-weights/NAME: writes weights/NAME.ts, and names it in
weights/deno.json.

  FILE   a safetensors file, as deno task train --out writes it
  NAME   such as digits: small letters, digits and single hyphens
`;

/**
 * Writes the module of a trained network, and adds it to the exports of the package.
 *
 * @param file The safetensors file of the network.
 * @param name What the module is called.
 * @param folder The folder of the package.
 * @returns The path of the module.
 */
export async function packWeights(file: string, name: string, folder: string): Promise<string> {
  const source = moduleFromModel(modelFromBytes(await readFile(file)), name);
  const manifestPath = `${folder}/deno.json`;
  const manifest = JSON.parse(new TextDecoder().decode(await readFile(manifestPath)));
  const exports = { ...manifest.exports, [`./${name}`]: `./${name}.ts` };
  manifest.exports = Object.fromEntries(Object.entries(exports).sort());
  const path = `${folder}/${name}.ts`;
  const encoder = new TextEncoder();
  // The module first: an export without its file would break the package.
  await writeFileAtomically(path, encoder.encode(source));
  await writeFileAtomically(
    manifestPath,
    encoder.encode(`${JSON.stringify(manifest, undefined, 2)}\n`),
  );
  return path;
}

if (import.meta.main) {
  await runScript(USAGE, {}, async ({ positionals }) => {
    if (positionals.length !== 2) {
      throw new LeNetError(
        "option/invalid",
        `Cannot pack weights: found ${positionals.length} arguments, expected FILE and NAME`,
      );
    }
    const [file, name] = positionals;
    const folder = fileURLToPath(new URL("../weights", import.meta.url));
    console.log(`Wrote ${await packWeights(file, name, folder)}`);
  });
}
