/**
 * Runs a command of this Deno to its end.
 *
 * @param args Its arguments.
 * @param options The folder to run it in.
 * @returns What it wrote to standard output.
 * @throws {Error} When it fails, with the first line that it wrote to standard error.
 */
export async function runDeno(
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1" },
    ...options,
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr).trim().split("\n")[0]);
  return text.decode(stdout);
}
