import type { Box } from "./box.ts";

/** How much ink each pixel of a picture is. */
export interface InkMap {
  /** 0 (background) to 1 (full ink), row by row. */
  readonly data: Float32Array<ArrayBuffer>;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** The ink of a digit, and where in its map it is. */
export interface FoundInk {
  readonly map: InkMap;
  readonly box: Box;
  /** How wide its strokes are, in pixels of the map, where that was measured. */
  readonly stroke?: number;
}
