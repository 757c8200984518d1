import { assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import {
  diceOverlaps,
  JUDGE_CLASSES,
  JUDGE_PARTS,
  judgeDataset,
  judgeImage,
  SEGMENT_CLASSES,
  segmentDataset,
} from "../../../scripts/research/hard_set/datasets.ts";
import { photoCutout, silhouette } from "../../../scripts/research/hard_set/pictures/objects.ts";
import { stringPicture } from "../../../scripts/research/hard_set/pictures/strings.ts";
import { Random } from "../../../src/model/random.ts";
import { latticesOf } from "../../../src/reading/lattice.ts";
import { digitAt, DIGITS, PHOTOS } from "./digits.ts";

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

Deno.test("photoCutout gives different objects on black, larger than any stroke", () => {
  const random = new Random(6);
  const seen = new Set<string>();
  let large = 0;
  for (let n = 0; n < 60; n++) {
    const thing = photoCutout(PHOTOS, random);
    assertEquals(thing.length, 784);
    seen.add(thing.join());
    if (thing.filter((value) => value > 0).length > 150) large++;
  }
  assertEquals(seen.size, 60);
  assertGreater(large, 50);
});

Deno.test("silhouette gives different outlines, most of which cover a good part of the square", () => {
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

Deno.test("diceOverlaps finds every digit of a line of separate digits, in order", () => {
  const random = new Random(4);
  const draw = (): { pixels: Uint8Array; label: number } => {
    const n = random.integer(DIGITS.count);
    return { pixels: digitAt(n), label: DIGITS.labels[n] };
  };
  for (let n = 0; n < 5; n++) {
    const picture = stringPicture("separated", draw, random);
    const [lattice] = latticesOf({ ...picture.picture, channels: 4 });
    const alike = diceOverlaps(lattice, picture);
    for (let digit = 0; digit < picture.text.length; digit++) {
      const own = alike.filter((like) => like.digit === digit);
      assertGreater(Math.max(...own.map(({ share }) => share)), 0.9);
    }
    for (const { share } of alike) assertEquals(share >= 0 && share <= 1, true);
  }
});

Deno.test("segmentDataset gives digits of every class and what is none, the same for the same seed", async () => {
  const make = (seed: number): ReturnType<typeof segmentDataset> =>
    segmentDataset(DIGITS, 400, { seed, onProgress: () => {} });
  const [{ images, labels, count }, again, other] = [await make(1), await make(1), await make(2)];
  assertEquals([images.length, labels.length, count], [400 * 2 * 784, 400, 400]);
  assertEquals(new Set(labels).size, SEGMENT_CLASSES.length);
  assertEquals([again.images, again.labels], [images, labels]);
  assertEquals(other.images.every((value, i) => value === images[i]), false);
});
