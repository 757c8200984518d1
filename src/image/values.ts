import { imageError } from "../errors.ts";
import type { PixelNumbers, Values } from "./image.ts";

/**
 * Converts values to floats from 0 to 1.
 *
 * @param values Bytes or floats.
 * @returns The floats, in fresh memory.
 */
export function toUnit(values: Values): Float32Array<ArrayBuffer> {
  const unit = new Float32Array(values);
  if (!(values instanceof Float32Array)) { for (let i = 0; i < unit.length; i++) unit[i] /= 255; }
  return unit;
}

/**
 * Converts values to bytes from 0 to 255, rounded to nearest.
 *
 * @param values Bytes or floats.
 * @returns The bytes; the same array when the values are bytes already.
 */
export function toBytes(values: Values): Uint8Array | Uint8ClampedArray {
  if (!(values instanceof Float32Array)) return values;
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 255 * values[i];
  return bytes;
}

/** What values may range over, for messages. */
const ACCEPTED_RANGES =
  "0 to 1, 0 to 16 in whole numbers, 0 to 255, or 0 to 4095 or 65535 in a Uint16Array";

/** The largest value of a picture that ranges from 0 to 1: resampling exceeds 1 by a few percent. */
const MAX_UNIT = 1.05;

/** The largest value of scikit-learn's digits, which are whole numbers. */
const MAX_SIXTEENTHS = 16;

/** Fractions up to here belong to no range: above 1 they are too many, and as 0 to 255 they would all be black. */
const MIN_BYTE_FRACTION = 2;

/** The largest value of a camera or a scanner of 12 bits. */
const MAX_12_BITS = 4095;

/** The part of a range by which a value may be outside of it: rounding in 16-bit floats. */
const ROUNDING = 5e-4;

/**
 * The full brightness of values from 0 on, judged by the largest of them.
 *
 * @param largest The largest value of the whole picture.
 * @param areWhole Whether all values are whole numbers.
 * @param bits Bits of a value: 16 where they are 16-bit integers.
 * @returns 1, 16, 255, 4095 or 65535; `undefined` when the values fit none of these ranges.
 */
export function fullScale(largest: number, areWhole: boolean, bits?: 16): number | undefined {
  if (largest <= MAX_UNIT) return 1;
  if (areWhole && largest <= MAX_SIXTEENTHS) return MAX_SIXTEENTHS;
  if (!areWhole && largest < MIN_BYTE_FRACTION) return undefined;
  if (largest <= 255 * (1 + ROUNDING)) return 255;
  if (bits !== 16) return undefined;
  return largest <= MAX_12_BITS ? MAX_12_BITS : 65535;
}

/**
 * The largest value of the colours of a picture. A mask, whose bytes are 0 and 1, has 1.
 *
 * @param bytes The bytes, 0 to 255.
 * @param channels Bytes of a pixel; with 4 the last one, alpha, is left out.
 * @param limit The search ends with a value above it.
 * @returns The largest value, or the first above the limit.
 */
export function largestColour(
  bytes: Uint8Array | Uint8ClampedArray,
  channels: 1 | 3 | 4,
  limit: number,
): number {
  let largest = 0;
  for (let i = 0; i < bytes.length && largest <= limit; i++) {
    if (channels !== 4 || i % 4 !== 3) largest = Math.max(largest, bytes[i]);
  }
  return largest;
}

/** The values of some channels of a picture, taken together. */
interface Extent {
  readonly smallest: number;
  readonly largest: number;
  readonly areWhole: boolean;
  /** Where the smallest and the largest are. */
  readonly smallestAt: number;
  readonly largestAt: number;
}

/**
 * Converts numbers that are not bytes to floats from 0 to 1. Their range is decided by all of them together; that of
 * alpha apart from that of the colours. Values that are outside of the range by no more than rounding and resampling
 * explain are clamped.
 *
 * @param values The numbers, row by row.
 * @param width Columns.
 * @param channels Numbers of a pixel.
 * @returns The floats, in fresh memory.
 * @throws {LeNetError} `image/invalid` when one is not a number, or they fit no range.
 */
export function numbersToUnit(
  values: PixelNumbers,
  width: number,
  channels: 1 | 3 | 4,
): Float32Array<ArrayBuffer> {
  const unit = new Float32Array(values.length);
  const parts = channels === 4 ? [[0, 3], [3, 4]] : [[0, channels]];
  for (const [from, to] of parts) {
    const extent = extentOf(values, width, channels, from, to);
    const bits = typeName(values) === "Uint16Array" ? 16 : undefined;
    const scale = fullScale(extent.largest, extent.areWhole, bits);
    if (scale === undefined) throw invalidValue(values, extent.largestAt, width, channels);
    if (extent.smallest < -ROUNDING * scale) {
      throw invalidValue(values, extent.smallestAt, width, channels);
    }
    for (let at = from; at < values.length; at += channels) {
      for (let i = at; i < at + to - from; i++) {
        unit[i] = Math.min(1, Math.max(0, Math.fround(values[i]) / scale));
      }
    }
  }
  return unit;
}

/** Finds the extent of the values of the channels `from` to before `to`, all of which must be numbers. */
function extentOf(
  values: PixelNumbers,
  width: number,
  channels: number,
  from: number,
  to: number,
): Extent {
  let smallestAt = from;
  let largestAt = from;
  let areWhole = true;
  for (let at = from; at < values.length; at += channels) {
    for (let i = at; i < at + to - from; i++) {
      const value: unknown = values[i];
      if (typeof value !== "number" || value !== value) {
        throw invalidValue(values, i, width, channels);
      }
      if (value < values[smallestAt]) smallestAt = i;
      if (value > values[largestAt]) largestAt = i;
      areWhole &&= Number.isInteger(value);
    }
  }
  return {
    smallest: values[smallestAt],
    largest: values[largestAt],
    areWhole,
    smallestAt,
    largestAt,
  };
}

function invalidValue(values: PixelNumbers, at: number, width: number, channels: number): Error {
  const row = Math.floor(at / (width * channels));
  const column = Math.floor(at / channels) % width;
  return imageError(
    "image/invalid",
    `the value in row ${row}, column ${column} is ${
      String(values[at])
    }, expected all values from ${ACCEPTED_RANGES}`,
  );
}

/**
 * Views bytes as 32-bit words, to compare four bytes at once. The byte order is that of the machine.
 *
 * @param bytes The bytes.
 * @returns The words: of the same memory, or of a copy when the bytes do not start at a multiple of four. Up to three
 * bytes at the end belong to no word.
 */
export function asWords(bytes: Uint8Array | Uint8ClampedArray): Int32Array {
  const { buffer, byteOffset, length } = bytes;
  const count = length >> 2;
  return byteOffset % 4 === 0
    ? new Int32Array(buffer, byteOffset, count)
    : new Int32Array(new Uint8Array(bytes).buffer, 0, count);
}

/**
 * The type of a value, such as `Uint8Array`, `Array` or `Null`. Unlike `instanceof` it recognises values of other
 * realms (frames, `node:vm`).
 *
 * @param value Any value.
 * @returns The name of its type.
 */
export function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
