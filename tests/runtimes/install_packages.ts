import { ROOT } from "../cli/run_task.ts";
import { output } from "../data/command.ts";

/**
 * Lays packages of the project, and what they need, into a folder, as npm does and as bundlers look for them.
 *
 * @param names The packages, of the versions in deno.json.
 * @param folder An empty folder.
 * @returns The folder `node_modules` in it.
 */
export async function installPackages(names: readonly string[], folder: string): Promise<string> {
  const project = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const imports = Object.fromEntries(names.map((name) => [name, project.imports[name]]));
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({ nodeModulesDir: "auto", imports }),
  );
  await output(Deno.execPath(), ["install", "-q", "--no-lock"], { cwd: folder });
  return `${folder}/node_modules`;
}
