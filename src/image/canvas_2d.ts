/** As much of a 2d context as is used. */
export interface Context2d {
  drawImage(image: unknown, x: number, y: number, width: number, height: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillStyle: unknown;
  getImageData(x: number, y: number, width: number, height: number): {
    readonly data: Uint8ClampedArray;
  };
}

const PROBE_SIDE = 8;
const PROBE = [18, 164, 95, 255];

/**
 * Makes a canvas with a 2d context, off the page or on it, whichever there is.
 *
 * @param width Columns.
 * @param height Rows.
 * @returns Its context, all transparent; `undefined` where no canvas can be drawn on, as in Deno and Node.
 */
export function create2dContext(width: number, height: number): Context2d | undefined {
  const options = { willReadFrequently: true };
  try {
    if (typeof OffscreenCanvas === "function") {
      const context = new OffscreenCanvas(width, height).getContext("2d", options);
      if (context) return context as unknown as Context2d;
    }
    if (typeof document !== "object") return undefined;
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    return canvas.getContext("2d", options) as unknown as Context2d | null ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Tells whether what is drawn on a canvas can be read again. Some browsers give noise instead, so that no page can tell
 * one user from another.
 *
 * @returns Whether a known colour came back.
 */
export function has2dCanvas(): boolean {
  const context = create2dContext(PROBE_SIDE, PROBE_SIDE);
  if (context === undefined) return false;
  context.fillStyle = `rgb(${PROBE.slice(0, 3)})`;
  context.fillRect(0, 0, PROBE_SIDE, PROBE_SIDE);
  const { data } = context.getImageData(0, 0, PROBE_SIDE, PROBE_SIDE);
  return data.every((value, i) => value === PROBE[i % 4]);
}
