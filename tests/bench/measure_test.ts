import { assertEquals } from "@std/assert";
import { median, ratioOfRounds, stepsInTurns, timesInTurns } from "./measure.ts";

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

Deno.test("stepsInTurns gives the median step of every turn but the first", async () => {
  let said = "";
  const times = await stepsInTurns({
    a(steps) {
      said += "a";
      return Array.from({ length: steps }, (_, step) => 10 * said.length + step);
    },
    b(steps) {
      said += "b";
      return Promise.resolve(new Array<number>(steps).fill(7));
    },
  }, 2);
  assertEquals(said, "ababab");
  assertEquals(times, { a: [32, 52], b: [7, 7] });
});

Deno.test("ratioOfRounds compares within each round", () => {
  assertEquals(ratioOfRounds([10, 40, 30], [5, 10, 10]), 3);
});
