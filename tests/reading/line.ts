import { type Component, findComponents } from "../../src/image/ink/components.ts";
import { Page } from "../../src/image/page.ts";
import type { DeskewedInk } from "../../src/reading/writing.ts";
import { type Grey, maskOf } from "../image/ink/drawing.ts";

/** Writing as rows of text, in which `#` is ink, whose digits are so high. */
export function writingOf(drawing: string, height: number): DeskewedInk {
  const { data, width, height: rows } = maskOf(drawing);
  return {
    map: { data: Float32Array.from(data), width, height: rows },
    pieces: findComponents(data, width, rows),
    height,
    reach: 1,
    inPicture: (x, y) => [x, y],
    region: { x: 0, y: 0, width, height: rows },
  };
}

/** The left edge of each piece. */
export function leftOf(pieces: readonly Component[]): number[] {
  return pieces.map(({ left }) => left);
}

/** A filled rectangle. */
export type Block = readonly [left: number, top: number, width: number, height: number];

/** Filled rectangles as pieces of ink. */
export function piecesOf(blocks: readonly Block[]): Component[] {
  return [...blocksOf(blocks, { height: 1, room: 1 }).pieces];
}

/** Filled rectangles as a writing whose digits are so high, with so much room on the right and below. */
export function blocksOf(
  blocks: readonly Block[],
  { height, room }: { readonly height: number; readonly room: number },
): DeskewedInk {
  const width = Math.max(...blocks.map(([left, , width]) => left + width)) + room;
  const rows = Math.max(...blocks.map(([, top, , height]) => top + height)) + room;
  const mask = new Uint8Array(width * rows);
  for (const [left, top, across, down] of blocks) {
    for (let y = top; y < top + down; y++) {
      mask.fill(1, y * width + left, y * width + left + across);
    }
  }
  return {
    map: { data: Float32Array.from(mask), width, height: rows },
    pieces: findComponents(mask, width, rows),
    height,
    reach: 1,
    inPicture: (x, y) => [x, y],
    region: { x: 0, y: 0, width, height: rows },
  };
}

/** A grey picture as a page. */
export function pageOf(grey: Grey): Page {
  return new Page({ ...grey, channels: 1 });
}
