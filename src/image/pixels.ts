import { imageError } from "../errors.ts";
import { type ImageLimits, resolveLimits } from "../options.ts";
import { DIGIT_SIDE, type DigitPixels, type PixelNumbers, typeName, type Values } from "./image.ts";

/** Pixels of which everything is known and checked. */
export interface Pixels {
  /** Bytes from 0 to 255, or floats from 0 to 1, row by row. */
  readonly data: Values;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Values of one pixel: 1 of grey, or 4 of RGBA, which RGB becomes. */
  readonly channels: 1 | 4;
}

/** What is accepted as a picture, for messages. */
export const ACCEPTED: string =
  "28×28 values, rows of numbers, { data, width, height } in grey, RGB or RGBA, a canvas, bitmap or image of a page, " +
  "or a PNG, JPEG, WebP, GIF or BMP as bytes, Blob, Request, Response, stream, URL or base64";

/**
 * Brings every form of pixels into one, and checks sizes and values.
 *
 * @param image The pixels.
 * @param limits The largest picture that is accepted.
 * @returns The same pixels. Bytes are not copied, but for RGB; other numbers come as floats from 0 to 1 in fresh
 * memory.
 * @throws {LeNetError} `image/invalid` when sizes do not fit together or a value is not a number from 0 to 255,
 * `image/too-large` above the limit, `image/unsupported` for anything else.
 */
export function readPixels(image: DigitPixels, limits?: ImageLimits): Pixels {
  const { maxPixels } = resolveLimits(limits);
  if (isRows(image)) return readRows(image, maxPixels);
  if (isValues(image) || Array.isArray(image)) {
    if (image.length !== DIGIT_SIDE * DIGIT_SIDE) {
      throw imageError("image/invalid", `it has ${image.length} values, expected ${ACCEPTED}`);
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
  throw imageError("image/unsupported", `it is of type ${typeName(image)}, expected ${ACCEPTED}`);
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
  return readValues(rows.flat(), width, rows.length, 1);
}

function readValues(
  values: PixelNumbers,
  width: number,
  height: number,
  channels: 1 | 3 | 4,
): Pixels {
  const isByte = ["Uint8Array", "Uint8ClampedArray"].includes(typeName(values));
  const data = isByte ? values as Uint8Array : checkNumbers(values, width * channels, channels);
  return channels === 3
    ? { data: withAlpha(data), width, height, channels: 4 }
    : { data, width, height, channels };
}

/** Makes RGB opaque RGBA. */
function withAlpha(rgb: Values): Values {
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

/** Checks numbers and brings them to 0 to 1, whichever of the two scales they are on. */
function checkNumbers(
  values: ArrayLike<number>,
  rowLength: number,
  channels: number,
): Float32Array<ArrayBuffer> {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(typeof value === "number" && value >= 0 && value <= 255)) {
      const column = Math.floor(i % rowLength / channels);
      throw imageError(
        "image/invalid",
        `the value in row ${Math.floor(i / rowLength)}, column ${column} is ${
          String(value)
        }, expected a number from 0 to 1, or 0 to 255`,
      );
    }
    if (value > largest) largest = value;
  }
  const unit = new Float32Array(values);
  if (largest > 1) { for (let i = 0; i < unit.length; i++) unit[i] /= 255; }
  return unit;
}

function isRows(image: DigitPixels): image is readonly (readonly number[])[] {
  return Array.isArray(image) && Array.isArray(image[0]);
}

function isValues(image: unknown): image is Exclude<PixelNumbers, readonly number[]> {
  return ArrayBuffer.isView(image) && /^(Float|U?int)\d+(Clamped)?Array$/i.test(typeName(image));
}

function checkSize(width: number, height: number, maxPixels: number): void {
  if (width * height > maxPixels) {
    throw imageError(
      "image/too-large",
      `it has ${width}×${height} pixels, expected at most ${maxPixels} in all`,
    );
  }
}
