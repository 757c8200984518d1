import { assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { pictureDataset } from "../../../scripts/research/hard_set/picture_dataset.ts";
import { DIGITS } from "./digits.ts";

Deno.test("pictureDataset makes prepared pictures of every digit, the same with the same seed", async () => {
  const done: number[] = [];
  const { images, labels, count, classNames } = await pictureDataset(
    DIGITS,
    100,
    1,
    (n) => void done.push(n),
  );
  assertEquals([images.length, labels.length, count, done], [100 * 784, 100, 100, [100]]);
  assertEquals(classNames, DIGITS.classNames);
  assertEquals(new Set(labels).size, 10);
  for (let n = 0; n < count; n++) {
    assertGreater(Math.max(...images.subarray(784 * n, 784 * (n + 1))), 200);
  }
  const make = async (seed: number) => (await pictureDataset(DIGITS, 10, seed, () => {})).images;
  assertEquals(await make(1), images.subarray(0, 7840));
  assertNotEquals(await make(2), await make(1));
});
