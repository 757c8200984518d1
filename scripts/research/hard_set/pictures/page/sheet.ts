import type { Colour, Coverage, RgbaPicture } from "../picture.ts";

/** An opaque picture of one colour. */
export function flatSheet(width: number, height: number, colour: Colour): RgbaPicture {
  const sheet = { data: new Uint8ClampedArray(4 * width * height), width, height };
  fillRect(sheet, 0, 0, width, height, colour);
  return sheet;
}

/** Fills a rectangle, of which only what is inside the picture is drawn. */
export function fillRect(
  { data, width, height }: RgbaPicture,
  left: number,
  top: number,
  wide: number,
  tall: number,
  [red, green, blue]: Colour,
): void {
  const [from, to] = [Math.max(0, Math.round(left)), Math.min(width, Math.round(left + wide))];
  const [first, end] = [Math.max(0, Math.round(top)), Math.min(height, Math.round(top + tall))];
  if (from >= to || first >= end) return;
  const start = 4 * (first * width + from);
  const length = 4 * (to - from);
  for (let at = start; at < start + length; at += 4) {
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
    data[at + 3] = 255;
  }
  const row = data.subarray(start, start + length);
  for (let y = first + 1; y < end; y++) data.set(row, 4 * (y * width + from));
}

/** Composites a colour over a part of a picture; the coverage, which must fit, is its alpha. */
export function blend(
  { data, width }: RgbaPicture,
  coverage: Coverage,
  left: number,
  top: number,
  [red, green, blue]: Colour,
): void {
  for (let i = 0; i < coverage.data.length; i++) {
    const share = coverage.data[i];
    if (share === 0) continue;
    const y = top + Math.floor(i / coverage.width);
    const at = 4 * (y * width + left + i % coverage.width);
    data[at] += share * (red - data[at]);
    data[at + 1] += share * (green - data[at + 1]);
    data[at + 2] += share * (blue - data[at + 2]);
  }
}

/** Copies a picture into a larger one. */
export function paste(part: RgbaPicture, into: RgbaPicture, left: number, top: number): void {
  const wide = Math.min(part.width, into.width - left);
  for (let y = 0; y < part.height && top + y < into.height; y++) {
    const from = 4 * y * part.width;
    into.data.set(part.data.subarray(from, from + 4 * wide), 4 * ((top + y) * into.width + left));
  }
}

/** The part of a picture from a corner on. */
export function crop(
  { data, width }: RgbaPicture,
  left: number,
  top: number,
  wide: number,
  tall: number,
): RgbaPicture {
  const part = new Uint8ClampedArray(4 * wide * tall);
  for (let y = 0; y < tall; y++) {
    const from = 4 * ((top + y) * width + left);
    part.set(data.subarray(from, from + 4 * wide), 4 * y * wide);
  }
  return { data: part, width: wide, height: tall };
}
