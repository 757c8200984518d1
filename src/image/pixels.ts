import { imageError } from "../errors.ts";
import { type ImageLimits, resolveLimits } from "../options.ts";
import { ACCEPTED_IMAGES } from "./decode/formats.ts";
import { DIGIT_SIDE } from "./frame.ts";
import type { DigitPixels, PixelNumbers, Pixels, Values } from "./image.ts";
import { typeName } from "./values.ts";

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
  return readValues(rows.flat(), width, rows.length, 1);
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
  const isByte = ["Uint8Array", "Uint8ClampedArray"].includes(typeName(values));
  const data = isByte ? values as Uint8Array : readNumbers(values, width * channels, channels);
  return channels === 3
    ? { data: addAlpha(data), width, height, channels: 4 }
    : { data, width, height, channels };
}

/** Checks numbers that are not bytes, and converts them to 0 to 1: they are divided by 255 if one is above 1. */
function readNumbers(
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
