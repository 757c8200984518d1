import type { Measurements } from "./bench_result.ts";

/** What a run could have measured that just meets every goal. */
export const MEASUREMENTS: Measurements = {
  machine: { cpu: "Some CPU", cores: 2, load: 0.1, deno: "2.9.6", v8: "15.0" },
  cases: {
    "one digit": {
      "ours": 25,
      "tfjs-wasm": 125,
      "onnxruntime-web": 100,
      "onnxruntime-node": 25,
      "reference": 2500,
      "bound": 20,
    },
    "batch of 16": { "ours": 24, "tfjs-wasm": 80, "bound": 20 },
    "batch of 256": { "ours": 27, "tfjs-wasm": 48.6, "onnxruntime-node": 15, "bound": 20 },
    "batch of 4096": { "ours": 27, "tfjs-wasm": 50, "bound": 20 },
    "first answer after load": { "ours": 3000, "tfjs-wasm": 30_000 },
  },
  empty_script: { ms: 22, rss_mb: 36 },
  cold_start_ms: { "ours": 10, "tfjs-wasm": 80, "onnxruntime-web": 400 },
  bundle_bytes: { "ours": 150_000, "tfjs-wasm": 220_000 },
  rss_mb: { "ours": 45, "tfjs-wasm": 75 },
  unavailable: { "onnxruntime-node, process": "it is not there" },
};
