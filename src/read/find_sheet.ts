import type { Box } from "../image/box.ts";
import { findComponents } from "../image/components.ts";
import type { GreyImage } from "../image/grey_image.ts";
import { findInkLevels } from "../image/ink_levels.ts";
import { reduceGrey } from "../image/reduce_grey.ts";

/** A sheet is large: a glance at a small picture is enough. */
const GLANCE = 200;

/** How much of a sheet is left out on every side when it is entered, as a share of its shorter side. */
const EDGE = 0.05;

/** What fills so much of its box, and so much of the picture, may be a sheet of paper on a table. */
const FILL = 0.6;
const SHARE = 0.15;

/**
 * Finds a sheet of paper on a table, or a board on a wall: something large and full that has another tone than what is
 * around it.
 *
 * @param grey The picture.
 * @returns What is inside its edges; `undefined` when there is no such thing. A thick 1 may be taken for one.
 */
export function findSheet(grey: GreyImage): Box | undefined {
  const factor = Math.ceil(Math.max(grey.width, grey.height) / GLANCE);
  const small = reduceGrey(
    grey,
    { x: 0, y: 0, width: grey.width, height: grey.height },
    factor,
  );
  const levels = findInkLevels(small);
  if (levels === undefined) return undefined;
  const { background, direction, edge } = levels;
  const { data, width, height } = small;
  const mask = Uint8Array.from(
    data,
    (level) => direction * (level - background) >= edge ? 1 : 0,
  );
  for (const { left, top, right, bottom, area } of findComponents(mask, width, height)) {
    const [across, down] = [right - left + 1, bottom - top + 1];
    if (area < FILL * across * down || area < SHARE * width * height) continue;
    const inset = Math.ceil(EDGE * Math.min(across, down));
    const [x, y] = [(left + inset) * factor, (top + inset) * factor];
    return {
      x,
      y,
      width: (across - 2 * inset) * factor,
      height: (down - 2 * inset) * factor,
    };
  }
  return undefined;
}
