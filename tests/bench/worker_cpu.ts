import { output } from "../data/command.ts";
import { type RunningWorker, withWorker } from "../runtimes/workerd.ts";

/** The processor time that a Worker takes, in ms. */
export interface WorkerCpu {
  /** From the start of workerd until the Worker is ready for requests. */
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
 * @param folder Holds the Worker's script, bundled, and its WebAssembly.
 * @param picture What each request sends.
 * @returns The times.
 */
export async function measureWorker(
  workerd: string,
  folder: string,
  picture: Uint8Array<ArrayBuffer>,
): Promise<WorkerCpu> {
  return await withWorker(workerd, folder, async (worker) => {
    // workerd listens once the script has run.
    const start = await cpuMilliseconds(worker);
    const mean = async (requests: number): Promise<number> => {
      const before = await cpuMilliseconds(worker);
      for (let n = 0; n < requests; n++) {
        const reply = await fetch(worker.url, { method: "POST", body: picture });
        await reply.body?.cancel();
      }
      return (await cpuMilliseconds(worker) - before) / requests;
    };
    return { start, first: await mean(1), early: await mean(EARLY), late: await mean(LATE) };
  });
}

/**
 * Measures the processor time of one request.
 *
 * @param workerd The program.
 * @param folder Holds the Worker's script, bundled, and its WebAssembly.
 * @returns The time in milliseconds.
 * @throws {Error} When the reply is not OK.
 */
export async function measureRequest(workerd: string, folder: string): Promise<number> {
  return await withWorker(workerd, folder, async (worker) => {
    const before = await cpuMilliseconds(worker);
    const reply = await fetch(worker.url);
    const text = await reply.text();
    if (!reply.ok) throw new Error(`The Worker failed: ${text}`);
    return await cpuMilliseconds(worker) - before;
  });
}

/** How long the first thread of a process, which runs the Worker, has run so far. */
async function cpuMilliseconds({ pid }: RunningWorker): Promise<number> {
  // Deno reads files there only with all permissions.
  const [nanoseconds] = (await output("cat", [`/proc/${pid}/task/${pid}/schedstat`])).split(" ");
  return Number(nanoseconds) / 1e6;
}
