import { assertEquals, assertStringIncludes } from "@std/assert";
import { benchResult } from "./bench_result.ts";
import { benchTable } from "./bench_table.ts";
import { MEASUREMENTS } from "./canned.ts";

Deno.test("benchResult has the shape that --json promises", () => {
  const result = JSON.parse(JSON.stringify(benchResult(MEASUREMENTS)));
  assertEquals(Object.keys(result).sort(), [
    "bound_us",
    "bundle_bytes",
    "cold_start_ms",
    "empty_script",
    "machine",
    "missed",
    "rows",
    "rss_mb",
    "unavailable",
  ]);
  assertEquals(result.rows.length, 18);
  assertEquals(result.rows[1], {
    case: "one digit",
    engine: "tfjs-wasm",
    median_us: 125,
    ratio_to_ours: 5,
  });
  assertEquals(result.bound_us, 20);
  assertEquals(result.cold_start_ms["tfjs-wasm"], 80);
  assertEquals(result.bundle_bytes.ours, 150_000);
  assertEquals(result.rss_mb.ours, 45);
  assertEquals(result.missed, []);
});

Deno.test("benchTable names the machine, shows every number beside ours, and says what is missing", () => {
  const lines = benchTable(benchResult(MEASUREMENTS)).split("\n");
  assertEquals(lines[0], "Some CPU, 2 cores, load 0.1; Deno 2.9.6, V8 15.0");
  const table = lines.filter((line) => line.startsWith("|"));
  assertEquals(new Set(table.map((line) => line.length)).size, 1);
  const cells = table.map((line) => line.split("|").map((cell) => cell.trim()).slice(1, -1));
  assertEquals(cells.slice(2).map(([what, ours, tfjs]) => [what, ours, tfjs]), [
    ["one digit, µs", "25.0", "125 (5.00 ×)"],
    ["batch of 16, µs a digit", "24.0", "80.0 (3.33 ×)"],
    ["batch of 256, µs a digit", "27.0", "48.6 (1.80 ×)"],
    ["batch of 4096, µs a digit", "27.0", "50.0 (1.85 ×)"],
    ["first answer after load, ms", "3.00", "30.0 (10.0 ×)"],
    ["process start to first answer, ms", "10.0", "80.0 (8.00 ×)"],
    ["loaded by a page, gzipped, KB", "150", "220 (1.47 ×)"],
    ["memory after 1,000 answers, MB", "45.0", "75.0 (1.67 ×)"],
  ]);
  assertEquals(cells[4][4], "15.0 (0.56 ×)");
  assertEquals(cells[8][4], "–");
  assertStringIncludes(
    lines.join("\n"),
    "Not measured: onnxruntime-node, process: it is not there",
  );
});
