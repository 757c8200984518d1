import { assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { type Correction, correctionsDataset } from "../../../src/serve/page/fine_tuning.ts";

const corrections = fc.array(
  fc.record({
    pixels: fc.uint8Array({ minLength: 784, maxLength: 784 }),
    label: fc.integer({ min: 0, max: 9 }),
  }),
  { minLength: 1, maxLength: 60 },
);

/** The images of a dataset and their labels, as text. */
function pairs({ images, labels }: ReturnType<typeof correctionsDataset>): string[] {
  return Array.from(
    labels,
    (label, n) => `${label}: ${images.subarray(n * 784, (n + 1) * 784).toHex()}`,
  );
}

const asText = ({ pixels, label }: Correction): string => `${label}: ${pixels.toHex()}`;

Deno.test("correctionsDataset contains every correction, equally often, and two digits of each class", () => {
  fc.assert(
    fc.property(corrections, (corrections) => {
      const dataset = correctionsDataset(corrections);
      const found = pairs(dataset);
      assertEquals(found.length, dataset.count);
      const times = corrections.map((correction) =>
        found.filter((pair) => pair === asText(correction)).length /
        corrections.filter((other) => asText(other) === asText(correction)).length
      );
      assertEquals(new Set(times).size, 1);
      assertGreater(times[0], 0);
      const synthetic = dataset.labels.subarray(0, dataset.count - times[0] * corrections.length);
      for (let digit = 0; digit < 10; digit++) {
        assertEquals(synthetic.filter((label) => label === digit).length, 2);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("correctionsDataset repeats a single correction as often as there are synthetic digits", () => {
  const { labels } = correctionsDataset([{ pixels: new Uint8Array(784).fill(9), label: 4 }]);
  // Two of the synthetic digits are fours, too.
  assertEquals([labels.length, labels.filter((label) => label === 4).length], [40, 22]);
});
