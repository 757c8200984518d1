import type { Point } from "../../src/data/skeletons.ts";
import { strokePath } from "../../src/data/stroke_path.ts";
import type { Random } from "../../src/model/random.ts";
import type { Path } from "./hand.ts";

/**
 * Scribbles: strokes that wander and cross until nothing can be read in them.
 *
 * @param random Where chance comes from.
 * @returns Two to five strokes.
 */
export function scribble(random: Random): Path[] {
  return Array.from({ length: 2 + random.integer(4) }, () => {
    const points = Array.from(
      { length: 5 + random.integer(8) },
      (): Point => [random.next(), random.next()],
    );
    return strokePath(points);
  });
}
