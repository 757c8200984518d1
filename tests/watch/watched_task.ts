import { taskCommand } from "../cli/run_task.ts";

/** A task that shows its training. */
export interface WatchedTask {
  /** Where its page is. */
  readonly url: string;
  readonly process: Deno.ChildProcess;
  /** What it says on standard error before it says where its page is. */
  readonly said: string;
  /** What it says on standard error from there to its end. */
  rest(): Promise<string>;
}

/**
 * Starts a task with `--dashboard`, and kills it after the test if it still runs.
 *
 * @param name The task.
 * @param args What else it is given; port 0 unless there is another.
 * @param test What to do with it.
 */
export async function withWatchedTask(
  name: string,
  args: readonly string[],
  test: (task: WatchedTask) => Promise<void>,
): Promise<void> {
  const port = args.includes("--port") ? [] : ["--port", "0"];
  const process = taskCommand(name, ["--dashboard", ...port, ...args]).spawn();
  const reader = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const stdout = process.stdout.pipeTo(new WritableStream());
  let text = "";
  const read = async (): Promise<boolean> => {
    const { value, done } = await reader.read();
    text += value ?? "";
    return !done;
  };
  try {
    const where = /dashboard at (http:\S+)\n/;
    while (!where.test(text) && await read());
    const match = text.match(where);
    if (match === null) throw new Error(`It served no page: ${text}`);
    const said = text.slice(0, match.index);
    text = text.slice(match.index! + match[0].length);
    await test({
      url: match[1],
      process,
      said,
      async rest() {
        while (await read());
        return text;
      },
    });
  } finally {
    try {
      process.kill("SIGKILL");
    } catch {
      // It ended by itself.
    }
    while (await read());
    await Promise.all([process.status, stdout]);
  }
}
