import { imageError } from "../errors.ts";
import { type ImageLimits, limitsOf, resolveLimits } from "../options.ts";
import { readDrawable } from "./canvas.ts";
import { ACCEPTED_IMAGES, decodeImage, isImageFile, type Wanted } from "./decode/formats.ts";
import { DIGIT_SIDE } from "./frame.ts";
import type {
  DigitImage,
  DigitPixels,
  DrawableImage,
  EncodedImage,
  PixelNumbers,
  Pixels,
  Values,
} from "./image.ts";
import { copyBrightness } from "./ink/grey.ts";
import type { FileSource } from "./read_bytes.ts";
import { largestColour, numbersToUnit, typeName } from "./values.ts";

/** What a picture had in memory when it was handed in, copied: a file, or pixels. */
class CapturedImage {
  readonly content: Uint8Array | Pixels | Promise<Pixels>;

  constructor(content: Uint8Array | Pixels | Promise<Pixels>) {
    this.content = content;
  }
}

/**
 * Copies what a caller may change or close as soon as the call that takes a picture has returned: bytes, pixels, and what
 * a canvas, a bitmap or a video shows. Nothing is awaited before. Blobs, URLs, bodies, streams and image elements are
 * left to {@linkcode readImage}: they do not change, and of many only one is in memory at a time.
 *
 * @param image The picture, or one that was captured.
 * @param options The largest file and the largest picture that are accepted; other options are ignored.
 * @param wanted What is wanted of the picture: of pixels in RGBA the brightness alone is copied where that is all, which
 * takes a quarter of the memory.
 * @returns The picture to be given to {@linkcode readImage}, which alone looks into it, and throws what is wrong with it.
 */
export function captureImage(
  image: DigitImage,
  options: ImageLimits = {},
  wanted: Wanted = "colour",
): DigitImage {
  if (image instanceof CapturedImage) return image;
  let content: CapturedImage["content"] | undefined;
  try {
    content = copyContent(image, limitsOf(options), wanted);
  } catch (error) {
    content = Promise.reject(error);
  }
  // Nobody may come to read the picture.
  if (content instanceof Promise) content.catch(() => {});
  // Opaque to callers, so that no public type needs to name it.
  return content === undefined ? image : new CapturedImage(content) as unknown as DigitImage;
}

/** The content of a picture that is in memory, copied; `undefined` where it has yet to be loaded. */
function copyContent(
  image: DigitImage,
  limits: Required<ImageLimits>,
  wanted: Wanted,
): CapturedImage["content"] | undefined {
  const { maxBytes, maxPixels } = limits;
  if (isEncoded(image)) return isInMemory(image) ? copyFile(image, maxBytes) : undefined;
  if (isDrawable(image)) {
    return "naturalWidth" in image ? undefined : readRgba(image, maxPixels);
  }
  const pixels = readPixels(image, limits);
  const given = typeof image === "object" && "data" in image ? image.data : image;
  if (pixels.data !== given) return pixels;
  return wanted === "brightness" && pixels.channels === 4
    ? copyBrightness(pixels)
    : { ...pixels, data: new Uint8Array(pixels.data) };
}

/**
 * Reads the pixels of a picture in any accepted form.
 *
 * @param image The picture, or one that was captured. A stream, and the body of a request or a response, is read to its
 * end; a URL is fetched.
 * @param limits The largest file and the largest picture that are accepted.
 * @param wanted What is wanted of a file: only where that is its brightness, it may be decoded to one channel.
 * @returns The pixels: bytes or floats, grey or RGBA.
 * @throws {LeNetError} `image/unreadable` when a file is damaged or cannot be read, `image/too-large` above a limit,
 * `image/invalid` for pixels that do not fit their size or any range of values, `image/unsupported` for
 * anything else, `option/invalid` for a limit that is not a number above 0.
 */
export async function readImage(
  image: DigitImage,
  limits?: ImageLimits,
  wanted: Wanted = "colour",
): Promise<Pixels> {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  const captured = captureImage(image, limits, wanted);
  if (captured instanceof CapturedImage) {
    const content = await captured.content;
    return "channels" in content ? content : await decode(content, limits, wanted);
  }
  if (isDrawable(captured)) return await readRgba(captured, maxPixels);
  // Imported here: bytes and pixels do not need it.
  const { readBytes } = await import("./read_bytes.ts");
  return await decode(await readBytes(captured as FileSource, maxBytes), limits, wanted);
}

async function decode(
  file: Uint8Array,
  limits: ImageLimits | undefined,
  wanted: Wanted,
): Promise<Pixels> {
  const pixels = await decodeImage(file, limits, wanted);
  if (wanted === "colour" || pixels.channels === 4) return pixels;
  return { ...pixels, inColour: () => decodeImage(file, limits, "colour") };
}

async function readRgba(image: DrawableImage, maxPixels: number): Promise<Pixels> {
  return { ...await readDrawable(image, maxPixels), channels: 4 };
}

/**
 * Recognises canvases and what a browser can draw on one. They are recognised by shape, so that those of another realm
 * or library are accepted.
 *
 * @param image Any value.
 * @returns Whether it is a canvas, a bitmap, a video frame, or the element of an image or a video.
 */
export function isDrawable(image: unknown): image is DrawableImage {
  if (typeof image !== "object" || image === null || "data" in image) return false;
  const { getContext, close, width, displayWidth, naturalWidth, videoWidth } = image as Record<
    string,
    unknown
  >;
  return typeof getContext === "function" || typeof naturalWidth === "number" ||
    typeof videoWidth === "number" ||
    (typeof close === "function" && typeof (displayWidth ?? width) === "number");
}

/**
 * Tells a picture in a file format from one whose pixels are in memory. It is recognised by shape, so that responses
 * and streams of another realm or library are accepted.
 *
 * @param image Anything that is accepted as a picture.
 * @returns Whether it is a file, a source of its bytes, or its URL.
 */
export function isEncoded(image: DigitImage): image is EncodedImage {
  if (isBytes(image)) return image.length !== DIGIT_SIDE * DIGIT_SIDE || isImageFile(image);
  if (typeof image === "string") return true;
  return isInMemory(image) || typeName(image) === "URL" ||
    hasMethod(image, "getReader") ||
    hasMethod(image, "arrayBuffer") || hasMethod(image, Symbol.asyncIterator);
}

/** A file whose bytes are in memory. */
type FileInMemory = Exclude<EncodedImage, FileSource>;

function isInMemory(image: DigitImage): image is FileInMemory {
  return isBytes(image) ||
    ["ArrayBuffer", "SharedArrayBuffer", "DataView"].includes(typeName(image));
}

function copyFile(file: FileInMemory, maxBytes: number): Uint8Array {
  if (file.byteLength > maxBytes) {
    throw imageError(
      "image/too-large",
      `it has ${file.byteLength} bytes, expected at most ${maxBytes}`,
    );
  }
  // A detached buffer has length 0, and views of it cannot be created.
  if (file.byteLength === 0) return new Uint8Array(0);
  if (!ArrayBuffer.isView(file)) return new Uint8Array(new Uint8Array(file));
  return new Uint8Array(new Uint8Array(file.buffer, file.byteOffset, file.byteLength));
}

/** Whether a value is a `Uint8Array`, which Node's `Buffer` is, too. */
function isBytes(value: unknown): value is Uint8Array {
  return typeName(value) === "Uint8Array";
}

function hasMethod(value: unknown, name: string | symbol): boolean {
  return typeof (value as Record<string | symbol, unknown> | null | undefined)?.[name] ===
    "function";
}

/**
 * Converts pixels in any accepted form to one form, and checks their size and values.
 *
 * @param image The pixels.
 * @param limits The largest picture that is accepted.
 * @returns The same pixels. Bytes are not copied, except RGB. Other numbers become floats from 0 to 1 in fresh memory.
 * @throws {LeNetError} `image/invalid` when sizes do not fit together or a value is not a number from 0 to 255,
 * `image/too-large` above the limit, `image/unsupported` for any other type of value.
 */
export function readPixels(image: DigitPixels, limits?: ImageLimits): Pixels {
  const { maxPixels } = resolveLimits(limits);
  if (isRows(image)) return readRows(image, maxPixels);
  if (isValues(image) || Array.isArray(image)) {
    if (image.length !== DIGIT_SIDE * DIGIT_SIDE) {
      throw imageError(
        "image/invalid",
        `it has ${image.length} values, expected ${ACCEPTED_IMAGES}`,
      );
    }
    checkSize(DIGIT_SIDE, DIGIT_SIDE, maxPixels);
    return readValues(image, DIGIT_SIDE, DIGIT_SIDE, 1);
  }
  if (typeof image === "object" && image !== null && "data" in image) {
    const { data, width, height } = image;
    if (!isValues(data) && !Array.isArray(data)) {
      throw imageError(
        "image/unsupported",
        `its data is of type ${typeName(data)}, expected numbers in a typed array or an array`,
      );
    }
    const fits = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
    const channels = data.length / (width * height);
    if (!fits || ![1, 3, 4].includes(channels)) {
      throw imageError(
        "image/invalid",
        `it has ${data.length} values for ${width}×${height} pixels, expected one, three or four for each pixel`,
      );
    }
    checkSize(width, height, maxPixels);
    return readValues(data, width, height, channels as 1 | 3 | 4);
  }
  throw imageError(
    "image/unsupported",
    `it is of type ${typeName(image)}, expected ${ACCEPTED_IMAGES}`,
  );
}

function isRows(image: DigitPixels): image is readonly (readonly number[])[] {
  return Array.isArray(image) && Array.isArray(image[0]);
}

function isValues(image: unknown): image is Exclude<PixelNumbers, readonly number[]> {
  return ArrayBuffer.isView(image) && /^(Float|U?int)\d+(Clamped)?Array$/i.test(typeName(image));
}

function readRows(rows: readonly (readonly number[])[], maxPixels: number): Pixels {
  const width = rows[0].length;
  checkSize(width, rows.length, maxPixels);
  for (const [y, row] of rows.entries()) {
    if (!Array.isArray(row) || row.length !== width || width === 0) {
      throw imageError(
        "image/invalid",
        `row ${y} has ${row?.length} values, row 0 has ${width}, expected rows of one length from 1`,
      );
    }
  }
  // Unlike `flat`, this keeps holes, which are refused as values.
  const values = rows.flatMap((row) => Array.from(row));
  return readValues(values, width, rows.length, 1);
}

function isByteArray(values: PixelNumbers): values is Uint8Array | Uint8ClampedArray {
  return ["Uint8Array", "Uint8ClampedArray"].includes(typeName(values));
}

function checkSize(width: number, height: number, maxPixels: number): void {
  if (width * height > maxPixels) {
    throw imageError(
      "image/too-large",
      `it has ${width}×${height} pixels, expected at most ${maxPixels} in all`,
    );
  }
}

function readValues(
  values: PixelNumbers,
  width: number,
  height: number,
  channels: 1 | 3 | 4,
): Pixels {
  const data = isByteArray(values) && (channels === 4 || largestColour(values, channels, 1) !== 1)
    ? values
    : numbersToUnit(values, width, channels);
  return channels === 3
    ? { data: addAlpha(data), width, height, channels: 4 }
    : { data, width, height, channels };
}

/** Converts RGB to opaque RGBA. */
function addAlpha(rgb: Values): Values {
  const isFloat = rgb instanceof Float32Array;
  const length = rgb.length / 3 * 4;
  const rgba = isFloat ? new Float32Array(length) : new Uint8Array(length);
  rgba.fill(isFloat ? 1 : 255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgba[to] = rgb[from];
    rgba[to + 1] = rgb[from + 1];
    rgba[to + 2] = rgb[from + 2];
  }
  return rgba;
}
