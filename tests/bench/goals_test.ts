import { assertEquals } from "@std/assert";
import { benchResult, type Measurements } from "./bench_result.ts";
import { MEASUREMENTS } from "./canned.ts";

const { cases, cold_start_ms, bundle_bytes } = MEASUREMENTS;

/** The canned measurements with some times of a case changed. */
function withTimes(name: keyof typeof cases, times: Record<string, number>): Measurements {
  return { ...MEASUREMENTS, cases: { ...cases, [name]: { ...cases[name], ...times } } };
}

Deno.test("missedGoals passes what just meets every goal", () => {
  assertEquals(benchResult(MEASUREMENTS).missed, []);
});

const MISSES: [what: string, measurements: Measurements, missed: string[]][] = [
  ["a digit that is not much faster than tfjs-wasm", withTimes("one digit", { "tfjs-wasm": 124 }), [
    "one digit: the time of tfjs-wasm over ours: 4.96 ×, the goal is at least 5 ×",
  ]],
  [
    "a digit that is not much faster than onnxruntime-web",
    withTimes("one digit", {
      "onnxruntime-web": 90,
    }),
    [
      "one digit: the time of onnxruntime-web over ours: 3.60 ×, the goal is at least 4 ×",
    ],
  ],
  [
    "a digit that is slower than onnxruntime-node",
    withTimes("one digit", {
      "onnxruntime-node": 24,
    }),
    [
      "one digit: the time of onnxruntime-node over ours: 0.96 ×, the goal is at least 1 ×",
    ],
  ],
  ["a digit that is far from the bound", withTimes("one digit", { "bound": 16 }), [
    "one digit: our time over the bound: 1.56 ×, the goal is at most 1.25 ×",
  ]],
  [
    "a batch that is not much faster than tfjs-wasm",
    withTimes("batch of 256", {
      "tfjs-wasm": 40.5,
    }),
    [
      "batch of 256: the time of tfjs-wasm over ours: 1.50 ×, the goal is at least 1.8 ×",
    ],
  ],
  [
    "a batch that is much slower than onnxruntime-node",
    withTimes("batch of 256", {
      "onnxruntime-node": 13.5,
    }),
    [
      "batch of 256: our time over that of onnxruntime-node: 2.00 ×, the goal is at most 1.8 ×",
    ],
  ],
  ["a late first answer", withTimes("first answer after load", { "ours": 3010 }), [
    "first answer after load: 3.01 ms, the goal is at most 3 ms",
  ]],
  ["a slow start", { ...MEASUREMENTS, cold_start_ms: { ...cold_start_ms, "ours": 20 } }, [
    "start to first answer, over an empty script: 20.00 ms, the goal is at most 10 ms",
    "start to first answer: the time of tfjs-wasm over ours: 4.00 ×, the goal is at least 8 ×",
  ]],
  ["a large bundle", { ...MEASUREMENTS, bundle_bytes: { ...bundle_bytes, "ours": 150_100 } }, [
    "bundle with the weights, gzipped: 150.10 KB, the goal is at most 150 KB",
  ]],
];

for (const [what, measurements, missed] of MISSES) {
  Deno.test(`missedGoals names ${what}, and nothing else`, () => {
    assertEquals(benchResult(measurements).missed, missed);
  });
}

Deno.test("missedGoals names every goal that was not measured", () => {
  const nothing: Measurements = {
    ...MEASUREMENTS,
    cases: {
      "one digit": { "bound": 20 },
      "batch of 16": {},
      "batch of 256": {},
      "batch of 4096": {},
      "first answer after load": {},
    },
    cold_start_ms: {},
    bundle_bytes: {},
  };
  const { missed } = benchResult(nothing);
  assertEquals(missed.length, 10);
  assertEquals(missed.filter((miss) => !miss.includes(": not measured, the goal is")), []);
});

Deno.test("missedGoals passes a start that noise made quicker than the empty script's", () => {
  const quick = { ...MEASUREMENTS, cold_start_ms: { ...cold_start_ms, "ours": -1 } };
  assertEquals(benchResult(quick).missed, []);
});
