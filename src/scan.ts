import type { Classification } from "./classification.ts";
import type { Dispatcher } from "./engine/backends.ts";
import type { BackendName } from "./engine/runner.ts";
import { slidingWindowLogits, strideOf, type WindowGrid } from "./engine/sliding.ts";
import { imageError } from "./errors.ts";
import type { Box, DigitImage } from "./image/image.ts";
import { lightOnDark, readPicture, resizePicture } from "./image/prepare_picture.ts";
import { type Model, normalize } from "./model/model.ts";

/** The classification of one window of a picture. */
export interface ScanAnswer extends Classification {
  /** The window, in pixels of the picture; as large as the network's input. */
  readonly box: Box;
}

/** The classifications of all windows of a picture. */
export interface Scan {
  /** Number of windows from top to bottom. */
  readonly rows: number;
  /** Number of windows from left to right. */
  readonly columns: number;
  /** Pixels from one window to the next, across and down: the product of the strides of the network's layers. */
  readonly stride: number;
  /** One answer for each window, row by row. */
  readonly answers: readonly ScanAnswer[];
}

/**
 * Classifies every window of a picture. The pixels are not prepared: no ink is found and nothing is resized. For a
 * network of one channel they become grey, light on dark.
 *
 * @param model The network.
 * @param image The picture, in any accepted form, at least as large as the network's input.
 * @param dispatcher The runners of the network.
 * @param answer Turns the logits of one window into an answer.
 * @returns The answers.
 * @throws {LeNetError} `image/…` when the picture cannot be read, `image/invalid` when it is smaller than the network's
 * input; `backend/unavailable`.
 */
export async function scan(
  model: Model,
  image: DigitImage,
  dispatcher: Dispatcher,
  answer: (logits: Float32Array, backend: BackendName) => Classification,
): Promise<Scan> {
  const { architecture: { input: [channels, height, width], classes, layers }, metadata } = model;
  const picture = await readPicture(image, channels);
  if (picture.width < width || picture.height < height) {
    throw imageError(
      "image/invalid",
      `it has ${picture.width}×${picture.height} pixels, expected at least ${width}×${height} to scan`,
    );
  }
  const shape = [channels, picture.height, picture.width] as const;
  const pixels = resizePicture(picture, shape);
  if (channels === 1) lightOnDark(pixels, picture.width, picture.height);
  normalize(pixels, shape, metadata.normalization);

  const stride = strideOf(layers);
  const grid: WindowGrid = {
    rows: Math.floor((picture.height - height) / stride) + 1,
    columns: Math.floor((picture.width - width) / stride) + 1,
    stride,
  };
  const { logits, backend } = await slidingWindowLogits(model, pixels, shape, grid, dispatcher);
  const answers = Array.from({ length: grid.rows * grid.columns }, (_, window): ScanAnswer => ({
    ...answer(logits.subarray(window * classes, (window + 1) * classes), backend),
    box: {
      x: window % grid.columns * stride,
      y: Math.floor(window / grid.columns) * stride,
      width,
      height,
    },
  }));
  return { ...grid, answers };
}
