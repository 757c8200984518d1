import { fileURLToPath } from "node:url";
import { initialize } from "../../src/model/initialize.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import type { ByEngine, Measurements } from "./bench_result.ts";
import { median, timesInTurns } from "./measure.ts";
import { onnxModel } from "./onnx.ts";
import { LOCK_OPTION } from "./packages.ts";
import { runDeno } from "./run_deno.ts";

/** How often each process is started to time it. */
const STARTS = 15;

/** How many answers a process has given when its memory is looked at. */
const ANSWERS = 1000;

/** A script, and the permissions that it cannot do without. */
type Script = readonly [name: string, ...permissions: string[]];

const EMPTY: Script = ["empty.ts"];

const ENGINES: Readonly<Record<string, Script>> = {
  "ours": ["ours.ts"],
  "tfjs-wasm": ["tfjs_wasm.ts", "--allow-read"],
  "onnxruntime-web": ["onnxruntime_web.ts", "--allow-read"],
  "onnxruntime-node": ["onnxruntime_node.ts", "--allow-read", "--allow-ffi"],
};

/** What {@linkcode measureProcesses} measures. */
export interface ProcessMeasurements
  extends Pick<Measurements, "empty_script" | "cold_start_ms" | "rss_mb" | "unavailable"> {
  /** The first answer once everything is loaded, in µs. */
  readonly first_answer_us: ByEngine;
}

/**
 * Starts a fresh process for each engine, again and again in turns, with the caches of Deno warm.
 *
 * @returns How long they took to answer, and how much memory they needed.
 */
export async function measureProcesses(): Promise<ProcessMeasurements> {
  const onnxFile = await Deno.makeTempFile({ suffix: ".onnx" });
  try {
    await Deno.writeFile(onnxFile, onnxModel(lenet5(), initialize(lenet5())));
    return await measure(onnxFile);
  } finally {
    await Deno.remove(onnxFile);
  }
}

async function measure(onnxFile: string): Promise<ProcessMeasurements> {
  const empty_script = { rss_mb: (await run(EMPTY, ANSWERS, onnxFile)).rss / 1e6 };
  const rss_mb: Record<string, number> = {};
  const unavailable: Record<string, string> = {};
  for (const [name, script] of Object.entries(ENGINES)) {
    try {
      rss_mb[name] = (await run(script, ANSWERS, onnxFile)).rss / 1e6;
    } catch (error) {
      unavailable[`${name}, process`] = (error as Error).message;
    }
  }

  const names = Object.keys(rss_mb);
  const first_us: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const starts = Object.fromEntries(names.map((name) => [name, async () => {
    first_us[name].push((await run(ENGINES[name], 1, onnxFile)).firstAnswerMs * 1000);
  }]));
  const empty = "empty script";
  const { [empty]: baseline, ...times } = await timesInTurns(
    { [empty]: () => run(EMPTY, 1, onnxFile), ...starts },
    STARTS,
  );
  return {
    empty_script: { ms: median(baseline), ...empty_script },
    // Both times of one round, so that the machine was equally busy.
    cold_start_ms: medians(times, (ms, round) => ms - baseline[round]),
    first_answer_us: medians(first_us),
    rss_mb,
    unavailable,
  };
}

function medians(
  times: Readonly<Record<string, number[]>>,
  change = (time: number, _round: number): number => time,
): ByEngine {
  return Object.fromEntries(
    Object.entries(times).map(([name, times]) => [name, median(times.map(change))]),
  );
}

/** Runs a script to its end, and gives what it says of itself. */
async function run(
  [name, ...permissions]: Script,
  answers: number,
  onnxFile: string,
): Promise<{ readonly firstAnswerMs: number; readonly rss: number }> {
  const path = fileURLToPath(new URL(`./starts/${name}`, import.meta.url));
  const options = ["-q", "--no-prompt", LOCK_OPTION, ...permissions];
  return JSON.parse(await runDeno(["run", ...options, path, String(answers), onnxFile]));
}
