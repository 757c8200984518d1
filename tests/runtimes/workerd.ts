import { LOCK_OPTION } from "../bench/packages.ts";
import { output } from "../data/command.ts";

/** The last day of Workers that compile no WebAssembly from bytes, not even while they start. */
const COMPATIBILITY_DATE = "2025-05-31";

const FINDER = new URL("./find_workerd.ts", import.meta.url).pathname;

/**
 * Finds workerd, the runtime of Cloudflare Workers.
 *
 * @returns The path of the program; undefined where npm has none that runs here.
 */
export async function findWorkerd(): Promise<string | undefined> {
  try {
    const found = await output(Deno.execPath(), ["run", "-q", LOCK_OPTION, "-A", FINDER]);
    const path = found.trim();
    await output(path, ["--version"]);
    return path;
  } catch {
    return undefined;
  }
}

/** A Worker that is running. */
export interface RunningWorker {
  /** Where it answers, ending in `/`. */
  readonly url: string;
  /** The process. */
  readonly pid: number;
}

/**
 * Runs a Worker in workerd, as it is deployed: one script, and its WebAssembly beside it.
 *
 * @param workerd The program.
 * @param folder Holds the script, `program.js`, and the WebAssembly.
 * @param test What to do with it. It is stopped afterwards.
 * @returns What the test gave.
 * @throws {Error} When it cannot be started, with what workerd said.
 */
export async function withWorker<T>(
  workerd: string,
  folder: string,
  test: (worker: RunningWorker) => Promise<T>,
): Promise<T> {
  const modules = [`(name = "program.js", esModule = embed "program.js")`];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".wasm")) modules.push(`(name = "${name}", wasm = embed "${name}")`);
  }
  const config = `${folder}/config.capnp`;
  await Deno.writeTextFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "${COMPATIBILITY_DATE}",
);
`,
  );
  const child = new Deno.Command(workerd, {
    args: ["serve", "--control-fd=1", config],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaint = new Response(child.stderr).text();
  try {
    const reader = child.stdout.getReader();
    const text = new TextDecoder();
    let said = "";
    let port: string | undefined;
    while (port === undefined) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`workerd has stopped:\n${await complaint}`);
      said += text.decode(value, { stream: true });
      port = said.match(/"port":(\d+)/)?.[1];
    }
    // Read on, so that it can write on.
    reader.releaseLock();
    const rest = child.stdout.pipeTo(new WritableStream());
    try {
      return await test({ url: `http://127.0.0.1:${port}/`, pid: child.pid });
    } finally {
      child.kill();
      await rest;
    }
  } finally {
    await child.status;
    await complaint;
  }
}
