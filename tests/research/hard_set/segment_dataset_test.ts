import { assertEquals, assertGreater } from "@std/assert";
import {
  diceOverlaps,
  SEGMENT_CLASSES,
  segmentDataset,
} from "../../../scripts/research/hard_set/segment_dataset.ts";
import { stringPicture } from "../../../scripts/research/hard_set/pictures/strings.ts";
import { Page } from "../../../src/image/page.ts";
import { Random } from "../../../src/model/random.ts";
import { latticesOf } from "../../../src/reading/lattice.ts";
import { findWritings } from "../../../src/reading/writing.ts";
import { digitAt, DIGITS } from "./digits.ts";

Deno.test("diceOverlaps finds a segment of every digit of a line of separate digits", () => {
  const random = new Random(4);
  const draw = (): { pixels: Uint8Array; label: number } => {
    const n = random.integer(DIGITS.count);
    return { pixels: digitAt(n), label: DIGITS.labels[n] };
  };
  for (let n = 0; n < 5; n++) {
    const picture = stringPicture("separated", draw, random);
    const [writing] = findWritings(new Page({ ...picture.picture, channels: 4 }));
    const [lattice] = latticesOf(writing);
    const overlaps = diceOverlaps(lattice, picture);
    for (let digit = 0; digit < picture.text.length; digit++) {
      const own = overlaps.filter((overlap) => overlap.digit === digit);
      assertGreater(Math.max(...own.map(({ dice }) => dice)), 0.9);
    }
    for (const { dice } of overlaps) assertEquals(dice >= 0 && dice <= 1, true);
  }
});

Deno.test("segmentDataset gives segments of every class, the same with the same seed", async () => {
  const make = (seed: number): ReturnType<typeof segmentDataset> =>
    segmentDataset(DIGITS, 400, { seed, onProgress: () => {} });
  const [{ images, labels, count }, again, other] = [await make(1), await make(1), await make(2)];
  assertEquals([images.length, labels.length, count], [400 * 2 * 784, 400, 400]);
  assertEquals(new Set(labels).size, SEGMENT_CLASSES.length);
  assertEquals([again.images, again.labels], [images, labels]);
  assertEquals(other.images.every((value, i) => value === images[i]), false);
});
