import { centreInk, DIGIT_BOX, isFramedAsMnist, resizeArea, strengthenInk } from "./frame.ts";
import type { Box, FoundInk, GreyImage } from "./image.ts";
import { type Component, findComponents, selectInk } from "./ink/components.ts";
import { findInk, inkMask, softInk } from "./ink/find_ink.ts";
import { despeckle, reduceGrey } from "./ink/grey.ts";
import { evenLight } from "./ink/illumination.ts";
import { eraseLines, eraseRules } from "./ink/lines.ts";
import { evenStrokes, strokeWidth } from "./ink/strokes.ts";
import { findInkLevels, otsuLevels } from "./ink/threshold.ts";

export interface Hypothesis {
  readonly name: string;
  readonly pixels: Float32Array<ArrayBuffer>;
  readonly found: Float32Array<ArrayBuffer>;
  readonly isFramed: boolean;
}

interface Way {
  readonly light: "own" | "even";
  readonly threshold: "otsu" | "other" | "border";
  readonly lines: "keep" | "rules" | "erase";
}

export const WAYS: Record<string, Way> = {
  own: { light: "own", threshold: "otsu", lines: "keep" },
  even: { light: "even", threshold: "border", lines: "rules" },
  evenotsu: { light: "even", threshold: "otsu", lines: "rules" },
  evenkeep: { light: "even", threshold: "border", lines: "keep" },
  ownborder: { light: "own", threshold: "border", lines: "rules" },
  erased: { light: "own", threshold: "otsu", lines: "erase" },
  evenerased: { light: "even", threshold: "border", lines: "erase" },
  other: { light: "own", threshold: "other", lines: "keep" },
};

const WORKING_SIDE = 200;
const MIN_SIDE = 60;
const SURROUNDINGS = 0.5;
const SOFT_EDGE = 1 / 20;

function lookAt(picture: GreyImage, way: Way): FoundInk | undefined {
  const isSmall = Math.max(picture.width, picture.height) < 60;
  let grey = isSmall ? picture : despeckle(picture);
  let direction: 1 | -1 | undefined;
  if (way.light === "even") {
    if (isSmall || Math.min(grey.width, grey.height) < 8) return undefined;
    const even = evenLight(grey);
    direction = even.direction;
    grey = even;
  }
  const levels = way.threshold === "border"
    ? findInkLevels(grey, direction)
    : otsuLevels(grey, undefined, way.threshold === "other");
  if (levels === undefined) return undefined;
  const { width, height } = grey;
  const mask = inkMask(grey, levels);
  let all = findComponents(mask, width, height);
  let isRuled = false;
  if (way.lines === "erase") {
    isRuled = eraseLines(mask, width, height) > 0;
    if (!isRuled) return undefined;
    all = findComponents(mask, width, height);
  } else if (way.lines === "rules" && eraseRules(mask, width, height, all)) {
    const others = findComponents(mask, width, height);
    isRuled = others.length > 0;
    if (isRuled) all = others;
  }
  const pieces = selectInk(all, width, height);
  if (pieces.length === 0) return undefined;
  const box = boxAround(pieces);
  const reach = Math.max(1, Math.ceil(SOFT_EDGE * Math.max(box.width, box.height)));
  const map = softInk({ grey, levels, pieces: all, isRuled }, pieces, reach);
  return { map, box, stroke: strokeWidth(map, box) };
}

export function boxAround(pieces: readonly Component[]): Box {
  let [x, y, right, bottom] = [Infinity, Infinity, -1, -1];
  for (const piece of pieces) {
    x = Math.min(x, piece.left);
    y = Math.min(y, piece.top);
    right = Math.max(right, piece.right);
    bottom = Math.max(bottom, piece.bottom);
  }
  return { x, y, width: right - x + 1, height: bottom - y + 1 };
}

const factorFor = ({ width, height }: Box): number =>
  Math.ceil(Math.max(width, height) / WORKING_SIDE);

export function look(grey: GreyImage, way: Way): FoundInk | undefined {
  let region: Box = { x: 0, y: 0, width: grey.width, height: grey.height };
  let factor = factorFor(region);
  let best: FoundInk | undefined;
  for (let n = 0; n < 3; n++) {
    const found = lookAt(reduceGrey(grey, region, factor), way);
    if (found === undefined) return best;
    best = found;
    const { box } = found;
    const side = Math.max(box.width, box.height);
    if (factor === 1 || side >= MIN_SIDE) return best;
    const room = (WORKING_SIDE * (factor - 1) / factor - side) / 2;
    const margin = Math.min(SURROUNDINGS * side + 2, room - 1);
    const left = Math.max(0, Math.floor(box.x - margin)) * factor;
    const top = Math.max(0, Math.floor(box.y - margin)) * factor;
    const right = Math.min(region.width, Math.ceil(box.x + box.width + margin) * factor);
    const bottom = Math.min(region.height, Math.ceil(box.y + box.height + margin) * factor);
    region = { x: region.x + left, y: region.y + top, width: right - left, height: bottom - top };
    if (Math.min(region.width, region.height) < 8) return best;
    factor = factorFor(region);
  }
  return best;
}

const frame = ({ map, box }: FoundInk): Float32Array<ArrayBuffer> =>
  strengthenInk(centreInk(resizeArea(map, box, DIGIT_BOX)));

export function hypothesis(grey: GreyImage, name: string): Hypothesis | undefined {
  const found = name === "T" ? findInk(grey) : look(grey, WAYS[name]);
  if (found === undefined) return undefined;
  const even = evenStrokes(found);
  const pixels = frame(even);
  return {
    name,
    pixels,
    found: even === found ? pixels : frame(found),
    isFramed: isFramedAsMnist(found, grey.width, grey.height),
  };
}
