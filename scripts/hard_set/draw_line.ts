import type { Path } from "./hand.ts";

/**
 * Draws lines exactly one pixel wide, as a program without smoothing does: in each step one pixel along the longer
 * way, and the nearest one along the shorter (J. Bresenham, 1965).
 *
 * @param paths The lines, in pixels; points are rounded to the middle of a pixel.
 * @param canvas Receives 1 where a line is, row by row.
 * @param width Columns of the canvas.
 */
export function drawPixelLines(
  paths: readonly Path[],
  canvas: Float32Array,
  width: number,
): void {
  const height = canvas.length / width;
  for (const path of paths) {
    for (let i = 0; i + 3 < path.length; i += 2) {
      const [x0, y0, x1, y1] = path.slice(i, i + 4).map(Math.floor);
      const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
      for (let step = 0; step <= steps; step++) {
        const x = Math.round(x0 + (x1 - x0) * step / steps);
        const y = Math.round(y0 + (y1 - y0) * step / steps);
        if (x >= 0 && y >= 0 && x < width && y < height) canvas[y * width + x] = 1;
      }
    }
  }
}
