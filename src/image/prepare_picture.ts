import { imageError } from "../errors.ts";
import type { ImageShape } from "../model/architecture.ts";
import type { ImageLimits } from "../options.ts";
import { type Spans, spansOf } from "./frame.ts";
import type { DigitImage, Pixels } from "./image.ts";
import { borderOf, histogram, quantile } from "./ink/threshold.ts";
import { readImage } from "./read_image.ts";
import { toBytes } from "./values.ts";

/**
 * Converts a whole picture to the input of a network. It is resized to the size of the input without keeping its aspect
 * ratio, as in the CIFAR-10 example. For a network of one channel the brightness is computed, and inverted when the
 * picture is dark on light. Pixels that have the size of the input keep their values.
 *
 * @param image The picture, in any form that is accepted. A stream, and the body of a response, is read to its end.
 * @param shape The shape of the input, [1, height, width] or [3, height, width] in RGB.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The values in this shape, 0 to 1, in fresh memory.
 * @throws {LeNetError} What {@linkcode readPicture} throws.
 */
export async function preparePicture(
  image: DigitImage,
  shape: ImageShape,
  limits?: ImageLimits,
): Promise<Float32Array<ArrayBuffer>> {
  const [channels, height, width] = shape;
  const pixels = await readPicture(image, channels, limits);
  const resized = resizePicture(pixels, shape);
  const isOwnSize = pixels.width === width && pixels.height === height;
  return channels === 1 && !isOwnSize ? lightOnDark(resized, width, height) : resized;
}

/**
 * Reads a picture in any form for a network of one or three channels.
 *
 * @param image The picture. A stream, and the body of a response, is read to its end.
 * @param channels The channels of the network: 1 or 3.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The pixels; RGBA for three channels.
 * @throws {LeNetError} What {@linkcode readImage} throws, and `image/invalid` for pixels of one channel where three are
 * needed.
 */
export async function readPicture(
  image: DigitImage,
  channels: number,
  limits?: ImageLimits,
): Promise<Pixels> {
  const pixels = await readImage(image, limits);
  if (channels === 3 && pixels.channels === 1) {
    throw imageError(
      "image/invalid",
      `its ${pixels.width}×${pixels.height} pixels have one channel, expected { data, width, height } in RGB or RGBA, or an image file, for a network of three channels`,
    );
  }
  return pixels;
}

/** Weights of red, green and blue in luma (Rec. 601), in 256ths as in `toGrey`: the sum is 256, so grey is kept. */
const LUMA = [77, 150, 29] as const;

/**
 * Resizes a picture without keeping its aspect ratio. Each new pixel is the mean of the area that it covers; that area is
 * never smaller than one old pixel, so that enlarging interpolates linearly. A picture of the right size keeps its
 * values.
 *
 * Transparent pixels are composited over white: most cut-out pictures come from white paper, and browsers show them on
 * white.
 *
 * @param pixels The picture; RGBA where three channels are wanted.
 * @param shape The shape of the result: [1, height, width] of brightness or [3, height, width] of red, green and blue.
 * @returns The values in this shape, 0 to 1, in fresh memory.
 */
export function resizePicture(
  pixels: Pixels,
  [channels, height, width]: ImageShape,
): Float32Array<ArrayBuffer> {
  const { data, channels: given } = pixels;
  const columns = spansOf(0, pixels.width, width / pixels.width, pixels.width);
  const rows = spansOf(0, pixels.height, height / pixels.height, pixels.height);
  const full = data instanceof Float32Array ? 1 : 255;
  const plane = width * height;
  const resized = new Float32Array(channels * plane);
  const sums = new Float64Array(3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to++) {
      sums.fill(0);
      let area = 0;
      for (let row = rows.first[y]; row <= rows.last[y]; row++) {
        const rowShare = shareOf(rows, y, row);
        for (let column = columns.first[x]; column <= columns.last[x]; column++) {
          const share = rowShare * shareOf(columns, x, column);
          area += share;
          const at = (row * pixels.width + column) * given;
          if (given === 1) sums[0] += share * data[at];
          else {
            const alpha = data[at + 3] / full;
            const white = (1 - alpha) * full;
            for (let c = 0; c < 3; c++) sums[c] += share * (alpha * data[at + c] + white);
          }
        }
      }
      for (let c = 0; c < channels; c++) {
        const sum = given === 4 && channels === 1
          ? (LUMA[0] * sums[0] + LUMA[1] * sums[1] + LUMA[2] * sums[2]) / 256
          : sums[c];
        resized[c * plane + to] = sum / area / full;
      }
    }
  }
  return resized;
}

/** The part of an old pixel inside a span, 0 to 1. */
function shareOf(
  { first, firstShare, last, lastShare }: Spans,
  index: number,
  old: number,
): number {
  if (old === first[index]) return firstShare[index];
  return old === last[index] ? lastShare[index] : 1;
}

/**
 * Inverts a grey picture in place when most of its border is light. Networks of one channel are trained on pictures of
 * dark background (MNIST, Fashion-MNIST).
 *
 * @param pixels Brightness, 0 to 1, row by row.
 * @param width Columns.
 * @param height Rows.
 * @returns The same array.
 */
export function lightOnDark<T extends Float32Array>(pixels: T, width: number, height: number): T {
  const border = borderOf({ data: toBytes(pixels), width, height });
  if (quantile(histogram(border), 0.5) > 127.5) {
    for (let i = 0; i < pixels.length; i++) pixels[i] = 1 - pixels[i];
  }
  return pixels;
}
