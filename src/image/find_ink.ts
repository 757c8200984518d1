import { findComponents } from "./components.ts";
import { despeckle } from "./despeckle.ts";
import { eraseRules } from "./erase_rules.ts";
import { evenLight, isEven } from "./even_light.ts";
import type { GreyImage } from "./grey_image.ts";
import type { Box } from "./box.ts";
import { findInkLevels, inkCurve, type InkLevels } from "./ink_levels.ts";
import type { FoundInk, InkMap } from "./ink_map.ts";
import { reduceGrey } from "./reduce_grey.ts";
import { DIGIT_BOX } from "./digit_frame.ts";
import { strokeWidth } from "./stroke_width.ts";
import { toUnit } from "./value_scales.ts";
import { type PreparationSettings, takes } from "./preparation_step.ts";
import { smooth } from "./smooth.ts";
import { selectInk } from "./select_ink.ts";
import type { Component } from "./components.ts";

/** Pictures are looked at with at most so many pixels on the longer side: ten for each that the network sees. */
const WORKING_SIDE = 200;

/** A digit smaller than this is looked at again, from nearer, if the picture has more to show. */
const LEAST_SIDE = 60;

/** How much of a sheet of paper is left out on every side when it is entered, as a share of its longer side. */
const SHEET_EDGE = 0.05;

/** How much of its surroundings is looked at then, as a share of the digit's longer side. */
const SURROUNDINGS = 0.5;

/** In smaller pictures a speck and the end of a stroke look the same. */
const SMALL = 60;

/** 995 of 1,000 of MNIST's digits have strokes narrower than this, in its pixels. What is wider may be a shadow. */
const WIDEST = 5.2;

/** It was one if strokes are narrower by this factor once the light is even. */
const NARROWER = 0.75;

/** What is wider than this and fills so much of its box is no stroke, but a sheet of paper on a table. */
const SHEET = 7.5;
const SHEET_FILL = 0.6;

/** How far beyond the pixels that surely are ink its soft edge is kept, as a share of the digit's longer side. */
const SOFT_EDGE = 1 / 20;

/**
 * Finds the ink of a digit in a picture of any size: first in the whole, made small enough to be looked at quickly;
 * then, where the digit is a small part of it, in that part. Where what stands out is too wide for a stroke, such as a
 * sheet of paper on a table, the digit is looked for inside.
 *
 * @param grey The picture.
 * @param settings Steps to leave out, and who is told of them.
 * @returns The ink and its box, `undefined` when there is none.
 */
export function findInk(
  grey: GreyImage,
  settings: PreparationSettings = {},
): FoundInk | undefined {
  let region: Box = { x: 0, y: 0, width: grey.width, height: grey.height };
  let factor = factorFor(region);
  let best: FoundInk | undefined;
  // Three looks are enough: each makes the region three times as small, or enters a sheet.
  for (let look = 0; look < 4; look++) {
    const found = findInkIn(reduceGrey(grey, region, factor), settings);
    if (found === undefined || !takes(settings, "zoom")) return found ?? best;
    const { box } = found;
    const side = Math.max(box.width, box.height);
    if (isSheet(found)) {
      best ??= found;
      region = around(box, -SHEET_EDGE * side, region, factor);
    } else if (factor > 1 && side < LEAST_SIDE) {
      best = found;
      region = around(box, SURROUNDINGS * side + 2, region, factor);
    } else return found;
    if (Math.min(region.width, region.height) < 8) return best;
    factor = factorFor(region);
  }
  return best;
}

function factorFor({ width, height }: Box): number {
  return Math.ceil(Math.max(width, height) / WORKING_SIDE);
}

/** A box in a reduced region with a margin around it, in pixels of the picture. */
function around(box: Box, margin: number, region: Box, factor: number): Box {
  const left = Math.max(0, Math.floor(box.x - margin)) * factor;
  const top = Math.max(0, Math.floor(box.y - margin)) * factor;
  const right = Math.min(region.width, Math.ceil(box.x + box.width + margin) * factor);
  const bottom = Math.min(region.height, Math.ceil(box.y + box.height + margin) * factor);
  return {
    x: region.x + left,
    y: region.y + top,
    width: Math.max(0, right - left),
    height: Math.max(0, bottom - top),
  };
}

/** The ink in a picture of the working size: in its own light, or else in light made even. */
function findInkIn(picture: GreyImage, settings: PreparationSettings): FoundInk | undefined {
  const isSmall = Math.max(picture.width, picture.height) < SMALL;
  const grey = isSmall || !takes(settings, "specks") ? picture : despeckle(picture);
  const isPlain = isEven(grey) || !takes(settings, "light");
  const plain = isPlain ? readInk(grey, findInkLevels(grey), settings) : undefined;
  if (plain && widthOf(plain) <= WIDEST) return plain;
  if (grey.width < 8 || grey.height < 8 || !takes(settings, "light")) return plain;
  const even = evenLight(grey);
  const found = readInk(even, findInkLevels(even, even.direction), settings);
  if (plain) return found && widthOf(found) < NARROWER * widthOf(plain) ? found : plain;
  if (found || isSmall) return found;
  // What was too noisy may not be once it is smoothed.
  const smoothed = smooth(even);
  return readInk(smoothed, findInkLevels(smoothed, even.direction), settings);
}

/** How wide the strokes are, in pixels of MNIST. */
function widthOf({ map, box }: FoundInk): number {
  return strokeWidth(map) * DIGIT_BOX / Math.max(box.width, box.height);
}

/** Whether what was found is a sheet, wider than any stroke and filling its box. */
function isSheet(found: FoundInk): boolean {
  const { map: { data }, box } = found;
  if (widthOf(found) < SHEET) return false;
  return data.reduce((sum, ink) => sum + ink, 0) > SHEET_FILL * box.width * box.height;
}

function readInk(
  grey: GreyImage,
  levels: InkLevels | undefined,
  settings: PreparationSettings,
): FoundInk | undefined {
  if (levels === undefined) return undefined;
  const { width, height } = grey;
  const { trace } = settings;
  const mask = inkMask(grey, levels);
  let components = findComponents(mask, width, height);
  if (takes(settings, "rules") && eraseRules(mask, width, height, components)) {
    const others = findComponents(mask, width, height);
    // A line with nothing on it is what was drawn.
    if (others.length > 0) components = others;
  }
  trace?.({ name: "even light", width, height, values: toUnit(grey.data) });
  trace?.({ name: "surely ink", width, height, values: Float32Array.from(mask) });
  const pieces = takes(settings, "specks") ? selectInk(components, width, height) : components;
  if (pieces.length === 0) return undefined;
  const box = boxAround(pieces);
  const map = softInk(grey, levels, pieces, box);
  trace?.({ name: "ink", width, height, values: map.data });
  return { map, box };
}

/** Which pixels surely are ink. */
function inkMask({ data }: GreyImage, { background, direction, edge }: InkLevels): Uint8Array {
  const isInk = new Uint8Array(256).map((_, level) =>
    direction * (level - background) >= edge ? 1 : 0
  );
  const mask = new Uint8Array(data.length);
  for (let i = 0; i < mask.length; i++) mask[i] = isInk[data[i]];
  return mask;
}

/** How much ink each pixel of the pieces is, and each beside them: the soft edges of strokes. */
function softInk(
  { data, width, height }: GreyImage,
  levels: InkLevels,
  pieces: readonly Component[],
  box: Box,
): InkMap {
  const curve = inkCurve(levels);
  const reach = Math.max(1, Math.ceil(SOFT_EDGE * Math.max(box.width, box.height)));
  const ink = new Float32Array(data.length);
  for (const { runs } of pieces) {
    for (let i = 0; i < runs.length; i += 3) {
      const first = Math.max(0, runs[i + 1] - reach);
      const last = Math.min(width, runs[i + 2] + reach);
      const bottom = Math.min(height - 1, runs[i] + reach);
      for (let y = Math.max(0, runs[i] - reach); y <= bottom; y++) {
        const end = y * width + last;
        for (let at = y * width + first; at < end; at++) ink[at] = curve[data[at]];
      }
    }
  }
  return { data: ink, width, height };
}

function boxAround(pieces: readonly Component[]): Box {
  const x = Math.min(...pieces.map(({ left }) => left));
  const y = Math.min(...pieces.map(({ top }) => top));
  const right = Math.max(...pieces.map(({ right }) => right));
  const bottom = Math.max(...pieces.map(({ bottom }) => bottom));
  return { x, y, width: right - x + 1, height: bottom - y + 1 };
}
