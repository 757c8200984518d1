import { DIGIT_BOX, DIGIT_CENTRE, DIGIT_SIDE } from "./digit_frame.ts";
import type { FoundInk } from "./ink_map.ts";

/** Ink and its soft edge end a little within the longer side of MNIST's digits, or beyond: in pixels of MNIST. */
const SIDE_TOLERANCE = 1;

/** MNIST's centres of mass lie at most half a pixel from the middle; enlarged ones hardly further. */
const CENTRE_TOLERANCE = 0.6;

/**
 * Tells whether ink lies in a picture as MNIST's digits lie in theirs: in a square, its longer side 20 of 28 parts long,
 * its centre of mass in the middle. Such a picture is one of MNIST's that was enlarged.
 *
 * @param found The ink.
 * @param width Columns of the picture.
 * @param height Rows of the picture.
 * @returns Whether it does.
 */
export function isFramedAsMnist({ map, box }: FoundInk, width: number, height: number): boolean {
  const factor = Math.round(width / map.width);
  // Not where only a part of the picture was looked at.
  const isWhole = map.width === map.height && Math.abs(map.width * factor - width) < factor;
  if (width !== height || !isWhole) return false;
  const scale = DIGIT_SIDE / map.width;
  const longSide = Math.max(box.width, box.height) * scale;
  if (Math.abs(longSide - DIGIT_BOX) > SIDE_TOLERANCE) return false;
  let [mass, across, down] = [0, 0, 0];
  for (let y = 0, i = 0; y < map.height; y++) {
    for (let x = 0; x < map.width; x++, i++) {
      mass += map.data[i];
      across += map.data[i] * x;
      down += map.data[i] * y;
    }
  }
  return [across, down].every((moment) =>
    Math.abs((moment / mass + 0.5) * scale - 0.5 - DIGIT_CENTRE) <= CENTRE_TOLERANCE
  );
}
