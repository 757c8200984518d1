import { assertEquals, assertStringIncludes } from "@std/assert";
import { formatSummary, summarize } from "../../src/model/summary.ts";
import { architectureByName, lenet5 } from "../../src/model/zoo.ts";

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
      ["conv1", 156, 117_600],
      ["conv2", 2_416, 240_000],
      ["fc1", 48_120, 48_000],
      ["fc2", 10_164, 10_080],
      ["fc3", 850, 840],
    ],
  );
});

Deno.test("summarize counts what normalization and pooling sum up", () => {
  const { rows } = summarize(lenet5({ batchNorm: true }));
  assertEquals(
    rows.slice(0, 3).map((
      { layer, parameters, multiplyAdds, connections },
    ) => [layer, parameters, multiplyAdds, connections]),
    [
      ["conv1", 156, 117_600, 122_304],
      ["bn1", 12, 4_704, 9_408],
      ["pool1", 0, 0, 4_704],
    ],
  );
});

Deno.test("summarize counts the network of 1998 as its authors did", () => {
  const summary = summarize(architectureByName("lenet5-1998"));
  assertEquals(
    summary.rows.map(({ layer, output, parameters, connections }) => [
      layer,
      output,
      parameters,
      connections,
    ]),
    [
      ["C1", [6, 28, 28], 156, 122_304],
      ["S2", [6, 14, 14], 12, 5_880],
      ["C3", [16, 10, 10], 1_516, 151_600],
      ["S4", [16, 5, 5], 32, 2_000],
      ["C5", [120, 1, 1], 48_120, 48_120],
      ["F6", [84], 10_164, 10_164],
      ["output", [10], 0, 840],
    ],
  );
  assertEquals([summary.parameters, summary.connections], [60_000, 340_908]);
});

Deno.test("summarize names activations and dropout with the layer before them", () => {
  const { rows } = summarize(lenet5({ batchNorm: true, dropout: 0.5 }));
  assertEquals(rows.map(({ what }) => what), [
    "5×5 convolution, padding 2",
    "batch normalization, relu",
    "max pool 2×2",
    "5×5 convolution",
    "batch normalization, relu",
    "max pool 2×2",
    "dense, relu, dropout 0.5",
    "dense, relu, dropout 0.5",
    "dense",
  ]);
});

Deno.test("formatSummary aligns its columns and ends with the totals", () => {
  const lines = formatSummary(summarize(lenet5())).split("\n");
  assertEquals(new Set(lines.map((line) => line.length)).size, 1);
  assertStringIncludes(lines[lines.length - 1], "61,706");
  assertStringIncludes(lines[lines.length - 1], "416,520");
});
