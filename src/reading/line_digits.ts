import type { Box, FoundInk } from "../image/image.ts";
import { boxAround, type Component } from "../image/ink/components.ts";
import type { AlignedDigit } from "./decode.ts";
import type { DeskewedInk } from "./deskew.ts";
import { copyInk, DIGIT_HEIGHT, LINE_HEIGHT, type LineImage } from "./line_images.ts";
import { LINE_STEP } from "./line_network.ts";

/** The ink of one digit of a line. */
export interface DigitInk {
  /** Its box in the map of the writing. */
  readonly box: Box;
  /** Its ink by itself; none where the line network alone sees a digit. */
  readonly found: FoundInk | undefined;
  /** Whether it was cut off from what it touches. */
  readonly isCut: boolean;
}

/**
 * Finds the ink of each digit of a line: a line is divided between the places where its digits were seen, in columns that
 * are empty, or have little ink. A piece that is nearly all on one side goes to that side whole.
 *
 * @param ink The writing.
 * @param line The line.
 * @param digits The steps of each digit.
 * @returns The ink of each digit.
 */
export function digitInks(
  ink: DeskewedInk,
  line: LineImage,
  digits: readonly AlignedDigit[],
): DigitInk[] {
  const centres = digits.map(({ first, end }) =>
    LINE_STEP * (first + end - 1) / 2 + LINE_HEIGHT / 2
  );
  const borders = [
    -Infinity,
    ...centres.slice(1).map((centre, i) =>
      line.left + line.scale * emptiestColumn(line, centres[i], centre)
    ),
    Infinity,
  ];
  const shares: Component[][] = digits.map(() => []);
  const isCut = digits.map(() => false);
  for (const piece of line.pieces) {
    const parts = digits.map((_, i) => columnsOf(piece, borders[i], borders[i + 1]));
    const whole = parts.findIndex((part) => part !== undefined && part.area >= OWN * piece.area);
    if (whole >= 0) {
      shares[whole].push(piece);
      continue;
    }
    parts.forEach((part, i) => {
      if (part === undefined) return;
      shares[i].push(part);
      isCut[i] = true;
    });
  }
  const height = DIGIT_HEIGHT * line.scale;
  return digits.map((_, i) => {
    const pieces = withoutMarks(shares[i], height);
    if (pieces.length === 0) {
      const [left, right] = [centres[i] - DIGIT_HEIGHT / 4, centres[i] + DIGIT_HEIGHT / 4];
      const box = {
        x: Math.round(line.left + line.scale * left),
        y: Math.round(line.top + line.scale * (LINE_HEIGHT - DIGIT_HEIGHT) / 2),
        width: Math.max(1, Math.round(line.scale * (right - left))),
        height: Math.max(1, Math.round(height)),
      };
      return { box, found: undefined, isCut: isCut[i] };
    }
    const box = boxAround(pieces);
    const margin = ink.reach + 1;
    const area = {
      x: box.x - margin,
      y: box.y - margin,
      width: box.width + 2 * margin,
      height: box.height + 2 * margin,
    };
    const map = copyInk(ink, pieces, area);
    return { box, found: { map, box: { ...box, x: margin, y: margin } }, isCut: isCut[i] };
  });
}

/** A piece with this share of its ink in one digit's columns is all of that digit: an arm may hang over the next one. */
const OWN = 0.85;

/**
 * Where digits touch, a column farther from the middle between them costs as much as so many pixels of ink: the least ink is
 * often in the hole of a 0.
 */
const ASIDE = 2;

/** A column with less ink, in pixels, is empty. */
const EMPTY = 0.5;

/**
 * An empty column between two digits, the nearest to their middle where there are several; one with little ink near the
 * middle where there is none.
 */
function emptiestColumn({ map: { data, width } }: LineImage, left: number, right: number): number {
  const middle = (left + right) / 2;
  let [best, least] = [middle, Infinity];
  for (let x = Math.ceil(left); x <= Math.floor(right); x++) {
    let ink = 0;
    for (let y = 0; y < LINE_HEIGHT; y++) ink += data[y * width + x];
    const cost = ink + (ink < EMPTY ? 1 / width : ASIDE) * Math.abs(x - middle);
    if (cost < least) [best, least] = [x, cost];
  }
  return best;
}

/** The part of a piece between two columns; none where it has no ink there. */
function columnsOf(piece: Component, from: number, to: number): Component | undefined {
  if (from <= piece.left && piece.right < to) return piece;
  const runs: number[] = [];
  let [area, left, right, top, bottom] = [0, Infinity, -1, Infinity, -1];
  for (let r = 0; r < piece.runs.length; r += 3) {
    const row = piece.runs[r];
    const first = Math.max(piece.runs[r + 1], Math.ceil(from));
    const end = Math.min(piece.runs[r + 2], Math.ceil(to));
    if (first >= end) continue;
    runs.push(row, first, end);
    area += end - first;
    left = Math.min(left, first);
    right = Math.max(right, end - 1);
    top = Math.min(top, row);
    bottom = row;
  }
  return area === 0 ? undefined : { area, left, right, top, bottom, runs };
}

/** A piece of this height, in heights of a digit, is most of a digit; a lower one is, too, where there is no such piece. */
const MAIN = 0.4;

/** A low piece is a part of a digit where this share of its width is above or below the rest. */
const BESIDE = 0.5;

/** Leaves out dots, commas and dashes, which stand beside digits. */
function withoutMarks(pieces: readonly Component[], height: number): Component[] {
  const main = pieces.filter(({ top, bottom }) => bottom - top + 1 >= MAIN * height);
  if (main.length === 0) return [...pieces];
  const { x, width } = boxAround(main);
  return pieces.filter((piece) => {
    const shared = Math.min(piece.right + 1, x + width) - Math.max(piece.left, x);
    return main.includes(piece) || shared >= BESIDE * (piece.right - piece.left + 1);
  });
}
