import type { Box, GreyImage, Pixels } from "./image.ts";
import { despeckle, LazyGrey, reduceGrey } from "./ink/grey.ts";
import { toBytes } from "./values.ts";

/** In smaller pictures, in pixels, a speck and the end of a stroke look the same. */
const MIN_SPECKLED_SIDE = 60;

/** A part of a page, reduced to the size in which ink is looked for. */
export interface View {
  /** The part of the page, in its pixels. */
  readonly region: Box;
  /** How many pixels of the page became one, across and down. */
  readonly factor: number;
  /** The brightness, without specks. */
  readonly grey: GreyImage;
}

/** A picture in which digits are looked for. Its views are kept, for what is looked at in several ways. */
export class Page {
  readonly grey: GreyImage;
  /** The whole of it. */
  readonly whole: Box;
  readonly #views = new Map<string, View>();

  /** @param pixels The picture. */
  constructor(pixels: Pixels) {
    const { width, height, channels, data } = pixels;
    this.grey = channels === 4 ? new LazyGrey(pixels) : { data: toBytes(data), width, height };
    this.whole = { x: 0, y: 0, width, height };
  }

  /**
   * Reduces a part of the page by a whole factor, and removes specks.
   *
   * @param region The part.
   * @param factor How many pixels become one, across and down.
   * @returns The view.
   */
  view(region: Box, factor: number): View {
    const key = [region.x, region.y, region.width, region.height, factor].join();
    let view = this.#views.get(key);
    if (view === undefined) {
      const reduced = reduceGrey(this.grey, region, factor);
      const isSpeckled = Math.max(reduced.width, reduced.height) >= MIN_SPECKLED_SIDE;
      view = { region, factor, grey: isSpeckled ? despeckle(reduced) : reduced };
      this.#views.set(key, view);
    }
    return view;
  }
}

/**
 * The part of a page that a box in a view of it covers, with a margin.
 *
 * @param box The box, in pixels of the view.
 * @param margin How far around it the part reaches; below 0 how far inside, in pixels of the view.
 * @param view The view.
 * @returns The part, in pixels of the page; it does not leave the view.
 */
export function regionAround(
  box: Box,
  margin: number,
  { region, factor }: Omit<View, "grey">,
): Box {
  const left = Math.max(0, Math.floor(box.x - margin)) * factor;
  const top = Math.max(0, Math.floor(box.y - margin)) * factor;
  const right = Math.min(region.width, Math.ceil(box.x + box.width + margin) * factor);
  const bottom = Math.min(region.height, Math.ceil(box.y + box.height + margin) * factor);
  return {
    x: region.x + left,
    y: region.y + top,
    width: Math.max(0, right - left),
    height: Math.max(0, bottom - top),
  };
}
