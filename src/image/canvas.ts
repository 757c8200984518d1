import { imageError, LeNetError, reasonOf } from "../errors.ts";
import { checkPictureSize } from "./decode/checks.ts";
import type { DrawableImage, RgbaImage } from "./image.ts";
import { typeName } from "./values.ts";

/** The members of drawable objects that are used. Objects are recognised by these, never by their class. */
interface Drawable {
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

/** The members of a 2d context that are used. */
interface Context2d {
  drawImage(image: unknown, x: number, y: number, width: number, height: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillStyle: unknown;
  getImageData(x: number, y: number, width: number, height: number): {
    readonly data: Uint8ClampedArray;
  };
}

/** `HTMLMediaElement.HAVE_CURRENT_DATA`: the `readyState` from which a video has a current frame. */
const HAVE_CURRENT_DATA = 2;

/**
 * Reads the pixels of a canvas, or of what can be drawn on one.
 *
 * A canvas with a 2d context is read directly. Everything else, and a canvas with a context of another kind, is drawn on
 * a new canvas. Where no canvas can be drawn on, a video frame copies its pixels, and a canvas or a bitmap is encoded as
 * PNG and decoded again, which is the only way in Deno.
 *
 * What is shown when this function is called is what is read: but for an image that is not loaded, nothing is awaited
 * before it is drawn or copied, so that the caller may change or close it.
 *
 * @param image The canvas, bitmap, video frame or element. It is not changed.
 * @param maxPixels The largest number of pixels that is accepted.
 * @returns The picture in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when it is empty, cannot be loaded, or is cross-origin data that may not be
 * read; `image/too-large` above `maxPixels`; `image/invalid` when a canvas returns pixels of another size than its own;
 * `image/unsupported` where the runtime has no way to read its pixels.
 */
export async function readDrawable(image: DrawableImage, maxPixels: number): Promise<RgbaImage> {
  const drawable = image as Drawable;
  const { naturalWidth, videoWidth, readyState = HAVE_CURRENT_DATA } = drawable;
  if (naturalWidth === 0 && drawable.decode) {
    await drawable.decode().catch((cause) => {
      throw imageError("image/unreadable", "the image element shows no image", cause);
    });
  }
  if (videoWidth !== undefined && readyState < HAVE_CURRENT_DATA) {
    throw imageError("image/unreadable", "the video has no picture to show yet");
  }
  const [width, height] = sizeOf(drawable);
  checkPictureSize("it", width, height, maxPixels);
  try {
    const own = drawable.getContext && own2dContext(drawable);
    if (own) return pixelsOf(own, width, height);
    const fresh = create2dContext(width, height);
    if (fresh) {
      fresh.drawImage(image, 0, 0, width, height);
      return pixelsOf(fresh, width, height);
    }
    const picture = await (copyFrame(drawable, maxPixels) ?? throughPng(drawable, maxPixels));
    if (picture) return picture;
  } catch (cause) {
    if (cause instanceof LeNetError) throw cause;
    const reason = reasonOf(cause);
    throw imageError("image/unreadable", `its pixels cannot be read: ${reason}`, cause);
  }
  throw imageError(
    "image/unsupported",
    `it is of type ${typeName(image)}, and no canvas here can read its pixels`,
  );
}

function sizeOf(drawable: Drawable): [width: number, height: number] {
  const { displayWidth, displayHeight, naturalWidth, naturalHeight, videoWidth, videoHeight } =
    drawable;
  // Some SVG images have no size of their own: then that of the element is taken.
  const width = displayWidth ?? videoWidth ?? (naturalWidth || drawable.width);
  const height = displayHeight ?? videoHeight ?? (naturalHeight || drawable.height);
  return [Number(width), Number(height)];
}

/** The 2d context of a canvas; `undefined` when it has a context of another kind, or was transferred. */
function own2dContext(canvas: Drawable): Context2d | undefined {
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

/**
 * Creates a canvas with a 2d context: an `OffscreenCanvas`, or an element where there is none.
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

function copyFrame(frame: Drawable, maxPixels: number): Promise<RgbaImage> | undefined {
  if (!frame.copyTo || !frame.visibleRect) return undefined;
  const { width, height } = frame.visibleRect;
  checkPictureSize("it", width, height, maxPixels);
  const data = new Uint8Array(4 * width * height);
  return frame.copyTo(data, { format: "RGBA", layout: [{ offset: 0, stride: 4 * width }] })
    .then(() => ({ data, width, height }));
}

async function throughPng(image: Drawable, maxPixels: number): Promise<RgbaImage | undefined> {
  const canvas = image.getContext ? image : await canvasOf(image);
  const blob = await canvas?.convertToBlob?.({ type: "image/png" });
  if (blob === undefined) return undefined;
  // Imported here: no browser needs it.
  const { decodePng } = await import("./decode/png.ts");
  const limits = { maxBytes: Infinity, maxPixels };
  return await decodePng(new Uint8Array(await blob.arrayBuffer()), limits);
}

/** A canvas that shows a copy of a bitmap: transferring the bitmap itself would detach it. */
async function canvasOf(image: Drawable): Promise<Drawable | undefined> {
  const { width, height } = image;
  const canShow = typeof OffscreenCanvas === "function" && typeof createImageBitmap === "function";
  if (!canShow || !image.close || width === undefined || height === undefined) return undefined;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("bitmaprenderer");
  if (!context) return undefined;
  context.transferFromImageBitmap(await createImageBitmap(image as ImageBitmap));
  return canvas as unknown as Drawable;
}

const PROBE_SIDE = 8;

const PROBE_COLOUR = [18, 164, 95, 255];

/**
 * Checks that pixels drawn on a canvas can be read back. Some browsers return noise instead, as a protection against
 * fingerprinting.
 *
 * @returns Whether a canvas returned a known colour.
 */
export function has2dCanvas(): boolean {
  const context = create2dContext(PROBE_SIDE, PROBE_SIDE);
  if (context === undefined) return false;
  context.fillStyle = `rgb(${PROBE_COLOUR.slice(0, 3)})`;
  context.fillRect(0, 0, PROBE_SIDE, PROBE_SIDE);
  const { data } = context.getImageData(0, 0, PROBE_SIDE, PROBE_SIDE);
  return data.every((value, i) => value === PROBE_COLOUR[i % 4]);
}
