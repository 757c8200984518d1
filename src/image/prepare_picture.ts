import { imageError } from "../errors.ts";
import type { ImageShape } from "../model/architecture.ts";
import type { ImageLimits } from "../options.ts";
import { type Stretches, stretches } from "./frame.ts";
import { type DigitImage, toBytes } from "./image.ts";
import { borderOf, histogram, quantile } from "./ink/threshold.ts";
import type { Pixels } from "./pixels.ts";
import { readImage } from "./read_image.ts";

/**
 * Makes any picture an image of a network's shape: all of it, brought to the network's size without regard to its
 * proportions, as the walk-through of CIFAR-10 does. For a network of one channel its brightness is taken, light on
 * dark, whichever way it came. Pixels of the network's own size are an image already, and keep their values.
 *
 * @param image The picture, in any form that is accepted. A stream, and the body of a response, is read to its end.
 * @param shape The network's input, [1, height, width] or [3, height, width] in RGB.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The values in this shape, 0 to 1, in fresh memory.
 * @throws {LeNetError} What `prepareDigit` throws; `image/invalid`, too, for pixels of one channel where three are
 * wanted.
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
 * The pixels of a picture in any form, for a network of so many channels.
 *
 * @param image The picture. A stream, and the body of a response, is read to its end.
 * @param channels How many channels the network takes: 1 or 3.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The pixels: RGBA where three channels are wanted.
 * @throws {LeNetError} What `readImage` throws; `image/invalid`, too, for pixels of one channel where three are
 * wanted.
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

/** Luma by Rec. 601 in 256ths, as `toGrey` has it: they add up to 256, so that grey stays exactly as it is. */
const LUMA = [77, 150, 29] as const;

/**
 * Brings a picture to the size that a network takes, whatever its proportions. Each new pixel is the mean of the area
 * it covers; that area is never smaller than one old pixel, so that enlarging interpolates linearly. A picture of that
 * size already keeps its values.
 *
 * What is transparent is laid over white, the paper of most pictures that are cut out, and what browsers show them on.
 *
 * @param pixels The picture. Only RGBA can give three channels.
 * @param shape What is wanted: [1, height, width] of brightness or [3, height, width] of red, green and blue.
 * @returns The values in this shape, 0 to 1, in fresh memory.
 */
export function resizePicture(
  pixels: Pixels,
  [channels, height, width]: ImageShape,
): Float32Array<ArrayBuffer> {
  const { data, channels: given } = pixels;
  const columns = stretches(0, pixels.width, width / pixels.width, pixels.width);
  const rows = stretches(0, pixels.height, height / pixels.height, pixels.height);
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

/** How much of an old pixel belongs to a new one. */
function shareOf(
  { first, firstShare, last, lastShare }: Stretches,
  index: number,
  old: number,
): number {
  if (old === first[index]) return firstShare[index];
  return old === last[index] ? lastShare[index] : 1;
}

/**
 * Turns a grey picture into its negative, in place, when most of its border is light: the background of what networks
 * of one channel know, digits and articles of clothing, is dark.
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
