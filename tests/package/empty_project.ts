import { output } from "../data/command.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";

/** A folder with nothing in it but a program, and a cache of Deno that holds no package of JSR. */
export interface EmptyProject {
  readonly folder: string;
  readonly cache: string;
}

/**
 * Lays a program as `main.ts` into an empty folder, and takes all away afterwards.
 *
 * @param main The program.
 * @param test What is done there.
 */
export async function inEmptyProject(
  main: string,
  test: (project: EmptyProject) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (parent) => {
    const [folder, cache] = [`${parent}/project`, `${parent}/cache`];
    await Deno.mkdir(cache);
    // Packages of npm are not fetched again.
    const { npmCache } = JSON.parse(await output(Deno.execPath(), ["info", "--json"]));
    await Deno.symlink(npmCache, `${cache}/npm`);
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/main.ts`, main);
    await test({ folder, cache });
  });
}
