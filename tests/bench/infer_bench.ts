/**
 * How long a digit takes to read, beside other engines. Run it with `deno task bench`.
 *
 * @module
 */

import { runScript } from "../../src/cli/command.ts";
import { ProgressLine } from "../../src/cli/progress.ts";
import { benchResult } from "./bench_result.ts";
import { benchTable } from "./bench_table.ts";
import { measureAll } from "./measure_all.ts";

const USAGE = `
Usage: deno task bench [--json] [--check]

Times lenet5 on WASM beside tfjs, onnxruntime and the peak rate of WASM SIMD: single digits, batches, the start of a
process. Counts the bytes that a page loads, and the memory. It takes a minute.

  --json    one line of JSON
  --check   exit code 1 when a goal is missed
`;

await runScript(USAGE, { boolean: ["json", "check"] }, async (args) => {
  // onnxruntime-node sends statistics home unless it is told not to. Processes started from here inherit this.
  Deno.env.set("ORT_DISABLE_TELEMETRY", "1");
  const line = new ProgressLine();
  const measurements = await measureAll((step) => line.draw(() => step))
    .finally(() => line.clear());
  const result = benchResult(measurements);
  if (args.has("json")) {
    console.log(JSON.stringify(result));
  } else {
    console.log(benchTable(result));
    for (const miss of result.missed) console.error(`missed: ${miss}`);
  }
  return args.has("check") && result.missed.length > 0 ? 1 : 0;
});
