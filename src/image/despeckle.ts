import type { GreyImage } from "./grey_image.ts";

/** How much a speck stands out, at least, on the scale of brightness. */
const LEAST_STEP = 24;

/** What stands out by this share of a speck, or more, is no ground beside it: part of the same faint line. */
const ALIKE_SHARE = 0.3;

/** A pixel beside one that stands out this many times as much is no speck of a pair. */
const TIP = 2;

/**
 * Erases single pixels and pairs that stand out from all around them: salt and pepper, dust, dead pixels. Lines stay,
 * even those of one pixel: each of their pixels has two neighbours like it.
 *
 * @param grey The picture.
 * @returns The picture without specks; the same one when it has none.
 */
export function despeckle(grey: GreyImage): GreyImage {
  const { data, width, height } = grey;
  let clean: Uint8Array | undefined;
  const around = new Uint8Array(8);
  for (let y = 1; y < height - 1; y++) {
    const end = (y + 1) * width - 1;
    for (let i = y * width + 1; i < end; i++) {
      const level = data[i];
      const next = data[i + 1];
      // Most pixels are like one beside them; of a pair of specks, each is like one.
      if (level === next && level === data[i - 1]) continue;
      const fromRight = level - next;
      const fromLeft = level - data[i - 1];
      const isLikeRight = fromRight < LEAST_STEP && fromRight > -LEAST_STEP;
      if (isLikeRight && fromLeft < LEAST_STEP && fromLeft > -LEAST_STEP) continue;
      around[0] = data[i - width - 1];
      around[1] = data[i - width];
      around[2] = data[i - width + 1];
      around[3] = data[i - 1];
      around[4] = data[i + 1];
      around[5] = data[i + width - 1];
      around[6] = data[i + width];
      around[7] = data[i + width + 1];
      around.sort();
      const ground = level > around[4] ? around[4] : around[3];
      const step = Math.abs(level - ground);
      if (step < LEAST_STEP) continue;
      // All around is ground, but for the other of a pair: a line has neighbours on two sides.
      const near = Math.min(LEAST_STEP, ALIKE_SHARE * step);
      let alike = 0;
      for (let k = 0; k < 8; k++) if (Math.abs(around[k] - ground) < near) alike++;
      if (alike < 7) continue;
      // What is fainter by far than the one beside it is the soft tip of a stroke.
      const furthest = Math.max(Math.abs(around[0] - ground), Math.abs(around[7] - ground));
      if (furthest > TIP * step) continue;
      clean ??= Uint8Array.from(data);
      clean[i] = ground;
    }
  }
  return clean === undefined ? grey : { data: clean, width, height };
}
