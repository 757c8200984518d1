import { assertEquals } from "@std/assert";
import { MULTIPLY_ADDS_PER_ROUND, peakKernel } from "./peak_kernel.ts";

/** What the kernel must come to: the first lane of 13 accumulators that began with 0, 1, 2 … */
function expected(rounds: number): number {
  let sum = 0;
  for (let i = 0; i < 13; i++) {
    let value = i;
    for (let round = 0; round < rounds; round++) value = 0.5 * value + 1;
    sum += value;
  }
  return sum;
}

Deno.test("peakKernel does every multiplication and addition it is counted for", async () => {
  const kernel = await peakKernel();
  assertEquals([1, 2, 5].map(kernel), [1, 2, 5].map(expected));
  assertEquals(MULTIPLY_ADDS_PER_ROUND, 4 * 13);
});
