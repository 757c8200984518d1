/**
 * Scales ink so that its strongest pixel is 1, in place. MNIST's strokes all reach (nearly) full ink, but a thin
 * line drawn large is mostly background by the time it is 20 pixels high, and would look like a faint digit.
 *
 * @param pixels Ink from 0 to 1, with at least one pixel above 0.
 * @returns The same array.
 */
export function strengthenInk<T extends Float32Array>(pixels: T): T {
  let strongest = 0;
  for (let i = 0; i < pixels.length; i++) strongest = Math.max(strongest, pixels[i]);
  for (let i = 0; i < pixels.length; i++) pixels[i] /= strongest;
  return pixels;
}
