import { changeWidth } from "./change_width.ts";
import { DIGIT_BOX } from "./digit_frame.ts";
import { fitInk } from "./fit_ink.ts";
import type { FoundInk } from "./ink_map.ts";
import { strengthenInk } from "./strengthen_ink.ts";
import { strokeWidth } from "./stroke_width.ts";

/** The longer side of the digit, in pixels, when its strokes are looked at, at least: four for each of MNIST's. */
const STROKE_SIDE: number = 4 * DIGIT_BOX;

/** Nineteen in twenty of MNIST's digits have strokes of 1.5 to 3.7 pixels, most of them of 2 to 2.8. */
const THINNEST = 1.6;
const THICKEST = 4.4;
const THIN = 2.3;
const THICK = 3.6;

/**
 * Brings strokes that are thinner or thicker than nearly all of MNIST's near to them: lines of a mouse, one pixel
 * thin on a large canvas, and thick markers. Others stay as they are.
 *
 * @param found The ink of a digit.
 * @returns The ink; the same where nothing is to be done.
 */
export function evenStrokes(found: FoundInk): FoundInk {
  const { map, box, stroke = strokeWidth(map, box) } = found;
  const side = Math.max(box.width, box.height);
  // Small digits are looked at enlarged; of larger ones most need no second look.
  const enlarged = side < STROKE_SIDE ? fitInk(map, box, STROKE_SIDE) : undefined;
  const width = enlarged
    ? strokeWidth(enlarged) * DIGIT_BOX / STROKE_SIDE
    : stroke * DIGIT_BOX / side;
  if (width === 0 || (width >= THINNEST && width <= THICKEST)) return found;
  const wanted = width < THINNEST ? THIN : THICK;
  // The whole grows with its strokes, and is made smaller again by as much.
  const growth = (wanted - width) * STROKE_SIDE / (2 * (DIGIT_BOX - wanted));
  // Made smaller, thin lines have faded: the strongest ink is full ink again.
  const ink = enlarged ?? fitInk(map, box, STROKE_SIDE);
  const changed = changeWidth({ ...ink, data: strengthenInk(ink.data) }, growth);
  // What grows gets a larger map, what shrinks leaves the edges of its own.
  const inset = Math.max(0, Math.floor(-growth));
  return {
    map: changed,
    box: {
      x: inset,
      y: inset,
      width: Math.max(1, changed.width - 2 * inset),
      height: Math.max(1, changed.height - 2 * inset),
    },
  };
}
