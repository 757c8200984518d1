/** A pen: how thick it is, and how soft its edge. */
export interface Pen {
  /** Half the width of a line, in pixels. */
  readonly radius: number;
  /** Over how many pixels the ink fades out at the edge. */
  readonly softness: number;
}

/**
 * Draws lines with a round pen. Where lines cross, the darker one shows.
 *
 * @param paths Lines of straight pieces: x and y in turn, in pixels from the upper left corner.
 * @param pen The pen.
 * @param canvas Receives the ink, 0 to 1, row by row.
 * @param width Columns of the canvas.
 */
export function drawPaths(
  paths: readonly (readonly number[])[],
  pen: Pen,
  canvas: Float32Array,
  width: number,
): void {
  for (const path of paths) {
    for (let i = 0; i + 3 < path.length; i += 2) {
      drawPiece(path[i], path[i + 1], path[i + 2], path[i + 3], pen, canvas, width);
    }
  }
}

function drawPiece(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  { radius, softness }: Pen,
  canvas: Float32Array,
  width: number,
): void {
  const height = canvas.length / width;
  const reach = radius + softness / 2;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach));
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squaredLength = dx * dx + dy * dy;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      // From the middle of the pixel to the nearest point of the piece.
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = squaredLength > 0 ? (px * dx + py * dy) / squaredLength : 0;
      const nearest = along < 0 ? 0 : along > 1 ? 1 : along;
      const [ex, ey] = [px - nearest * dx, py - nearest * dy];
      const ink = (reach - Math.sqrt(ex * ex + ey * ey)) / softness;
      const at = y * width + x;
      if (ink > canvas[at]) canvas[at] = ink < 1 ? ink : 1;
    }
  }
}
