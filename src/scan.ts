import type { Dispatcher } from "./engine/dispatcher.ts";
import { placeLogits, type Places } from "./engine/place_logits.ts";
import type { BackendName } from "./engine/runner.ts";
import type { DigitImage } from "./image/digit_image.ts";
import { imageError } from "./image/image_error.ts";
import type { Box } from "./image/box.ts";
import { lightOnDark } from "./image/light_on_dark.ts";
import { normalize } from "./image/normalize.ts";
import { readPicture } from "./image/read_picture.ts";
import { resizePicture } from "./image/resize_picture.ts";
import type { Classification } from "./lenet.ts";
import type { Model } from "./model/model.ts";

/** What a network says of one part of a picture. */
export interface ScanAnswer extends Classification {
  /** The part, in pixels of the picture; as large as the network's input. */
  readonly box: Box;
}

/** What a network says of a picture, part by part. */
export interface Scan {
  /** How many parts lie below each other. */
  readonly rows: number;
  /** How many parts lie beside each other. */
  readonly columns: number;
  /** How many pixels lie from one part to the next, across and down: 2 to the power of the network's poolings. */
  readonly stride: number;
  /** One answer for each part, row by row. */
  readonly answers: readonly ScanAnswer[];
}

/**
 * Puts a network on every part of a picture, as it is: no ink is found, nothing is resized. For a network of one
 * channel the brightness is taken, light on dark.
 *
 * @param model The network.
 * @param image The picture, in any form that is accepted, at least as large as the network's input.
 * @param dispatcher What runs the network.
 * @param answer Makes an answer of the logits of one part.
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

  const poolings = layers.filter(({ kind }) => kind === "pool" || kind === "subsample").length;
  const stride = 2 ** poolings;
  const places: Places = {
    rows: Math.floor((picture.height - height) / stride) + 1,
    columns: Math.floor((picture.width - width) / stride) + 1,
    stride,
  };
  const { logits, backend } = await placeLogits(model, pixels, shape, places, dispatcher);
  const answers = Array.from({ length: places.rows * places.columns }, (_, place): ScanAnswer => ({
    ...answer(logits.subarray(place * classes), backend),
    box: {
      x: place % places.columns * stride,
      y: Math.floor(place / places.columns) * stride,
      width,
      height,
    },
  }));
  return { ...places, answers };
}
