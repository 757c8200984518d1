import { dirname } from "node:path";
import { output } from "../data/command.ts";
import { LocalRegistry } from "../package/local_registry.ts";
import { layNpmPackages } from "../package/npm_packages.ts";
import { publishPackages } from "../package/publish_packages.ts";
import { ROOT } from "../cli/run_task.ts";
import { type Build, PACKAGES } from "./builds.ts";

/** The picture of one digit that every project reads. */
export const SEVEN: URL = new URL("../../scripts/samples/7.png", import.meta.url);

/** Keeps the installation from one run to the next. Git ignores it. */
const CACHE = `${ROOT}.cache/bundlers`;

/** Where the commands of the installed packages lie. */
const COMMANDS = `${CACHE}/node_modules/.bin`;

const ENVIRONMENT = { NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };

/**
 * Installs the bundlers, unless that was done before, and beside them the packages of the project as JSR gives them to
 * npm.
 *
 * @returns A folder for projects, which find all packages above them. It is the caller's to remove.
 */
export async function makeWorkshop(): Promise<string> {
  await installBundlers();
  const workshop = await Deno.makeTempDir({ dir: CACHE, prefix: "projects-" });
  await using registry = new LocalRegistry();
  await publishPackages(registry);
  await layNpmPackages(registry, workshop);
  return workshop;
}

async function installBundlers(): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies: PACKAGES });
  // Written last, so that an installation that was interrupted is done again.
  const record = `${CACHE}/installed.json`;
  if (await Deno.readTextFile(record).catch(() => undefined) === manifest) return;
  await Deno.remove(CACHE, { recursive: true }).catch(() => {});
  await Deno.mkdir(CACHE, { recursive: true });
  await Deno.writeTextFile(`${CACHE}/package.json`, manifest);
  await output("npm", ["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"], {
    cwd: CACHE,
  });
  await Deno.writeTextFile(record, manifest);
}

/**
 * Lays out a project and builds it.
 *
 * @param build The project.
 * @param workshop Where to.
 * @returns Its folder.
 * @throws {Error} When the bundler fails, with what it wrote.
 */
export async function buildProject(
  { files, command: [name, ...args] }: Build,
  workshop: string,
): Promise<string> {
  const project = await Deno.makeTempDir({ dir: workshop });
  const seven = await Deno.readFile(SEVEN);
  await Deno.writeFile(`${project}/seven.png`, seven);
  const all = {
    "package.json": "{}",
    "answer.js": await Deno.readTextFile(new URL("answer.js", import.meta.url)),
    "seven.js": `export const SEVEN = "${seven.toBase64()}";\n`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    await Deno.mkdir(dirname(`${project}/${path}`), { recursive: true });
    await Deno.writeTextFile(`${project}/${path}`, text);
  }
  const { success, stdout, stderr } = await bundlerCommand(name, args, project).output();
  if (!success) {
    const text = new TextDecoder();
    throw new Error(`${name} failed:\n${text.decode(stdout)}${text.decode(stderr)}`);
  }
  return project;
}

/** A command that the installed packages bring. */
export function bundlerCommand(
  name: string,
  args: readonly string[],
  project: string,
): Deno.Command {
  return new Deno.Command(`${COMMANDS}/${name}`, {
    args: [...args],
    cwd: project,
    env: ENVIRONMENT,
    stdout: "piped",
    stderr: "piped",
  });
}
