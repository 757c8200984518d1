import { drawPaths } from "../../src/data/pen.ts";
import type { Random } from "../../src/model/random.ts";
import { fitPaths, type Path, pathBounds } from "./hand.ts";
import { darkMaterials, plainMaterials } from "./materials.ts";
import { paint, paperOf } from "./paint.ts";
import { type RgbaPicture, toRgba } from "./rgba_picture.ts";

/**
 * Draws strokes with an everyday pen on a sheet of paper or a board.
 *
 * @param written The strokes, of any size.
 * @param random Where chance comes from.
 * @returns The picture.
 */
export function strokesPicture(written: readonly Path[], random: Random): RgbaPicture {
  const width = Math.round(random.uniform(60, 260));
  const height = Math.round(width * random.uniform(0.85, 1.2));
  const length = Math.min(width, height) * random.uniform(0.45, 0.8);
  const thickness = length * random.uniform(0.05, 0.13);
  const { right, bottom } = pathBounds(fitPaths(written, length, 0, 0));
  const room = thickness / 2 + 1;
  const paths = fitPaths(
    written,
    length,
    random.uniform(room, width - right - room),
    random.uniform(room, height - bottom - room),
  );
  const ink = { data: new Float32Array(width * height), width, height };
  drawPaths(paths, { radius: thickness / 2, softness: 1.2 }, ink.data, width);
  const materials = random.next() < 0.6 ? plainMaterials(random) : darkMaterials(random);
  const photo = paperOf(width, height, materials.paper);
  paint(photo, ink, materials.ink);
  return toRgba(photo);
}
