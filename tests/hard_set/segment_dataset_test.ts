import { assertEquals, assertGreater } from "@std/assert";
import { SEGMENT_CLASSES, segmentDataset } from "../../scripts/hard_set/segment_dataset.ts";
import { likenesses } from "../../scripts/hard_set/segment_truth.ts";
import { stringPicture } from "../../scripts/hard_set/string_picture.ts";
import { Random } from "../../src/model/random.ts";
import { latticesOf } from "../../src/read/lattice.ts";
import { digitAt, DIGITS } from "./digits.ts";

Deno.test("likenesses finds every digit of a line of separate digits, in order", () => {
  const random = new Random(4);
  const draw = (): { pixels: Uint8Array; label: number } => {
    const n = random.integer(DIGITS.count);
    return { pixels: digitAt(n), label: DIGITS.labels[n] };
  };
  for (let n = 0; n < 5; n++) {
    const picture = stringPicture("separated", draw, random);
    const [lattice] = latticesOf({ ...picture.picture, channels: 4 });
    const alike = likenesses(lattice, picture);
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
