import { assertEquals } from "@std/assert";
import { median, timesInTurns } from "./measure.ts";

Deno.test("median takes the middle, whatever the order", () => {
  assertEquals(median([30, 1, 2]), 2);
  assertEquals(median([10, 9]), 10);
});

Deno.test("timesInTurns gives every way its calls in every round, and leaves the first two out", async () => {
  let said = "";
  const times = await timesInTurns({ a: () => said += "a", b: () => said += "b" }, 3, {
    a: 1,
    b: 2,
  });
  assertEquals(said, "abb".repeat(5));
  assertEquals([times.a.length, times.b.length], [3, 6]);
});
