import type { Coverage } from "./draw_shape.ts";
import type { Colour } from "./materials.ts";
import type { Photo } from "./photo.ts";

/**
 * A sheet of paper.
 *
 * @param width Columns.
 * @param height Rows.
 * @param colour Its colour.
 * @returns A picture of that and nothing else.
 */
export function paperOf(width: number, height: number, colour: Colour): Photo {
  const data = new Float32Array(3 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3];
  return { data, width, height };
}

/**
 * Colours a picture where something covers it.
 *
 * @param photo The picture, changed in place.
 * @param coverage What covers it.
 * @param colour The colour of that.
 */
export function paint(photo: Photo, coverage: Coverage, [red, green, blue]: Colour): void {
  const { data } = photo;
  for (let i = 0, at = 0; at < data.length; i++, at += 3) {
    const share = coverage.data[i];
    if (share === 0) continue;
    data[at] += share * (red - data[at]);
    data[at + 1] += share * (green - data[at + 1]);
    data[at + 2] += share * (blue - data[at + 2]);
  }
}
