import { cpus } from "node:os";

/**
 * A command of this Deno that stays on one core, where the system has `taskset` and more than one core: so the server
 * has one to itself, and what loads it has another.
 *
 * @param core The number of the core.
 * @param args What Deno is to do.
 * @param options How it is started.
 * @returns The command.
 */
export function pinned(
  core: number,
  args: readonly string[],
  options: Deno.CommandOptions,
): Deno.Command {
  const deno = Deno.execPath();
  return canPin()
    ? new Deno.Command("taskset", { ...options, args: ["-c", `${core}`, deno, ...args] })
    : new Deno.Command(deno, { ...options, args: [...args] });
}

/** Whether processes can be held to one core here. */
export function canPin(): boolean {
  if (Deno.build.os !== "linux" || cpus().length < 2) return false;
  try {
    return new Deno.Command("taskset", { args: ["--version"] }).outputSync().success;
  } catch {
    return false;
  }
}
