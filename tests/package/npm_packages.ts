import { dirname } from "node:path";
import { output } from "../data/command.ts";
import type { LocalRegistry } from "./local_registry.ts";

/**
 * Lays what was published into `node_modules`, as `npx jsr add` does: JSR gives npm the files with their types taken
 * off, renamed to `.js`, and beside them the rest as it is. One JSR package finds another by a name of the scope `@jsr`.
 *
 * @param registry Where it was published.
 * @param folder The folder that is to have `node_modules`.
 */
export async function layNpmPackages({ packages }: LocalRegistry, folder: string): Promise<void> {
  for (const [name, { version, exports, files }] of packages) {
    for (const npmName of [name, npmNameOf(name)]) {
      const own = `${folder}/node_modules/${npmName}`;
      for (const [path, bytes] of files) {
        await Deno.mkdir(dirname(`${own}${path}`), { recursive: true });
        await Deno.writeFile(`${own}${path}`, bytes);
      }
      const sources = [...files.keys()].filter((path) => path.endsWith(".ts"));
      await output(Deno.execPath(), [
        ...["transpile", "--quiet", "--no-config", "--outdir", own],
        ...sources.map((path) => `.${path}`),
      ], { cwd: own });
      for (const path of sources) {
        const file = `${own}${path.replace(/\.ts$/, ".js")}`;
        await Deno.writeTextFile(file, rewriteImports(await Deno.readTextFile(file)));
      }
      const manifest = {
        name: npmName,
        version,
        type: "module",
        exports: Object.fromEntries(
          Object.entries(exports).map(([entry, file]) => [entry, file.replace(/\.ts$/, ".js")]),
        ),
      };
      await Deno.writeTextFile(`${own}/package.json`, JSON.stringify(manifest));
    }
  }
}

/** `@scope/name` as `@jsr/scope__name`. */
function npmNameOf(name: string): string {
  return `@jsr/${name.slice(1).replace("/", "__")}`;
}

/** Turns the names in imports into those of npm's files and packages. */
function rewriteImports(code: string): string {
  return code.replace(
    /^((?:import|export)\b[^"\n]*|.*\bimport\()"([^"\n]+)"/gm,
    (_, before: string, specifier: string) => {
      const jsr = specifier.match(/^jsr:(@[^@]+)@[^/]+(.*)$/);
      const rewritten = jsr === null
        ? specifier.replace(/^(\..*)\.ts$/, "$1.js")
        : `${npmNameOf(jsr[1])}${jsr[2]}`;
      return `${before}"${rewritten}"`;
    },
  );
}
