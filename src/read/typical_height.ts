import type { Component } from "../image/components.ts";

/**
 * How high the digits of a writing are: the median height of its pieces, weighted by their ink, so that specks and
 * bits of broken strokes do not count for much.
 *
 * @param pieces The pieces, at least one.
 * @returns The height in pixels.
 */
export function typicalHeight(pieces: readonly Component[]): number {
  const sorted = pieces.map(({ top, bottom, area }) => ({ height: bottom - top + 1, area }))
    .sort((a, b) => a.height - b.height);
  const half = sorted.reduce((sum, { area }) => sum + area, 0) / 2;
  let below = 0;
  return sorted.find(({ area }) => (below += area) >= half)!.height;
}
