/**
 * JPEGs of one drawing of 24×16 pixels, in which column x and row y are red 10x, green 16y and blue 255 − 8x, written by
 * libjpeg-turbo's `cjpeg -quality 95`.
 *
 * @module
 */

import { fromBase64 } from "./base64.ts";

/** Baseline, with chroma subsampling and restart markers. */
export const BASELINE: Uint8Array<ArrayBuffer> = fromBase64(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJ" +
    "BwYGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoK" +
    "CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wAARCAAQABgDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAA" +
    "AAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAk" +
    "M2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKT" +
    "lJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QA" +
    "HwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdh" +
    "cRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hp" +
    "anN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk" +
    "5ebn6Onq8vP09fb3+Pn6/90ABAAB/9oADAMBAAIRAxEAPwD4U8M/sqfd/wCJb/45XoXhn9lT7v8AxLf/AByvurwz" +
    "+ypjb/xLf/HK9D8M/sqfd/4lv/jlf1p4z+MP8T9536n4b4MePX8P9726n//Q8Z8M/sqfd/4lv/jlFfpZ4Z/ZU+7/" +
    "AMS3/wAdor+euL/GH/han+8/E/sThHx6/wCEaH738T//2Q==",
);

/** Progressive, without chroma subsampling. */
export const PROGRESSIVE: Uint8Array<ArrayBuffer> = fromBase64(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJ" +
    "BwYGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoK" +
    "CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wgARCAAQABgDAREAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAA" +
    "Bgf/xAAXAQEAAwAAAAAAAAAAAAAAAAAHBggJ/9oADAMBAAIQAxAAAAGE2yhyEkWkRIt1NhzfREi0hJFv/8QAFhAA" +
    "AwAAAAAAAAAAAAAAAAAAAAQG/9oACAEBAAEFAlpUWlRaVFpUWlRaVP/EABcRAQADAAAAAAAAAAAAAAAAAAUAITH/" +
    "2gAIAQMBAT8BFey4K9lwZ7Lgz2XBXsuCvZc//8QAFxEBAAMAAAAAAAAAAAAAAAAABQAhMf/aAAgBAgEBPwFpjbjT" +
    "G3GmNuNMbcaY240xtz//xAAVEAEBAAAAAAAAAAAAAAAAAAAAM//aAAgBAQAGPwKaaaaab//EABYQAAMAAAAAAAAA" +
    "AAAAAAAAAAAxwf/aAAgBAQABPyFci5FyLkXIuT//2gAMAwEAAgADAAAAEJRmP//EABQRAQAAAAAAAAAAAAAAAAAA" +
    "ACD/2gAIAQMBAT8QSruqv//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQIBAT8QQAAAH//EABUQAQEAAAAAAAAA" +
    "AAAAAAAAABAR/9oACAEBAAE/EFKUxSlH/9k=",
);

/** Grey. */
export const GREY: Uint8Array<ArrayBuffer> = fromBase64(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJ" +
    "BwYGCAsICQoKCgoKBggLDAsKDAkKCgr/wAALCAAQABgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcI" +
    "CQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcY" +
    "GRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKj" +
    "pKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APhT" +
    "wz+yp93/AIlv/jleheGf2VPu/wDEt/8AHK9D8M/sqfd/4lv/AI5X1P4Z/ZUxt/4lv/jleh+Gf2VPu/8AEt/8cr0L" +
    "wz+yp93/AIlv/jtf/9k=",
);

/** A big-endian 16-bit integer. */
export function word(value: number): [high: number, low: number] {
  return [value >> 8, value & 255];
}

/** A segment of a JPEG: its marker, its length, its data. */
export function segment(marker: number, data: ArrayLike<number> = []): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0xff, marker, ...word(2 + data.length), ...Array.from(data)]);
}

/** A frame header with components of one sample each. */
export function frame(
  width: number,
  height: number,
  { marker = 0xc0, bits = 8, components = 1 } = {},
): Uint8Array<ArrayBuffer> {
  const parts = Array.from({ length: components }, (_, id) => [id + 1, 0x11, 0]).flat();
  return segment(marker, [bits, ...word(height), ...word(width), components, ...parts]);
}

/** EXIF metadata with an orientation, 1 to 8, and nothing else, in a big-endian or little-endian TIFF. */
export function orientationNotes(orientation: number, littleEnd = false): number[] {
  // At byte 8 a directory of one entry: tag 0x112, type 3 (16 bits), one value.
  return littleEnd
    ? [73, 73, 42, 0, 8, 0, 0, 0, 1, 0, 18, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
    : [77, 77, 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
}

/** The same JPEG with an EXIF orientation, 1 to 8. */
export function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode("Exif\0\0");
  const exif = segment(0xe1, [...name, ...orientationNotes(orientation)]);
  return Uint8Array.from([...jpeg.subarray(0, 2), ...exif, ...jpeg.subarray(2)]);
}

/** Squares of 8×8 pixels, each of one colour. */
export interface Squares {
  /** The samples of every component of each square, 0 to 255, row by row. */
  readonly samples: readonly (readonly number[])[];
  /** The number of squares in a row; default all. */
  readonly columns?: number;
  /** The transform in the marker of Adobe: 0 none, 1 YCbCr, 2 YCCK; left out for no marker. */
  readonly transform?: number;
}

/** Encodes squares as a baseline JPEG with any number of components, such as four for CMYK. */
export function encodeSquares(
  { samples, columns = samples.length, transform }: Squares,
): Uint8Array<ArrayBuffer> {
  const [{ length: components }] = samples;
  // Codes of four bits for the sizes 0 to 11 of a mean, and one of one bit for no details.
  const means = [0x00, 0, 0, 0, 12, ...Array(12).fill(0), ...Array(12).keys()];
  const details = [0x10, 1, ...Array(15).fill(0), 0];
  const previous: number[] = Array(components).fill(0);
  let bits = "";
  for (const square of samples) {
    for (const [c, sample] of square.entries()) {
      // The coefficient of the mean is eight times the mean above 128.
      const difference = 8 * (sample - 128) - previous[c];
      previous[c] += difference;
      const size = difference === 0 ? 0 : Math.abs(difference).toString(2).length;
      const value = difference > 0 ? difference : difference + 2 ** size - 1;
      bits += size.toString(2).padStart(4, "0");
      bits += size === 0 ? "0" : `${value.toString(2).padStart(size, "0")}0`;
    }
  }
  const data = bits.match(/.{1,8}/g)!.map((byte) => parseInt(byte.padEnd(8, "1"), 2));
  const adobe = [...new TextEncoder().encode("Adobe"), 0, 100, 0, 0, 0, 0, transform ?? 0];
  const scan = [components, ...Array.from({ length: components }, (_, id) => [id + 1, 0]).flat()];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...transform === undefined ? [] : segment(0xee, adobe),
    ...segment(0xdb, [0, ...Array(64).fill(1)]),
    ...frame(8 * columns, 8 * samples.length / columns, { components }),
    ...segment(0xc4, [...means, ...details]),
    ...segment(0xda, [...scan, 0, 63, 0]),
    ...data.flatMap((byte) => byte === 0xff ? [0xff, 0] : [byte]),
    ...[0xff, 0xd9],
  ]);
}
