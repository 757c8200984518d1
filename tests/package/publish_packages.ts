import { ROOT } from "../cli/run_task.ts";
import type { LocalRegistry } from "./local_registry.ts";

/**
 * Publishes the packages of the project, as their owner does: first the one that the other imports.
 *
 * @param registry Where to.
 * @param root The folder of the project, ending in `/`.
 * @throws {Error} When `deno publish` fails, with what it wrote.
 */
export async function publishPackages({ url }: LocalRegistry, root = ROOT): Promise<void> {
  for (const folder of ["weights/", ""]) {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["publish", "--quiet", "--token=any", "--no-provenance", "--allow-dirty"],
      cwd: `${root}${folder}`,
      env: { JSR_URL: url, NO_COLOR: "1" },
    }).output();
    if (!success) throw new Error(`deno publish failed:\n${new TextDecoder().decode(stderr)}`);
  }
}
