import { type Component, findComponents } from "./components.ts";
import { despeckle } from "./despeckle.ts";
import { eraseRules } from "./erase_rules.ts";
import { evenLight, isEven } from "./even_light.ts";
import type { GreyImage } from "./grey_image.ts";
import { histogram } from "./histogram.ts";
import { borderOf, findInkLevels, type InkLevels } from "./ink_levels.ts";
import { type PreparationSettings, takes } from "./preparation_step.ts";
import { toUnit } from "./value_scales.ts";
import { wordsOf } from "./words_of.ts";

/** All ink of a picture, in the pieces that hang together. */
export interface InkPieces {
  /** The picture in the light in which it is looked at. */
  readonly grey: GreyImage;
  /** What in it is background and what is ink. */
  readonly levels: InkLevels;
  /** The pieces, from the upper left; specks and what else is no digit are among them. */
  readonly pieces: readonly Component[];
  /** Whether lines of ruled paper were left out. */
  readonly isRuled: boolean;
}

/** In smaller pictures a speck and the end of a stroke look the same. */
const SMALL = 60;

/** 995 of 1,000 of MNIST's digits have strokes narrower than this, in its pixels. What is wider may be a shadow. */
const WIDEST = 5.2;

/** From this brightness down a ground is black. */
const BLACK = 8;

/** No pen is as thin as the outline that is left of a thing on a light ground when its shades are taken for shadows. */
const OUTLINE = 1.1;

/** It was one if strokes are narrower by this factor once the light is even. */
const NARROWER = 0.75;

/**
 * Finds something in the ink of a picture: in the picture's own light, or else in light made even.
 *
 * @param picture The picture, of the size in which it is looked at.
 * @param settings Steps to leave out, and who is told of them.
 * @param find Finds it in the pieces of the ink; `undefined` where it is not among them.
 * @param widthOf How wide the strokes of what was found are, in pixels of MNIST.
 * @returns What was found; `undefined` when there is nothing in any light.
 */
export function findInPieces<Found>(
  picture: GreyImage,
  settings: PreparationSettings,
  find: (pieces: InkPieces) => Found | undefined,
  widthOf: (found: Found) => number,
): Found | undefined {
  const isSmall = Math.max(picture.width, picture.height) < SMALL;
  const counts = histogram(picture.data);
  const ground = groundOf(borderOf(picture), counts, picture.data.length);
  const isAsItIs = isSmall || ground === "flat" || !takes(settings, "specks");
  const grey = isAsItIs ? picture : despeckle(picture);
  const findIn = (grey: GreyImage, levels: InkLevels | undefined): Found | undefined =>
    levels && find(inkPieces(grey, levels, settings));
  const known = grey === picture ? counts : histogram(grey.data);
  const levels = findInkLevels(grey, undefined, known);
  const isOneTone = ground !== "mixed";
  // A small picture is a drawing or an icon, no photo with shadows; and nothing casts a shadow on black.
  const isDrawn = isSmall || (isOneTone && levels !== undefined && levels.background <= BLACK);
  const isPlain = isDrawn || isEven(grey, known) || !takes(settings, "light");
  const plain = isPlain ? findIn(grey, levels) : undefined;
  if (plain && (isDrawn || widthOf(plain) <= WIDEST)) return plain;
  if (grey.width < 8 || grey.height < 8 || !takes(settings, "light")) return plain;
  const even = evenLight(grey);
  const found = findIn(even, findInkLevels(even, even.direction));
  if (found && isOneTone && widthOf(found) < OUTLINE) {
    const whole = plain ?? findIn(grey, levels);
    if (whole && NARROWER * widthOf(whole) > widthOf(found)) return whole;
  }
  if (plain === undefined) return found;
  return found && widthOf(found) < NARROWER * widthOf(plain) ? found : plain;
}

/**
 * What a picture is on: a ground of one tone that is much of the picture and all of its border, as on a canvas, which
 * has no noise and no specks of it; one that is most of the border; or neither.
 */
function groundOf(
  border: Uint8Array,
  counts: Uint32Array,
  pixels: number,
): "flat" | "one tone" | "mixed" {
  const tones = histogram(border);
  const ground = tones.findIndex((count) => 2 * count > border.length);
  if (ground < 0 || 4 * counts[ground] <= pixels) return "mixed";
  return tones[ground] === border.length ? "flat" : "one tone";
}

/** Takes the ink apart into pieces, without the lines of ruled paper. */
function inkPieces(
  grey: GreyImage,
  levels: InkLevels,
  settings: PreparationSettings,
): InkPieces {
  const { width, height } = grey;
  const mask = inkMask(grey, levels);
  let pieces = findComponents(mask, width, height);
  let isRuled = false;
  if (takes(settings, "rules") && eraseRules(mask, width, height, pieces)) {
    const others = findComponents(mask, width, height);
    // A line with nothing on it is what was drawn.
    isRuled = others.length > 0;
    if (isRuled) pieces = others;
  }
  settings.trace?.({ name: "even light", width, height, values: toUnit(grey.data) });
  settings.trace?.({ name: "surely ink", width, height, values: Float32Array.from(mask) });
  return { grey, levels, pieces, isRuled };
}

/** Which pixels surely are ink. */
function inkMask({ data }: GreyImage, { background, direction, edge }: InkLevels): Uint8Array {
  const isInk = new Uint8Array(256).map((_, level) =>
    direction * (level - background) >= edge ? 1 : 0
  );
  const mask = new Uint8Array(data.length);
  const fours = wordsOf(data);
  const target = new Int32Array(mask.buffer, 0, fours.length);
  // Drawings are mostly flat: four pixels like the four before need no look.
  let [last, four] = [~fours[0], 0];
  for (let i = 0; i < fours.length; i++) {
    if (fours[i] !== last) {
      last = fours[i];
      four = isInk[last & 255] | isInk[last >>> 8 & 255] << 8 | isInk[last >>> 16 & 255] << 16 |
        isInk[last >>> 24] << 24;
    }
    target[i] = four;
  }
  for (let i = 4 * fours.length; i < mask.length; i++) mask[i] = isInk[data[i]];
  return mask;
}
