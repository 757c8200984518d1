import { quantile } from "./histogram.ts";

/** Visible tones that lie further apart than this are ink on paper; nearer, they are ink alone. */
const TWO_TONES = 128;

/** The share of the visible at either end of the scale that may be stray. */
const STRAY = 0.001;

/**
 * The brightness to put behind a picture that is transparent in places.
 *
 * Ink alone, drawn on a transparent canvas, gets what lets it be read: white behind dark ink, black behind light
 * ink. Ink on paper that is cut out (a card, a sticker, a screenshot with round corners) gets the tone of the paper,
 * the one that most of the visible has, so that the cut does not look like ink.
 *
 * @param luma The brightness of each pixel, as if it were opaque.
 * @param rgba The pixels, for their alpha.
 * @returns The brightness, 0 to 255.
 */
export function backingLevel(
  luma: Uint8Array,
  rgba: Uint8Array | Uint8ClampedArray,
): number {
  // Alpha counts in 32 steps, so that whole numbers of 32 bits hold the sum of 138 million pixels.
  const visible = new Uint32Array(256);
  for (let i = 0, at = 3; i < luma.length; i++, at += 4) {
    const alpha = rgba[at] >> 3;
    if (alpha !== 0) visible[luma[i]] += alpha;
  }
  const darkest = quantile(visible, STRAY);
  const lightest = quantile(visible, 1 - STRAY);
  if (lightest - darkest > TWO_TONES) return Math.round(quantile(visible, 0.5));
  return darkest + lightest < 255 ? 255 : 0;
}
