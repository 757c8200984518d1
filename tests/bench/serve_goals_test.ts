import { assertEquals } from "@std/assert";
import type { Measured } from "./serve/measure_server.ts";
import { missedGoals, type ServeResult } from "./serve/serve_goals.ts";

/** What just meets every goal. */
const MEASURED: Measured = {
  count: 8000,
  seconds: 8,
  p50: 5,
  p99: 19,
  statuses: { 200: 8000 },
  errors: 0,
  perSecond: 1000,
  perCoreSecond: 1000,
  peakMb: 255,
  growthMb: 16,
};

const RESULT: ServeResult = {
  pixels: { ...MEASURED, perSecond: 3000 },
  png: MEASURED,
  pixelsHalf: MEASURED,
  pngHalf: MEASURED,
  digits: MEASURED,
  overload: { ...MEASURED, statuses: { 200: 4000, 503: 4000 }, refused: 5, toldWhen: 5 },
  recovered: MEASURED,
  garbage: { ...MEASURED, statuses: { 400: 1, 413: 2, 415: 3, 422: 4 } },
  pinned: true,
  machine: { cpu: "any", cores: 2, load: 0, deno: "2", v8: "15" },
};

Deno.test("missedGoals passes a server that just meets every goal", () => {
  assertEquals(missedGoals(RESULT), []);
});

const MISSES: [Partial<ServeResult>, string][] = [
  [{ pixels: MEASURED }, "1000 requests of pixels a second, the goal is 3000"],
  [{ png: { ...MEASURED, perSecond: 999 } }, "999 requests of PNG a second, the goal is 1000"],
  [{ pixelsHalf: { ...MEASURED, p99: 20 } }, "p99 of pixels is 20 ms, the goal is below 20 ms"],
  [{ pngHalf: { ...MEASURED, p99: 21 } }, "p99 of PNG is 21 ms, the goal is below 20 ms"],
  [
    { digits: { ...MEASURED, statuses: { 200: 1, 503: 1, 500: 1 } } },
    "the long load had responses of status 500, 503",
  ],
  [{ digits: { ...MEASURED, errors: 2 } }, "the long load had 2 requests without a response"],
  [
    { digits: { ...MEASURED, growthMb: 17 } },
    "memory under the long load grows by 17.0 MB, the goal is at most 16",
  ],
  [
    { garbage: { ...MEASURED, statuses: { 200: 1, 422: 1 } } },
    "the garbage had responses of status 200",
  ],
  [
    { garbage: { ...MEASURED, statuses: {}, growthMb: 20 } },
    "memory under garbage grows by 20.0 MB, the goal is at most 16",
  ],
  [{ overload: { ...RESULT.overload, statuses: { 200: 9 } } }, "the overload was not shed"],
  [{ overload: { ...RESULT.overload, toldWhen: 4 } }, "503 came without Retry-After"],
  [
    { overload: { ...RESULT.overload, peakMb: 256 } },
    "memory under the overload is 256 MB, the goal is below 256",
  ],
  [
    { recovered: { ...MEASURED, statuses: { 503: 1 } } },
    "the time after it had responses of status 503",
  ],
];

for (const [change, expected] of MISSES) {
  Deno.test(`missedGoals says "${expected}"`, () => {
    assertEquals(missedGoals({ ...RESULT, ...change }), [expected]);
  });
}
