import { type Component, findComponents } from "../../src/image/ink/components.ts";
import { Page } from "../../src/image/page.ts";
import type { DeskewedInk } from "../../src/reading/deskew.ts";
import { type Grey, maskOf } from "../image/ink/drawing.ts";

/** Writing as rows of text, in which `#` is ink, whose digits are so high. */
export function writingOf(drawing: string, height: number): DeskewedInk {
  const { data, width, height: rows } = maskOf(drawing);
  return {
    map: { data: Float32Array.from(data), width, height: rows },
    edge: 0.5,
    pieces: findComponents(data, width, rows),
    height,
    reach: 1,
    inPicture: (x, y) => [x, y],
  };
}

/** The left edge of each piece. */
export function leftOf(pieces: readonly Component[]): number[] {
  return pieces.map(({ left }) => left);
}

/** Filled rectangles as pieces of ink. */
export function piecesOf(
  blocks: readonly (readonly [left: number, top: number, width: number, height: number])[],
): Component[] {
  const width = Math.max(...blocks.map(([left, , width]) => left + width)) + 1;
  const height = Math.max(...blocks.map(([, top, , height]) => top + height)) + 1;
  const mask = new Uint8Array(width * height);
  for (const [left, top, across, down] of blocks) {
    for (let y = top; y < top + down; y++) {
      mask.fill(1, y * width + left, y * width + left + across);
    }
  }
  return findComponents(mask, width, height);
}

/** A grey picture as a page. */
export function pageOf(grey: Grey): Page {
  return new Page({ ...grey, channels: 1 });
}
