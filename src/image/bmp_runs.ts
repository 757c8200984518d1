import type { LeNetError } from "../model/error.ts";
import { type BmpHeader, rowBytes } from "./bmp_header.ts";
import { imageError } from "./image_error.ts";

/** Pixels side by side, each the number of a colour. */
export interface BmpRun {
  /** The column of the first one. */
  readonly x: number;
  /** Their row, in the order of the file. */
  readonly y: number;
  /** How many they are. */
  readonly length: number;
  /** Where in the file the colours begin: one byte each, or half a byte, high half first. */
  readonly at: number;
  /** Whether the colours of one byte are repeated. */
  readonly repeats: boolean;
}

/**
 * Follows the pixels of a BMP that has a palette, without taking memory: its rows, or its run lengths up to the mark at
 * their end.
 *
 * @param bytes The file.
 * @param header Its header.
 * @returns The runs, one after the other. Pixels that no run covers are left out by the file.
 * @throws {LeNetError} `image/unreadable` when run lengths end too soon or leave the picture.
 */
export function* bmpRuns(bytes: Uint8Array, header: BmpHeader): Generator<BmpRun, void> {
  if (header.runs) return yield* runLengths(bytes, header);
  const { width, height, depth, data } = header;
  for (let y = 0; y < height; y++) {
    yield { x: 0, y, length: width, at: data + y * rowBytes(width, depth), repeats: false };
  }
}

function* runLengths(bytes: Uint8Array, header: BmpHeader): Generator<BmpRun, void> {
  const { depth } = header;
  let at = header.data;
  let x = 0;
  let y = 0;
  while (at + 1 < bytes.length) {
    const count = bytes[at];
    const code = bytes[at + 1];
    at += 2;
    if (count > 0) {
      const length = clip(x, y, count, header);
      if (length > 0) yield { x, y, length, at: at - 1, repeats: true };
      x += count;
    } else if (code === 0) {
      x = 0;
      y++;
    } else if (code === 1) {
      return;
    } else if (code === 2) {
      if (at + 1 >= bytes.length) break;
      x += bytes[at];
      y += bytes[at + 1];
      at += 2;
    } else {
      if (at + Math.ceil(code * depth / 8) > bytes.length) break;
      const length = clip(x, y, code, header);
      if (length > 0) yield { x, y, length, at, repeats: false };
      x += code;
      // Filled up to an even number of bytes.
      at += 2 * Math.ceil(code * depth / 16);
    }
  }
  throw damaged(`ends at byte ${bytes.length}, before the end of its pixels is marked`);
}

/** How much of a run lies in the picture: some writers fill rows up to a multiple of four pixels. */
function clip(x: number, y: number, length: number, { width, height }: BmpHeader): number {
  if (y >= height || x + length > width + 3) throw damaged("has a run that leaves the picture");
  return Math.min(length, width - x);
}

function damaged(problem: string): LeNetError {
  return imageError("image/unreadable", `the BMP ${problem}`);
}
