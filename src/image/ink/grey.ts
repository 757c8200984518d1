import type { Box, GreyImage, Pixels } from "../image.ts";
import { asWords, toBytes } from "../values.ts";
import { quantile } from "./threshold.ts";

/**
 * The brightness of every pixel: luma by Rec. 601 (0.299 R + 0.587 G + 0.114 B), the weights of JPEG and of most
 * tools that turn pictures grey. A picture with transparency is laid over a backing first, on which the visible
 * can be read.
 *
 * @param pixels The picture, in RGBA.
 * @returns Its brightness.
 */
export function toGrey(pixels: Pixels): GreyImage {
  return convert(pixels).grey;
}

function convert(
  { data, width, height }: Pixels,
): { readonly grey: GreyImage; readonly isColoured: boolean } {
  const bytes = toBytes(data);
  const words = asWords(bytes);
  const levels = new Uint8Array(width * height);
  const fours = asWords(levels);
  let [last, four, opaque, coloured] = [~words[0], 0, -1, 0];
  for (let i = 0, at = 0; i < fours.length; i++, at += 4) {
    const [a, b, c, d] = [words[at], words[at + 1], words[at + 2], words[at + 3]];
    // Drawings are mostly flat: four pixels like the one before them need no arithmetic.
    if (a !== last || b !== a || c !== a || d !== a) {
      four = lumaOfWord(a) | lumaOfWord(b) << 8 | lumaOfWord(c) << 16 | lumaOfWord(d) << 24;
      opaque &= a & b & c & d;
      coloured |= a ^ a >>> 8 | b ^ b >>> 8 | c ^ c >>> 8 | d ^ d >>> 8;
      last = a === b && b === c && c === d ? a : ~words[at + 4];
    }
    fours[i] = four;
  }
  for (let i = 4 * fours.length; i < levels.length; i++) {
    levels[i] = lumaOfWord(words[i]);
    opaque &= words[i];
    coloured |= words[i] ^ words[i] >>> 8;
  }
  if (opaque >>> 24 < 255) layOver(backingLevel(levels, bytes), levels, bytes);
  return { grey: { data: levels, width, height }, isColoured: (coloured & 0xffff) !== 0 };
}

/** The luma of a pixel whose red is in the lowest byte of a word, as {@linkcode lumaOf} computes it. */
function lumaOfWord(word: number): number {
  // One product gives 77 R + 29 B in its upper half.
  const redBlue = Math.imul(word & 0xff00ff, 77 << 16 | 29) >>> 16;
  return redBlue + Math.imul(word >>> 8 & 255, 150) + 128 >>> 8;
}

/**
 * Copies the brightness of all pixels, and the colours of as many as are looked at: a quarter of the memory of the picture.
 *
 * @param pixels The picture, in RGBA.
 * @returns The brightness, in fresh memory.
 */
export function copyBrightness(pixels: Pixels): Pixels {
  const { grey, isColoured } = convert(pixels);
  const colours = isColoured ? sampleColours(pixels) : undefined;
  return {
    ...grey,
    channels: 1,
    ...(colours && { inColour: () => Promise.resolve(colours) }),
    release: () => [grey, colours].forEach((copy) => copy && free(copy.data)),
  };
}

/** Memory of fewer bytes is left to the garbage collector. */
const MIN_FREED = 1 << 20;

/** Frees memory: until the garbage is collected, the next picture would need as much again. Node 20 has no `transfer`. */
function free({ buffer }: GreyImage["data"]): void {
  if (buffer.byteLength >= MIN_FREED) (buffer as ArrayBuffer).transfer?.(0);
}

/** Colours are looked at in pictures of at most so many pixels on the longer side. */
const MAX_COLOUR_SIDE = 800;

/**
 * Takes every so many pixels of a picture in RGBA.
 *
 * @param pixels The picture.
 * @returns The picture, with at most 800 pixels on the longer side; in fresh memory.
 */
export function sampleColours(
  { data, width, height }: Pixels,
): Pixels & { readonly data: Uint8Array } {
  const step = Math.ceil(Math.max(width, height) / MAX_COLOUR_SIDE);
  const [columns, rows] = [Math.floor(width / step), Math.floor(height / step)];
  const words = asWords(toBytes(data));
  const sample = new Int32Array(columns * rows);
  for (let y = 0, to = 0; y < rows; y++) {
    const end = y * step * width + columns * step;
    for (let at = y * step * width; at < end; at += step) sample[to++] = words[at];
  }
  return { data: new Uint8Array(sample.buffer), width: columns, height: rows, channels: 4 };
}

/**
 * The luma of one pixel.
 *
 * @param rgba Bytes of RGBA.
 * @param at Where the pixel begins.
 * @returns 0 to 255.
 */
export function lumaOf(rgba: Uint8Array | Uint8ClampedArray, at: number): number {
  // The weights are 256ths that add up to 256, so that grey stays as it is.
  return (77 * rgba[at] + 150 * rgba[at + 1] + 29 * rgba[at + 2] + 128) >> 8;
}

/** Mixes each brightness with the backing by the alpha of its pixel, in place. */
function layOver(backing: number, luma: Uint8Array, rgba: Uint8Array | Uint8ClampedArray): void {
  for (let i = 0, at = 3; i < luma.length; i++, at += 4) {
    const alpha = rgba[at];
    if (alpha === 0) luma[i] = backing;
    else if (alpha < 255) luma[i] = (luma[i] * alpha + backing * (255 - alpha) + 127) / 255;
  }
}

/** Visible tones that lie further apart than this are ink on paper; nearer, they are ink alone. */
const TWO_TONES = 128;

/** The share of the visible at either end of the scale that may be stray. */
const STRAY = 0.001;

/**
 * The brightness of a picture in RGBA, worked out only where it is looked at: a large photo is looked at made small,
 * and then needs no second picture of its own size in memory.
 */
export class LazyGrey implements GreyImage {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  readonly #pixels: Pixels;
  readonly #bytes: Uint8Array | Uint8ClampedArray;
  #data: Uint8Array | Uint8ClampedArray | undefined;

  /** @param pixels The picture, in RGBA. */
  constructor(pixels: Pixels) {
    this.width = pixels.width;
    this.height = pixels.height;
    this.#pixels = pixels;
    this.#bytes = toBytes(pixels.data);
  }

  /** The brightness of every pixel; worked out with the first call. */
  get data(): Uint8Array | Uint8ClampedArray {
    return this.#data ??= toGrey({ ...this.#pixels, data: this.#bytes }).data;
  }

  /**
   * The mean brightness of blocks of pixels.
   *
   * @param region The part of the picture, inside it.
   * @param factor Columns and rows of a block, from 2; of a part that is narrower all is taken.
   * @param step At every so many pixels, across and down, a block is looked at.
   * @returns The blocks; `undefined` where a pixel is not opaque: what is behind it is for the whole picture to say.
   */
  reduce(region: Box, factor: number, step: number): GreyImage | undefined {
    const bytes = this.#bytes;
    const words = asWords(bytes);
    const [across, down] = [Math.min(factor, region.width), Math.min(factor, region.height)];
    const width = Math.floor(region.width / across);
    const height = Math.floor(region.height / down);
    const data = new Uint8Array(width * height);
    const area = Math.ceil(across / step) * Math.ceil(down / step);
    const half = area >> 1;
    let [last, luma, opaque] = [words[0], lumaOf(bytes, 0), bytes[3]];
    const isPair = across === 2 && down === 2;
    for (let y = 0, to = 0; y < height; y++) {
      const top = (region.y + y * down) * this.width + region.x;
      for (let x = 0; x < width; x++) {
        const corner = top + x * across;
        const below = corner + this.width;
        const isFlat = isPair && words[corner] === last && words[corner + 1] === last &&
          words[below] === last && words[below + 1] === last;
        if (isFlat) {
          data[to++] = luma;
          continue;
        }
        let sum = 0;
        for (let row = corner, k = 0; k < down; k += step, row += step * this.width) {
          for (let i = row; i < row + across; i += step) {
            // Drawings are mostly flat: a pixel like the one before it needs no arithmetic.
            if (words[i] !== last) {
              last = words[i];
              luma = lumaOf(bytes, 4 * i);
              opaque &= bytes[4 * i + 3];
            }
            sum += luma;
          }
        }
        data[to++] = (sum + half) / area;
      }
      if (opaque < 255) return undefined;
    }
    return { data, width, height };
  }
}

/**
 * The brightness to put behind a picture that is transparent in places.
 *
 * Ink alone, drawn on a transparent canvas, gets what lets it be read: white behind dark ink, black behind light
 * ink. Ink on paper that is cut out (a card, a sticker, a screenshot with round corners) gets the tone of the paper,
 * the one that most of the visible has, so that the cut does not look like ink.
 *
 * @param luma The brightness of each pixel, as if it were opaque.
 * @param rgba The pixels, for their alpha.
 * @returns The brightness, 0 to 255.
 */
export function backingLevel(
  luma: Uint8Array,
  rgba: Uint8Array | Uint8ClampedArray,
): number {
  // Alpha counts in 32 steps, so that whole numbers of 32 bits hold the sum of 138 million pixels.
  const visible = new Uint32Array(256);
  for (let i = 0, at = 3; i < luma.length; i++, at += 4) {
    const alpha = rgba[at] >> 3;
    if (alpha !== 0) visible[luma[i]] += alpha;
  }
  const darkest = quantile(visible, STRAY);
  const lightest = quantile(visible, 1 - STRAY);
  if (lightest - darkest > TWO_TONES) return Math.round(quantile(visible, 0.5));
  return darkest + lightest < 255 ? 255 : 0;
}

/**
 * Cuts a part out of a picture and makes it smaller by a whole factor: each new pixel is the mean of a block of old
 * ones, which lowers noise and keeps thin lines as fainter ones. Columns and rows that fill no block are left out, but
 * of a part that is narrower than one block all is taken.
 *
 * @param grey The picture.
 * @param region The part, inside the picture, at least one pixel wide and high.
 * @param factor How many old pixels become one, across and down.
 * @param step At every so many pixels, across and down, a block is looked at.
 * @returns The smaller picture; the same one when nothing is to be done.
 */
export function reduceGrey(grey: GreyImage, region: Box, factor: number, step = 1): GreyImage {
  const isWhole = region.width === grey.width && region.height === grey.height;
  if (factor === 1 && isWhole) return grey;
  const reduced = factor > 1 && grey instanceof LazyGrey
    ? grey.reduce(region, factor, step)
    : undefined;
  if (reduced !== undefined) return reduced;
  const [across, down] = [Math.min(factor, region.width), Math.min(factor, region.height)];
  const width = Math.floor(region.width / across);
  const height = Math.floor(region.height / down);
  const data = new Uint8Array(width * height);
  if (factor === 1) {
    for (let y = 0; y < height; y++) {
      const from = (region.y + y) * grey.width + region.x;
      data.set(grey.data.subarray(from, from + width), y * width);
    }
    return { data, width, height };
  }
  const source = grey.data;
  if (across === 2 && down === 2) {
    for (let y = 0, to = 0; y < height; y++) {
      let at = (region.y + 2 * y) * grey.width + region.x;
      for (let below = at + grey.width, x = 0; x < width; x++, at += 2, below += 2) {
        data[to++] = source[at] + source[at + 1] + source[below] + source[below + 1] + 2 >>> 2;
      }
    }
    return { data, width, height };
  }
  const sums = new Uint32Array(width);
  const area = Math.ceil(across / step) * Math.ceil(down / step);
  const half = area >> 1;
  for (let y = 0, to = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < down; k += step) {
      let from = (region.y + y * down + k) * grey.width + region.x;
      for (let x = 0; x < width; x++, from += across) {
        let sum = 0;
        for (let at = from; at < from + across; at += step) sum += source[at];
        sums[x] += sum;
      }
    }
    for (let x = 0; x < width; x++) data[to++] = (sums[x] + half) / area;
  }
  return { data, width, height };
}

/** How much a speck stands out, at least, on the scale of brightness. */
const MIN_STEP = 24;

/** What stands out by this share of a speck, or more, is no ground beside it: part of the same faint line. */
const ALIKE_SHARE = 0.3;

/** A pixel beside one that stands out this many times as much is no speck of a pair. */
const TIP = 2;

/** Sorts eight values by insertion, for which they are too few for `sort`. */
function sortEight(values: Uint8Array): void {
  for (let i = 1; i < 8; i++) {
    const value = values[i];
    let at = i;
    while (at > 0 && values[at - 1] > value) values[at] = values[--at];
    values[at] = value;
  }
}

/**
 * Erases single pixels and pairs that stand out from all around them: salt and pepper, dust, dead pixels. Lines stay,
 * even those of one pixel: each of their pixels has two neighbours like it.
 *
 * @param grey The picture.
 * @returns The picture without specks; the same one when it has none.
 */
export function despeckle(grey: GreyImage): GreyImage {
  const { data, width, height } = grey;
  let clean: Uint8Array | undefined;
  const around = new Uint8Array(8);
  for (let y = 1; y < height - 1; y++) {
    const end = (y + 1) * width - 1;
    for (let i = y * width + 1; i < end; i++) {
      const level = data[i];
      const next = data[i + 1];
      // Most pixels are like one beside them; of a pair of specks, each is like one.
      if (level === next && level === data[i - 1]) continue;
      const fromRight = level - next;
      const fromLeft = level - data[i - 1];
      const isLikeRight = fromRight < MIN_STEP && fromRight > -MIN_STEP;
      if (isLikeRight && fromLeft < MIN_STEP && fromLeft > -MIN_STEP) continue;
      around[0] = data[i - width - 1];
      around[1] = data[i - width];
      around[2] = data[i - width + 1];
      around[3] = data[i - 1];
      around[4] = data[i + 1];
      around[5] = data[i + width - 1];
      around[6] = data[i + width];
      around[7] = data[i + width + 1];
      sortEight(around);
      const ground = level > around[4] ? around[4] : around[3];
      const step = Math.abs(level - ground);
      if (step < MIN_STEP) continue;
      // All around is ground, but for the other of a pair: a line has neighbours on two sides.
      const near = Math.min(MIN_STEP, ALIKE_SHARE * step);
      let alike = 0;
      for (let k = 0; k < 8; k++) if (Math.abs(around[k] - ground) < near) alike++;
      if (alike < 7) continue;
      // What is fainter by far than the one beside it is the soft tip of a stroke.
      const furthest = Math.max(Math.abs(around[0] - ground), Math.abs(around[7] - ground));
      if (furthest > TIP * step) continue;
      clean ??= Uint8Array.from(data);
      clean[i] = ground;
    }
  }
  return clean === undefined ? grey : { data: clean, width, height };
}
