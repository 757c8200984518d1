import { assertEquals } from "@std/assert";

/** Runs a command, which must succeed and complain of nothing, and gives what it printed. */
export async function output(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, { ...options, args: [...args] })
    .output();
  const text = new TextDecoder();
  assertEquals([code, text.decode(stderr)], [0, ""]);
  return text.decode(stdout);
}

/** The path of a script beside this file. */
export function scriptPath(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

/** Whether there is such a command. */
export function hasCommand(command: string): boolean {
  try {
    return new Deno.Command(command, { args: ["--version"] }).outputSync().success;
  } catch {
    return false;
  }
}
