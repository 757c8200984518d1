import { type LoadResult, runLoad } from "./run_load.ts";
import type { ServerProcess } from "./server_process.ts";

/** What a server came to under one load. */
export interface Measured extends LoadResult {
  /** Responses a second. */
  readonly perSecond: number;
  /** Responses for each second that the server had a core: what it would do with a core of its own. */
  readonly perCoreSecond: number;
  /** Its most memory meanwhile, in MB. */
  readonly peakMb: number;
  /** How much more memory it has in the last fifth of the time than in the second, in MB. */
  readonly growthMb: number;
}

/**
 * Loads a server, and looks at what it uses meanwhile.
 *
 * @param server The server.
 * @param load What is sent.
 * @returns What came back, and what it took.
 */
export async function measureServer(
  server: ServerProcess,
  load: Omit<Parameters<typeof runLoad>[0], "url">,
): Promise<Measured> {
  const before = await server.usage();
  const memory: number[] = [];
  let peak = before.rss;
  let done = false;
  const watching = (async () => {
    while (!done) {
      await new Promise((resolve) => setTimeout(resolve, 10 * load.seconds));
      const usage = await server.usage();
      memory.push(usage.rss);
      peak = Math.max(peak, usage.peak);
    }
  })();
  const result = await runLoad({ ...load, url: server.url("/classify") });
  done = true;
  await watching;
  const { cpu } = await server.usage();
  return {
    ...result,
    perSecond: result.count / load.seconds,
    perCoreSecond: result.count / (cpu - before.cpu),
    peakMb: peak / 1e6,
    growthMb: (fifth(memory, 4) - fifth(memory, 1)) / 1e6,
  };
}

/** The mean of a fifth of some values. */
function fifth(values: readonly number[], n: number): number {
  const part = values.slice(
    Math.floor(n * values.length / 5),
    Math.ceil((n + 1) * values.length / 5),
  );
  return part.reduce((sum, value) => sum + value, 0) / part.length;
}
