/** What a script came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The root of the project. */
export const ROOT: string = new URL("../../", import.meta.url).pathname;

/** The command of a task of deno.json, so that tests run it with the permissions that users give it. */
export function taskCommand(name: string, args: readonly string[]): Deno.Command {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const [deno, ...fixed] = tasks[name].split(" ");
  if (deno !== "deno") throw new Error(`The task ${name} is not a deno command: ${tasks[name]}`);
  return new Deno.Command(Deno.execPath(), {
    args: [fixed[0], "--no-prompt", ...fixed.slice(1), ...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
}

/** Runs a task to its end. */
export async function runTask(name: string, ...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await taskCommand(name, args).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}
