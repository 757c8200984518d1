import { assertEquals } from "@std/assert";
import { alignColumns, duration, intervalText, percent } from "../../src/watch/html.ts";

Deno.test("duration gives minutes and seconds, and hours from an hour on", () => {
  assertEquals([0, 5.4, 65, 754].map(duration), ["0:00", "0:05", "1:05", "12:34"]);
  assertEquals([3599.6, 7325].map(duration), ["1:00:00", "2:02:05"]);
});

Deno.test("percent and intervalText give two decimals", () => {
  assertEquals([0, 0.98734, 1].map(percent), ["0.00 %", "98.73 %", "100.00 %"]);
  assertEquals(intervalText([0.98514, 1]), "98.51 to 100.00");
});

Deno.test("alignColumns aligns the first column left and the others right", () => {
  assertEquals(
    alignColumns([["name", "a", "bb"], ["x", "100", "2"]]),
    "name    a  bb\nx     100   2",
  );
});
