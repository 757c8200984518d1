import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { histogram, quantile } from "../../src/image/histogram.ts";

Deno.test("histogram counts every value once", () => {
  const values = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    // Mostly flat, as drawings are.
    fc.uint8Array({ maxLength: 60 })
      .map((tones) => Uint8Array.from({ length: 5 * tones.length }, (_, i) => tones[i / 5 | 0])),
  );
  fc.assert(fc.property(values, fc.nat(3), (all, start) => {
    const values = all.subarray(start);
    const counts = Array(256).fill(0);
    for (const value of values) counts[value]++;
    assertEquals(Array.from(histogram(values)), counts);
  }));
});

Deno.test("quantile gives the median, and the mean of the middle two", () => {
  const median = (...values: number[]): number => quantile(histogram(Uint8Array.from(values)), 0.5);
  assertEquals(median(7), 7);
  assertEquals(median(1, 2, 200), 2);
  assertEquals(median(1, 2, 5, 200), 3.5);
  assertEquals(median(3, 3, 3, 200), 3);
});

Deno.test("quantile gives the ends for 0 and 1, and 0 when there is nothing", () => {
  const counts = histogram(Uint8Array.from([9, 30, 80]));
  assertEquals([quantile(counts, 0), quantile(counts, 1)], [9, 80]);
  assertEquals(quantile(new Uint32Array(256), 0.5), 0);
});

Deno.test("quantile of a negative mirrors that of the picture", () => {
  const share = fc.constantFrom(0.001, 0.25, 0.5, 0.75, 0.999);
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), share, (values, share) => {
    const negative = values.map((value) => 255 - value);
    assertEquals(
      quantile(histogram(negative), 1 - share),
      255 - quantile(histogram(values), share),
    );
  }));
});
