import { assertEquals, assertNotEquals } from "@std/assert";
import { Random } from "../../src/model/random.ts";
import { batches } from "../../src/train/batches.ts";
import { bars } from "./tiny.ts";

const PLAIN = { batchSize: 16, augment: null, normalization: { mean: [0], std: [1] } };

function rows(seed: number): string[] {
  return [...batches(bars(50), PLAIN, new Random(seed))].flatMap(({ inputs, labels }) => {
    return Array.from(labels, (label, n) => `${label}: ${inputs.subarray(n * 64, n * 64 + 64)}`);
  });
}

Deno.test("batches show every image once with its own label, in an order that the seed decides", () => {
  const { images, labels } = bars(50);
  const expected = Array.from(labels, (label, n) => {
    const pixels = Float32Array.from(images.subarray(n * 64, n * 64 + 64), (value) => value / 255);
    return `${label}: ${pixels}`;
  });
  // The inputs are only valid until the next batch, so they are read one batch at a time.
  const seen: string[] = [];
  for (const { inputs, labels } of batches(bars(50), PLAIN, new Random(1))) {
    labels.forEach((label, n) => seen.push(`${label}: ${inputs.subarray(n * 64, n * 64 + 64)}`));
  }
  assertNotEquals(seen, expected);
  assertEquals([...seen].sort(), [...expected].sort());
  assertNotEquals(rows(1), rows(2));
});

Deno.test("batches end with the images that are left over", () => {
  const sizes = [...batches(bars(50), PLAIN, new Random(1))].map(({ labels }) => labels.length);
  assertEquals(sizes, [16, 16, 16, 2]);
});

Deno.test("batches are normalized", () => {
  const normalization = { mean: [0.5], std: [0.25] };
  const [{ inputs }] = batches(bars(1), { ...PLAIN, normalization }, new Random(1));
  const [pixel] = bars(1).images;
  assertEquals(inputs[0], Math.fround((Math.fround(pixel / 255) - 0.5) / 0.25));
});
