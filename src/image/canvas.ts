import { imageError, LeNetError, reasonOf } from "../errors.ts";
import { checkPictureSize } from "./decode/format.ts";
import { decodePng } from "./decode/png.ts";
import { type DrawableImage, type RgbaImage, typeName } from "./image.ts";

/** What may be found in something drawable: all of it is asked for by name, nothing by class. */
interface Parts {
  readonly width?: number;
  readonly height?: number;
  readonly displayWidth?: number;
  readonly displayHeight?: number;
  readonly naturalWidth?: number;
  readonly naturalHeight?: number;
  readonly videoWidth?: number;
  readonly videoHeight?: number;
  readonly readyState?: number;
  readonly visibleRect?: { readonly width: number; readonly height: number } | null;
  getContext?(kind: string): unknown;
  convertToBlob?(options: { type: string }): Promise<Blob>;
  close?(): void;
  decode?(): Promise<void>;
  copyTo?(target: Uint8Array, options: object): Promise<unknown>;
}

/** How much of a video is here when it has a picture to show: `HAVE_CURRENT_DATA`. */
const HAS_PICTURE = 2;

/**
 * Reads the pixels of a canvas, or of what can be drawn on one.
 *
 * A canvas is read by its own 2d context. Everything else, and a canvas with a context of another kind, is drawn on a
 * fresh one. Where no canvas can be drawn on, a video frame is asked for its pixels, and a canvas or a bitmap for a PNG,
 * which is how Deno gives them.
 *
 * @param image The canvas, bitmap, video frame or element. It is left as it is.
 * @param maxPixels The largest number of pixels that is accepted.
 * @returns The picture in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when it is empty, cannot be loaded, or comes from another site that does not
 * let its pixels be read; `image/too-large` above `maxPixels`; `image/invalid` when a canvas gives pixels of another
 * size than its own; `image/unsupported` where there is no way to its pixels.
 */
export async function readDrawable(image: DrawableImage, maxPixels: number): Promise<RgbaImage> {
  const parts = image as Parts;
  await waitFor(parts);
  const [width, height] = sizeOf(parts);
  checkPictureSize("it", width, height, maxPixels);
  try {
    const own = parts.getContext && own2dContext(parts);
    if (own) return pixelsOf(own, width, height);
    const fresh = create2dContext(width, height);
    if (fresh) {
      fresh.drawImage(image, 0, 0, width, height);
      return pixelsOf(fresh, width, height);
    }
    const picture = await copyFrame(parts, maxPixels) ?? await throughPng(parts, maxPixels);
    if (picture) return picture;
  } catch (cause) {
    if (cause instanceof LeNetError) throw cause;
    const reason = reasonOf(cause);
    throw imageError("image/unreadable", `its pixels are not to be had: ${reason}`, cause);
  }
  throw imageError(
    "image/unsupported",
    `it is of type ${typeName(image)}, and there is no canvas here that gives its pixels`,
  );
}

/** Waits for the element of an image to be loaded. That of a video must have a picture to show. */
async function waitFor(parts: Parts): Promise<void> {
  if (parts.naturalWidth === 0 && parts.decode) {
    await parts.decode().catch((cause) => {
      throw imageError("image/unreadable", "the image element shows no image", cause);
    });
  }
  if (parts.videoWidth !== undefined && (parts.readyState ?? HAS_PICTURE) < HAS_PICTURE) {
    throw imageError("image/unreadable", "the video has no picture to show yet");
  }
}

function sizeOf(parts: Parts): [width: number, height: number] {
  const { displayWidth, displayHeight, naturalWidth, naturalHeight, videoWidth, videoHeight } =
    parts;
  // Some drawings (SVG) have no size but that of their element.
  const width = displayWidth ?? videoWidth ?? (naturalWidth || parts.width);
  const height = displayHeight ?? videoHeight ?? (naturalHeight || parts.height);
  return [Number(width), Number(height)];
}

/** The 2d context of a canvas; none when it has one of another kind, or was given away. */
function own2dContext(canvas: Parts): Context2d | undefined {
  try {
    const context = canvas.getContext!("2d") as Context2d | null | undefined;
    return typeof context?.getImageData === "function" ? context : undefined;
  } catch {
    return undefined;
  }
}

function pixelsOf(context: Context2d, width: number, height: number): RgbaImage {
  const { data } = context.getImageData(0, 0, width, height);
  if (data.length !== 4 * width * height) {
    throw imageError(
      "image/invalid",
      `its canvas gave ${data.length} values for ${width}×${height}`,
    );
  }
  return { data, width, height };
}

async function copyFrame(frame: Parts, maxPixels: number): Promise<RgbaImage | undefined> {
  if (!frame.copyTo || !frame.visibleRect) return undefined;
  const { width, height } = frame.visibleRect;
  checkPictureSize("it", width, height, maxPixels);
  const data = new Uint8Array(4 * width * height);
  await frame.copyTo(data, { format: "RGBA", layout: [{ offset: 0, stride: 4 * width }] });
  return { data, width, height };
}

async function throughPng(image: Parts, maxPixels: number): Promise<RgbaImage | undefined> {
  const canvas = image.getContext ? image : await canvasOf(image);
  const blob = await canvas?.convertToBlob?.({ type: "image/png" });
  if (blob === undefined) return undefined;
  const limits = { maxBytes: Infinity, maxPixels };
  return await decodePng(new Uint8Array(await blob.arrayBuffer()), limits);
}

/** A canvas that shows a copy of a bitmap: showing it would take it away from the caller. */
async function canvasOf(image: Parts): Promise<Parts | undefined> {
  const { width, height } = image;
  const canShow = typeof OffscreenCanvas === "function" && typeof createImageBitmap === "function";
  if (!canShow || !image.close || width === undefined || height === undefined) return undefined;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("bitmaprenderer");
  if (!context) return undefined;
  context.transferFromImageBitmap(await createImageBitmap(image as ImageBitmap));
  return canvas as unknown as Parts;
}

/** As much of a 2d context as is used. */
interface Context2d {
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
function create2dContext(width: number, height: number): Context2d | undefined {
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
