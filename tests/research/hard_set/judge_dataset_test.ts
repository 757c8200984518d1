import { assertEquals, assertNotEquals } from "@std/assert";
import {
  JUDGE_CLASSES,
  JUDGE_PARTS,
  judgeDataset,
  judgeImage,
} from "../../../scripts/research/hard_set/judge_dataset.ts";
import { DIGITS, PHOTOS } from "./digits.ts";

const SOURCES = { digits: DIGITS, photos: PHOTOS };

Deno.test("judgeDataset makes digits and other pictures in equal parts, the same with the same seed", async () => {
  const done: number[] = [];
  const dataset = await judgeDataset(SOURCES, 100, 3, (n) => void done.push(n));
  assertEquals([dataset.count, dataset.images.length], [100, 100 * 784]);
  assertEquals(dataset.labels.filter((label) => label === 0).length, 50);
  assertEquals(dataset.classNames, JUDGE_CLASSES);
  assertEquals(done, [100]);
  for (let n = 0; n < 100; n++) {
    assertEquals(Math.max(...dataset.images.subarray(784 * n, 784 * (n + 1))), 255);
  }
  const few = await judgeDataset(SOURCES, 15, 3, () => {});
  const again = await judgeDataset(SOURCES, 15, 3, () => {});
  assertEquals(few.images, again.images);
  assertNotEquals(few.images, (await judgeDataset(SOURCES, 15, 4, () => {})).images);
});

Deno.test("JUDGE_PARTS add up to 100 %, and their pictures differ", () => {
  assertEquals(JUDGE_PARTS.reduce((sum, { percent }) => sum + percent, 0), 100);
  assertEquals(new Set(JUDGE_PARTS.map(({ name }) => name)).size, JUDGE_PARTS.length);
  for (const part of JUDGE_PARTS) {
    const first = judgeImage(part, 0, 0, SOURCES);
    assertEquals(first, judgeImage(part, 0, 0, SOURCES));
    assertNotEquals(first, judgeImage(part, 1, 0, SOURCES), part.name);
  }
});
