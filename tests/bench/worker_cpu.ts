import { output } from "../data/command.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { bundleProgram } from "../runtimes/bundle_program.ts";
import { type RunningWorker, withWorker } from "../runtimes/workerd.ts";

/** The processor time that a Worker takes, in ms. */
export interface WorkerCpu {
  /** From the start of workerd to the answer to a request without a body. */
  readonly start: number;
  /** For the first picture. */
  readonly first: number;
  /** For a picture among those that come next, before its code is optimized. */
  readonly early: number;
  /** For a picture later on. */
  readonly late: number;
}

/** Of how many requests the means are taken. */
const [EARLY, LATE] = [20, 300];

/**
 * Measures the processor time of a Worker, on the thread that runs it.
 *
 * @param workerd The program.
 * @param script The Worker's script.
 * @param picture What each request sends.
 * @returns The times.
 */
export async function measureWorker(
  workerd: string,
  script: string,
  picture: Uint8Array<ArrayBuffer>,
): Promise<WorkerCpu> {
  let measured: WorkerCpu | undefined;
  await inTemporaryFolder(async (folder) => {
    await bundleProgram(script, folder);
    measured = await withWorker(workerd, folder, async (worker) => {
      const ask = async (body?: Uint8Array<ArrayBuffer>): Promise<void> => {
        const reply = await fetch(worker.url, body ? { method: "POST", body } : {});
        await reply.body?.cancel();
      };
      await ask();
      const start = await cpuMilliseconds(worker);
      const mean = async (requests: number): Promise<number> => {
        const before = await cpuMilliseconds(worker);
        for (let n = 0; n < requests; n++) await ask(picture);
        return (await cpuMilliseconds(worker) - before) / requests;
      };
      return { start, first: await mean(1), early: await mean(EARLY), late: await mean(LATE) };
    });
  });
  return measured!;
}

/** What all threads of a process have run so far. */
async function cpuMilliseconds({ pid }: RunningWorker): Promise<number> {
  // Deno reads files there only with all permissions.
  const threads = await output("sh", ["-c", `cat /proc/${pid}/task/*/schedstat`]);
  return threads.trim().split("\n").reduce((sum, line) => sum + Number(line.split(" ")[0]), 0) /
    1e6;
}
