import { SIDE } from "./corruption.ts";

/** Sets how wide a line is: it has faded at 1.45 pixels above and below its middle. */
const WIDTH = 2.3;

/** A point of a picture, in pixels from the middle of its first. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Adds a white line with soft edges to a picture, from left to right.
 *
 * @param shares 28×28 shares of white; they are changed, and never more than 1.
 * @param from The end on the left.
 * @param to The end on the right.
 * @param isShown In which columns the line is drawn; in all, where it is left out.
 */
export function addSoftLine(
  shares: Float64Array,
  from: Point,
  to: Point,
  isShown: (x: number) => boolean = () => true,
): void {
  const slope = (to.y - from.y) / (to.x - from.x);
  const end = Math.min(SIDE, Math.ceil(to.x));
  for (let x = Math.max(0, Math.floor(from.x)); x < end; x++) {
    if (!isShown(x)) continue;
    const middle = from.y + slope * (x - from.x);
    for (let y = 0; y < SIDE; y++) {
      const distance = Math.abs(y - middle);
      if (distance >= WIDTH) continue;
      const light = Math.max(0, 1 + Math.log(1 - distance / WIDTH));
      shares[y * SIDE + x] = Math.min(1, shares[y * SIDE + x] + light);
    }
  }
}
