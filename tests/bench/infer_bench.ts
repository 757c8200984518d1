/**
 * How long a digit takes to read, beside other engines. Run it with `deno task bench`.
 *
 * @module
 */

import { runCommand } from "../../src/cli/command.ts";
import { ProgressLine } from "../../src/cli/run_output.ts";
import { benchResult } from "./bench_result.ts";
import { benchTable } from "./bench_table.ts";
import { measureAll } from "./measure_all.ts";

await runCommand({
  name: "bench",
  summary: "Times lenet5 on WASM beside tfjs, onnxruntime and the peak rate of WASM SIMD.",
  details:
    "Times single digits, batches and the start of a process; counts the bytes that a page loads, and the memory. It takes a minute.",
  flags: {
    json: { kind: "boolean", help: "print one line of JSON" },
    check: { kind: "boolean", help: "the exit code is 1 if a goal is missed" },
  },
  async run({ flags }) {
    // onnxruntime-node sends statistics home unless it is told not to. Processes started from here inherit this.
    Deno.env.set("ORT_DISABLE_TELEMETRY", "1");
    const line = new ProgressLine();
    const measurements = await measureAll((step) => line.draw(() => step))
      .finally(() => line.clear());
    const result = benchResult(measurements);
    if (flags.json) {
      console.log(JSON.stringify(result));
    } else {
      console.log(benchTable(result));
      for (const miss of result.missed) console.error(`missed: ${miss}`);
    }
    return flags.check && result.missed.length > 0 ? 1 : 0;
  },
});
