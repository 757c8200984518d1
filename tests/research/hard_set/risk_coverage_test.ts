import { assertEquals, assertGreaterOrEqual, assertLessOrEqual, assertRejects } from "@std/assert";
import {
  riskCoverage,
  riskCoverageTable,
} from "../../../scripts/research/hard_set/risk_coverage.ts";
import { LeNetError } from "../../../src/errors.ts";
import { LeNet } from "../../../src/lenet.ts";
import { DIGITS } from "./digits.ts";

const measure = (
  net: LeNet,
  signal: AbortSignal,
  onProgress: (kind: string, share: number) => void = () => {},
): ReturnType<typeof riskCoverage> => {
  const sources = { digits: DIGITS, clothing: undefined, seed: 0 };
  return riskCoverage({ count: 8, sources, net, onProgress, signal });
};

/** Kinds without one digit that need no clothing. */
const NEGATIVES = [
  "letters",
  "symbols",
  "scribbles",
  "static",
  "blank",
  "cells",
  "punctuation",
  "text",
  "several",
  "parts",
];

Deno.test("riskCoverage refuses more with each threshold, and nothing with 0", async () => {
  using net = await LeNet.load("digits", { backend: "wasm" });
  const done: string[] = [];
  const rows = await measure(net, new AbortController().signal, (kind, share) => {
    if (share === 1) done.push(kind);
  });
  assertEquals(done, ["mixed", ...NEGATIVES]);
  assertEquals(rows[0].reject, 0);
  assertEquals(rows[0].refused, 0);
  assertEquals(Object.keys(rows[0].accepted), NEGATIVES);
  rows.slice(1).forEach((row, n) => {
    const before = rows[n];
    assertGreaterOrEqual(row.reject, before.reject);
    assertGreaterOrEqual(row.refused, before.refused);
    assertLessOrEqual(row.error, 1);
    for (const [kind, share] of Object.entries(row.accepted)) {
      assertLessOrEqual(share, before.accepted[kind], kind);
    }
  });
  const lines = riskCoverageTable(rows).split("\n");
  assertEquals(lines.length, 1 + rows.length);
  assertEquals(lines[0].includes("letters accepted"), true);
});

Deno.test("riskCoverage stops when it is aborted", async () => {
  using net = await LeNet.load("digits", { backend: "wasm" });
  const error = await assertRejects(() => measure(net, AbortSignal.abort()), LeNetError);
  assertEquals(error.code, "aborted");
});
