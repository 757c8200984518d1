import type { Component } from "./components.ts";
import { inkCurve } from "./ink_levels.ts";
import type { InkMap } from "./ink_map.ts";
import type { InkPieces } from "./ink_pieces.ts";

/**
 * How much ink each pixel of some pieces is, and each beside them: the soft edges of strokes.
 *
 * @param from The ink that the pieces are of.
 * @param pieces The pieces.
 * @param reach How far beyond the pixels that surely are ink the soft edge is kept, in pixels.
 * @returns The ink, 0 elsewhere.
 */
export function softInk(
  { grey: { data, width, height }, levels, pieces: all, isRuled }: InkPieces,
  pieces: readonly Component[],
  reach: number,
): InkMap {
  const curve = inkCurve(levels);
  const ink = new Float32Array(data.length);
  if (pieces.length === all.length && !isRuled) {
    // Nothing is left out: the soft edges are all there is around.
    const top = Math.max(0, Math.min(...pieces.map((piece) => piece.top)) - reach);
    const bottom = Math.min(height - 1, Math.max(...pieces.map((piece) => piece.bottom)) + reach);
    const left = Math.max(0, Math.min(...pieces.map((piece) => piece.left)) - reach);
    const right = Math.min(width - 1, Math.max(...pieces.map((piece) => piece.right)) + reach);
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
