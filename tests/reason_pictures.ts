import type { NoDigitReason } from "../mod.ts";
import type { RgbaPicture } from "../scripts/research/hard_set/pictures/picture.ts";
import { stringPicture } from "../scripts/research/hard_set/pictures/strings.ts";
import { Random } from "../src/model/random.ts";
import { drawGrey, greyOf } from "./image/ink/drawing.ts";
import { digitAt, DIGITS } from "./research/hard_set/digits.ts";

/** Several digits side by side, and the text that they are. */
export const SEVERAL = stringPicture("separated", drawLabelled(new Random(4)), new Random(11));

/** A picture for each reason why there is no digit. */
export const REASON_PICTURES: Readonly<Record<NoDigitReason, RgbaPicture>> = {
  "no-ink": rgba(greyOf(90, 70, () => 200)),
  "too-faint": rgba(drawGrey({ paper: 200, ink: 197 })),
  "too-small": rgba(
    greyOf(60, 60, (x, y) => Math.max(Math.abs(x - 30), Math.abs(y - 30)) < 2 ? 0 : 255),
  ),
  "not-a-digit": rgba(greyOf(160, 160, (x, y) => isInStar(x - 80, y - 80) ? 0 : 255)),
  "several-digits": SEVERAL.picture,
};

function isInStar(x: number, y: number): boolean {
  return Math.hypot(x, y) < 40 + 25 * Math.cos(5 * Math.atan2(y, x));
}

function drawLabelled(random: Random): () => { pixels: Uint8Array; label: number } {
  return () => {
    const n = random.integer(DIGITS.count);
    return { pixels: digitAt(n), label: DIGITS.labels[n] };
  };
}

function rgba(
  { data, width, height }: { data: Uint8Array | Uint8ClampedArray; width: number; height: number },
): RgbaPicture {
  const colours = Uint8ClampedArray.from(
    { length: 4 * data.length },
    (_, i) => i % 4 === 3 ? 255 : data[i >> 2],
  );
  return { data: colours, width, height };
}
