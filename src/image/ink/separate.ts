import type { GreyImage, InkMap } from "../image.ts";
import { toUnit } from "../values.ts";
import { boxAround, type Component, findComponents, isUprightBar } from "./components.ts";
import type { RecordStep } from "../page.ts";
import {
  findInkLevels,
  histogram,
  inkCurve,
  type InkLevels,
  inkMask,
  otsuLevels,
} from "./threshold.ts";

/** How ink is separated from what it is on. */
export interface Separation {
  /** Corrects uneven illumination first; gives `undefined` where the picture shows too little for that. */
  readonly correct?: (grey: GreyImage) => EvenImage | undefined;
  /**
   * `otsu` parts the brightness of all pixels; `inverted` does so, and takes the part that has most of the border for ink;
   * `border` compares all pixels with the border.
   */
  readonly threshold: "otsu" | "inverted" | "border";
  /** Erases lines in the mask, in place; gives whether there were any. */
  readonly erase?: EraseLines;
  /** Whether there is nothing to be seen where no line was erased. */
  readonly needsLines?: boolean;
}

/** A picture on a background of one tone. */
export interface EvenImage extends GreyImage {
  /** 1 when ink is lighter than the background, −1 when it is darker. */
  readonly direction: 1 | -1;
}

/** Erases lines in a mask of ink, whose pieces are known, and tells whether there were any. */
export type EraseLines = (
  mask: Uint8Array,
  width: number,
  height: number,
  pieces: readonly Component[],
) => boolean;

/** A picture, and how often each brightness occurs in it. */
export interface CountedImage {
  readonly grey: GreyImage;
  /** 256 counts. */
  readonly counts: Uint32Array;
}

/** All ink of a picture, in connected components. */
export interface InkPieces {
  /** The picture, with its illumination corrected where that was asked for. */
  readonly grey: GreyImage;
  readonly levels: InkLevels;
  /** The components, from the upper left; specks and what else is no digit are among them. */
  readonly pieces: readonly Component[];
  /** Whether lines were erased. */
  readonly isErased: boolean;
}

/**
 * Separates ink from its background.
 *
 * @param picture The picture, of the size in which it is looked at.
 * @param separation How.
 * @param record Receives the pictures on the way.
 * @returns The ink; `undefined` where there is none, where the picture is too small for its illumination to be corrected, and
 * where lines are to be erased and there are none.
 */
export function separateInk(
  picture: CountedImage,
  { correct, threshold, erase, needsLines = false }: Separation,
  record?: RecordStep,
): InkPieces | undefined {
  const even = correct?.(picture.grey);
  if (correct !== undefined && even === undefined) return undefined;
  const grey = even ?? picture.grey;
  const counts = even === undefined ? picture.counts : histogram(even.data);
  const { width, height } = grey;
  const levels = threshold === "border"
    ? findInkLevels(grey, even?.direction, counts)
    : otsuLevels(grey, counts, threshold === "inverted");
  if (levels === undefined) return undefined;
  const mask = inkMask(grey, levels);
  let pieces = findComponents(mask, width, height);
  if (even !== undefined) pieces = pieces.filter((piece) => !isHollowed(piece, picture.grey));
  let isErased = false;
  if (erase?.(mask, width, height, pieces)) {
    const others = findComponents(mask, width, height);
    // A line with nothing on it is what was drawn.
    isErased = others.length > 0;
    if (isErased) pieces = withoutTicks(others, pieces, mask, width);
  }
  if (needsLines && !isErased) return undefined;
  record?.({ name: "even light", width, height, values: toUnit(grey.data) });
  record?.({ name: "surely ink", width, height, values: Float32Array.from(mask) });
  return { grey, levels, pieces, isErased };
}

/** What lies between the strokes of a piece is hollowed when there is at least so much of it, as a share of the piece. */
const MIN_HOLLOW = 0.5;

/** And when it stands out from the strokes by less than this share of how much the background does. */
const HOLLOW_CONTRAST = 0.2;

/** How far from the piece the background is looked at, in pixels. */
const BESIDE = 3;

/**
 * Whether a piece is the outline of something filled, whose inside was taken for background when the illumination was
 * corrected: before that, the inside is as dark as the outline, or as light.
 */
function isHollowed({ runs }: Component, { data, width }: GreyImage): boolean {
  const [ink, inside, background] = [new Tone(), new Tone(), new Tone()];
  for (let i = 0; i < runs.length; i += 3) {
    const [row, start, end] = [runs[i] * width, runs[i + 1], runs[i + 2]];
    ink.add(data, row + start, row + end);
    const isFirst = i === 0 || runs[i - 3] !== runs[i];
    if (isFirst) background.add(data, row + Math.max(0, start - BESIDE), row + start);
    else inside.add(data, row + runs[i - 1], row + start);
    const isLast = i + 3 === runs.length || runs[i + 3] !== runs[i];
    if (isLast) background.add(data, row + end, row + Math.min(width, end + BESIDE));
  }
  if (inside.count < MIN_HOLLOW * ink.count || background.count === 0) return false;
  const contrast = background.mean - ink.mean;
  const within = inside.mean - ink.mean;
  return contrast * within < HOLLOW_CONTRAST * contrast * contrast;
}

/** The mean brightness of some pixels. */
class Tone {
  count = 0;
  #sum = 0;

  add(data: GreyImage["data"], start: number, end: number): void {
    for (let at = start; at < end; at++) this.#sum += data[at];
    this.count += Math.max(0, end - start);
  }

  get mean(): number {
    return this.#sum / this.count;
  }
}

/** A tick of a comb is lower than this share of the digit; a line between cells is higher than it by this factor. */
const TICK_HEIGHT = [0.6, 1.15] as const;

/**
 * Leaves out upright lines that stood on an erased one and have not the height of a digit: the ticks of a comb, and the
 * lines between the cells of a form.
 */
function withoutTicks(
  pieces: Component[],
  before: readonly Component[],
  after: Uint8Array,
  width: number,
): Component[] {
  const bars = pieces.filter(isUprightBar);
  const heights = pieces.filter((piece) => !bars.includes(piece)).map(heightOf);
  const tallest = heights.reduce((most, height) => Math.max(most, height), 0);
  // One bar on a line may be a 1; several are what is left of an empty comb.
  if (bars.length === 0 || tallest === 0 && bars.length === 1) return pieces;
  const erased = new Uint8Array(after.length);
  for (const { runs } of before) {
    for (let i = 0; i < runs.length; i += 3) {
      const row = runs[i] * width;
      erased.fill(1, row + runs[i + 1], row + runs[i + 2]);
    }
  }
  for (let i = 0; i < after.length; i++) erased[i] &= ~after[i];
  const isTick = (piece: Component): boolean => {
    const height = heightOf(piece);
    const isOfDigit = height > TICK_HEIGHT[0] * tallest && height < TICK_HEIGHT[1] * tallest;
    return !isOfDigit && isBeside(piece, erased, width);
  };
  return pieces.filter((piece) => !bars.includes(piece) || !isTick(piece));
}

function heightOf({ top, bottom }: Component): number {
  return bottom - top + 1;
}

/** Whether a pixel above, below or at the ends of a piece is marked. */
function isBeside({ runs }: Component, marked: Uint8Array, width: number): boolean {
  for (let i = 0; i < runs.length; i += 3) {
    for (let row = runs[i] - 1; row <= runs[i] + 1; row++) {
      for (let at = row * width + runs[i + 1] - 1; at <= row * width + runs[i + 2]; at++) {
        if (marked[at] === 1) return true;
      }
    }
  }
  return false;
}

/**
 * How much ink each pixel of some pieces is, and each beside them: the soft edges of strokes.
 *
 * @param from The ink that the pieces are of.
 * @param pieces The pieces.
 * @param reach How far beyond the pixels that surely are ink the soft edge is kept, in pixels.
 * @returns The ink, 0 elsewhere.
 */
export function softInk(
  { grey: { data, width, height }, levels, pieces: all, isErased }: InkPieces,
  pieces: readonly Component[],
  reach: number,
): InkMap {
  const curve = inkCurve(levels);
  const ink = new Float32Array(data.length);
  if (pieces.length === all.length && !isErased) {
    // Nothing is left out: the soft edges are all there is around.
    const box = boxAround(pieces);
    const top = Math.max(0, box.y - reach);
    const bottom = Math.min(height - 1, box.y + box.height - 1 + reach);
    const left = Math.max(0, box.x - reach);
    const right = Math.min(width - 1, box.x + box.width - 1 + reach);
    for (let y = top; y <= bottom; y++) {
      const end = y * width + right;
      for (let at = y * width + left; at <= end; at++) ink[at] = curve[data[at]];
    }
    return { data: ink, width, height };
  }
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
