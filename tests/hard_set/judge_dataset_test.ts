import { assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import {
  JUDGE_CLASSES,
  JUDGE_PARTS,
  judgeDataset,
  judgeImage,
} from "../../scripts/hard_set/judge_dataset.ts";
import { photoThing } from "../../scripts/hard_set/photo_thing.ts";
import { silhouette } from "../../scripts/hard_set/silhouette.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { Random } from "../../src/model/random.ts";
import { DIGITS } from "./digits.ts";

/** Photos of nothing: waves in three colours. */
const PHOTOS: Dataset = {
  name: "waves",
  images: Uint8Array.from({ length: 5 * 3072 }, (_, i) => 128 + 120 * Math.sin(i / 7 + (i % 32))),
  labels: new Uint8Array(5),
  shape: [3, 32, 32],
  count: 5,
  classNames: ["wave"],
};
const SOURCES = { digits: DIGITS, photos: PHOTOS };

Deno.test("judgeDataset makes half digits and half others, the same with the same seed", async () => {
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

Deno.test("JUDGE_PARTS make a hundred of a hundred, and each makes a picture of its own", () => {
  assertEquals(JUDGE_PARTS.reduce((sum, { percent }) => sum + percent, 0), 100);
  assertEquals(new Set(JUDGE_PARTS.map(({ name }) => name)).size, JUDGE_PARTS.length);
  for (const part of JUDGE_PARTS) {
    const first = judgeImage(part, 0, 0, SOURCES);
    assertEquals(first, judgeImage(part, 0, 0, SOURCES));
    assertNotEquals(first, judgeImage(part, 1, 0, SOURCES), part.name);
  }
});

Deno.test("photoThing cuts things out that differ, on black, larger than any stroke", () => {
  const random = new Random(6);
  const seen = new Set<string>();
  let large = 0;
  for (let n = 0; n < 60; n++) {
    const thing = photoThing(PHOTOS, random);
    assertEquals(thing.length, 784);
    seen.add(thing.join());
    if (thing.filter((value) => value > 0).length > 150) large++;
  }
  assertEquals(seen.size, 60);
  assertGreater(large, 50);
});

Deno.test("silhouette is one of many outlines, and most cover a good part of their square", () => {
  const random = new Random(9);
  const areas = Array.from({ length: 80 }, () => {
    const inside = silhouette(random);
    let area = 0;
    for (let i = 0; i < 400; i++) {
      if (inside((i % 20 - 9.5) / 10, (Math.floor(i / 20) - 9.5) / 10)) area++;
    }
    return area / 400;
  });
  assertGreater(areas.filter((area) => area > 0.15).length, 70);
  assertGreater(new Set(areas).size, 40);
});
