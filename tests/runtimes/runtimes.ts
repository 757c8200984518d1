import { HAS_CHROMIUM, withPage } from "../chromium.ts";
import { hasCommand, output } from "../data/command.ts";
import { withServer } from "../data/local_server.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { bundleProgram } from "./bundle_program.ts";
import { findWorkerd, withWorker } from "./workerd.ts";

/** What runs JavaScript. */
export interface Runtime {
  readonly name: "deno" | "node" | "bun" | "workerd" | "chromium";
  /** Whether it is here. */
  readonly isHere: boolean;
  /** What a program there has to do first. */
  readonly preamble: string;
  /**
   * Runs a program.
   *
   * @param folder Holds the program, bundled as `program.js`. What it exports by default is called.
   * @returns What that gave, from JSON.
   */
  readonly run: (folder: string) => Promise<unknown>;
}

/** A module that prints what a program gives. */
const PRINTER =
  'import program from "./program.js";\nconsole.log(JSON.stringify(await program()));\n';

/** What a Worker exports that answers with what a program gives, or with its error. */
const WORKER = `export default {
  fetch: () => program().then((result) => Response.json(result), (error) =>
    new Response(error.stack, { status: 500 })),
};`;

const workerd = await findWorkerd();

/** All of them, Deno first. */
export const RUNTIMES: readonly Runtime[] = [
  onCommandLine("deno", [Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-config"]),
  onCommandLine("node", ["node"]),
  onCommandLine("bun", ["bun"]),
  {
    name: "workerd",
    isHere: workerd !== undefined,
    preamble: 'import "@x/lenet/workers";\n',
    run: (folder) =>
      withWorker(workerd!, folder, async ({ url }) => {
        const response = await fetch(url);
        if (!response.ok) throw new Error(await response.text());
        return await response.json();
      }),
  },
  { name: "chromium", isHere: HAS_CHROMIUM, preamble: "", run: runInChromium },
];

/**
 * Bundles a program and runs it.
 *
 * @param runtime Where.
 * @param program Imports as a user does or files from the project's root, and exports a function by default, which
 * gives something that JSON holds.
 * @param options Where packages lie that the bundle is to have in it, or is to find beside it.
 * @returns What the function gave.
 */
export async function runProgram(
  { name, preamble, run }: Runtime,
  program: string,
  options: { readonly nodeModules?: string } = {},
): Promise<unknown> {
  let result: unknown;
  await inTemporaryFolder(async (folder) => {
    const exported = name === "workerd" ? WORKER : "export default program;";
    await bundleProgram(`${preamble}${program}\n${exported}`, folder, options);
    if (options.nodeModules !== undefined) {
      await Deno.symlink(options.nodeModules, `${folder}/node_modules`);
    }
    result = await run(folder);
  });
  return result;
}

function onCommandLine(name: "deno" | "node" | "bun", command: readonly string[]): Runtime {
  const [program, ...args] = command;
  return {
    name,
    isHere: hasCommand(program),
    preamble: "",
    run: async (folder) => {
      const file = `${folder}/print.mjs`;
      await Deno.writeTextFile(file, PRINTER);
      // Quiets the drivers of GPUs, see `quietGpu` in src/cli/command.ts.
      const env = { XDG_RUNTIME_DIR: "/tmp" };
      return JSON.parse(await output(program, [...args, file], { env }));
    },
  };
}

async function runInChromium(folder: string): Promise<unknown> {
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === "/program.js") {
      const script = await Deno.readFile(`${folder}${pathname}`);
      return new Response(script, { headers: { "Content-Type": "text/javascript" } });
    }
    const page = "<!DOCTYPE html><link rel=icon href='data:,'>";
    return new Response(page, { headers: { "Content-Type": "text/html" } });
  };
  let result: unknown;
  await withServer(answer, async ({ url }) => {
    await withPage(url, async ({ page }) => {
      result = await page.evaluate(
        async (program) => await (await import(program)).default(),
        `${url}program.js`,
      );
    }, { gpu: "software" });
  });
  return result;
}
