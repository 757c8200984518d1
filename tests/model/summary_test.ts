import { assertEquals, assertStringIncludes } from "@std/assert";
import { lenet5 } from "../../src/model/lenet5.ts";
import { formatSummary, summarize } from "../../src/model/summary.ts";

Deno.test("summarize counts 61,706 parameters and 416,520 multiply-adds in LeNet-5", () => {
  const summary = summarize(lenet5());
  assertEquals(summary.parameters, 61_706);
  assertEquals(summary.multiplyAdds, 416_520);
});

Deno.test("summarize counts layer by layer", () => {
  const rows = summarize(lenet5()).rows.filter((row) => row.parameters > 0);
  assertEquals(
    rows.map(({ layer, parameters, multiplyAdds }) => [layer, parameters, multiplyAdds]),
    [
      ["conv1: 6 @ 5×5, padding 2", 156, 117_600],
      ["conv2: 16 @ 5×5", 2_416, 240_000],
      ["fc1: dense 120", 48_120, 48_000],
      ["fc2: dense 84", 10_164, 10_080],
      ["fc3: dense 10", 850, 840],
    ],
  );
});

Deno.test("formatSummary aligns its columns and ends with the totals", () => {
  const lines = formatSummary(summarize(lenet5())).split("\n");
  assertEquals(new Set(lines.map((line) => line.length)).size, 1);
  assertStringIncludes(lines[lines.length - 1], "61,706");
  assertStringIncludes(lines[lines.length - 1], "416,520");
});
