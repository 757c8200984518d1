import { encode } from "fast-png";
import type { Dataset } from "../data/dataset.ts";
import { createRunner } from "../engine/backends.ts";
import { forward } from "../engine/reference.ts";
import { argMax, softmax } from "../engine/runner.ts";
import { LeNetError } from "../errors.ts";
import { type ImageShape, inferShapes, sizeOf, stageNames } from "../model/architecture.ts";
import { kindOf } from "../model/layers.ts";
import { type Model, normalize } from "../model/model.ts";
import { formatShape } from "../model/summary.ts";
import { toBase64 } from "../weights/model_file.ts";
import { type Html, html, percent } from "./html.ts";

/** A picture to be shown. */
export interface Picture {
  /** One channel is grey, three are red, green and blue. */
  readonly shape: ImageShape;
  /** 0 to 255: channel by channel, row by row. */
  readonly pixels: Uint8Array;
}

/** A picture with its label and the answer of a network. */
export interface AnsweredPicture extends Picture {
  /** The index of its class. */
  readonly label: number;
  /** The index of the class that the network answered. */
  readonly answer: number;
  /** The probability of that answer, 0 to 1. */
  readonly confidence: number;
}

/** The output of a stage of a network. */
export interface StagePicture {
  /** The name of the stage, such as `pool1`. */
  readonly name: string;
  readonly shape: ImageShape;
  /** Channel by channel, row by row. */
  readonly values: Float32Array;
}

/** A picture, and the outputs of stages of the network for it. */
export interface Activations {
  readonly input: AnsweredPicture;
  readonly stages: readonly StagePicture[];
}

/**
 * Encodes a picture as a `data:` URL.
 *
 * @param picture The picture, grey or coloured.
 * @returns The URL of a PNG.
 * @throws {LeNetError} `image/invalid` when it has neither one nor three channels, or not as many pixels as its shape.
 */
export function pictureUrl({ shape, pixels }: Picture): string {
  const [channels, height, width] = shape;
  if ((channels !== 1 && channels !== 3) || pixels.length !== sizeOf(shape)) {
    throw new LeNetError(
      "image/invalid",
      `Cannot show the picture: it has ${pixels.length} values of shape [${shape}], expected one or three channels ` +
        "and a value for each pixel",
    );
  }
  const plane = height * width;
  const data = pixels.map((_, i) => pixels[(i % channels) * plane + Math.floor(i / channels)]);
  return `data:image/png;base64,${toBase64(encode({ width, height, data, channels, depth: 8 }))}`;
}

/**
 * Shows a picture, enlarged by the style of the elements around it.
 *
 * @param picture The picture.
 * @param alt The text for screen readers; empty if the text around it says the same.
 * @returns The image.
 */
export function pictureImage(picture: Picture, alt: string): Html {
  const [, , width] = picture.shape;
  return html`<img src="${pictureUrl(picture)}" alt="${alt}" style="--pixels: ${width}">`;
}

/**
 * Shows pictures with their answers. Wrong answers bear a cross.
 *
 * @param pictures The pictures.
 * @param classNames A name for each class.
 * @param options `confidence`: whether to show the confidence of each answer.
 * @returns A list.
 */
export function pictureGrid(
  pictures: readonly AnsweredPicture[],
  classNames: readonly string[],
  options: { readonly confidence: boolean },
): Html {
  const items = pictures.map((picture) => {
    const [label, answer] = [classNames[picture.label], classNames[picture.answer]];
    const image = pictureImage(picture, `picture of ${label}`);
    const read = picture.label === picture.answer
      ? html`<span>${answer}</span>`
      : html`<span class="wrong">✗ ${answer}</span><small>is ${label}</small>`;
    const confidence = options.confidence
      ? html`<small>${percent(picture.confidence)}</small>`
      : "";
    return html`<li>${image}${read}${confidence}</li>`;
  });
  return html`<ol class="pictures">${items}</ol>`;
}

/**
 * Classifies pictures.
 *
 * @param model The network.
 * @param pictures The pictures, of the input shape of the network.
 * @returns The pictures with their answers, in order.
 */
export async function answerPictures(
  { architecture, parameters, metadata }: Model,
  { images, labels, count, shape }: Dataset,
): Promise<AnsweredPicture[]> {
  const { classes } = architecture;
  const size = sizeOf(shape);
  using runner = await createRunner("wasm", architecture, parameters);
  const inputs = Float32Array.from(images, (value) => value / 255);
  normalize(inputs, shape, metadata.normalization);
  const logits = await runner.logits(inputs, count);
  return Array.from({ length: count }, (_, n) => {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    const probabilities = softmax(row, metadata.temperature);
    const answer = argMax(probabilities);
    return {
      shape,
      pixels: images.subarray(n * size, (n + 1) * size),
      label: labels[n],
      answer,
      confidence: probabilities[answer],
    };
  });
}

/** The channels of a stage as grey pictures. */
interface ChannelPictures {
  /** One for each channel, in order. */
  readonly pictures: readonly Picture[];
  /** The value of black. */
  readonly lowest: number;
  /** The value of white. */
  readonly highest: number;
}

/**
 * Draws the output of a stage. All channels have one scale, so that their strengths can be compared.
 *
 * @param stage The output; values that are not numbers are black.
 * @returns A grey picture for each channel.
 * @throws {LeNetError} `image/invalid` when the number of values does not match the shape.
 */
export function channelPictures({ name, shape, values }: StagePicture): ChannelPictures {
  const [channels, height, width] = shape;
  if (values.length !== sizeOf(shape)) {
    throw new LeNetError(
      "image/invalid",
      `Cannot show ${name}: it has ${values.length} values, expected ${
        sizeOf(shape)
      } for [${shape}]`,
    );
  }
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  if (lowest > highest) lowest = highest = NaN;
  // A constant channel is black, and so is one without a finite value.
  const scale = highest > lowest ? 255 / (highest - lowest) : 0;
  const pictures = Array.from({ length: channels }, (_, channel): Picture => ({
    shape: [1, height, width],
    pixels: Uint8Array.from(
      values.subarray(channel * height * width, (channel + 1) * height * width),
      (value) => Math.round(Math.min(255, Math.max(0, (value - lowest) * scale || 0))),
    ),
  }));
  return { pictures, lowest, highest };
}

/** The width at which a channel is shown, in CSS pixels: a 5×5 output must still be recognizable. */
const MIN_CHANNEL_WIDTH = 48;

/**
 * Shows a picture and every channel of the outputs of a network for it.
 *
 * @param activations The picture and the outputs.
 * @param classNames A name for each class.
 * @returns The figures.
 */
export function activationFigure(
  { input, stages }: Activations,
  classNames: readonly string[],
): Html {
  const name = classNames[input.label];
  const image = pictureImage(input, `picture of ${name}`);
  return html`
    <div class="activations">
      <figure class="pictures">${image}<figcaption>${name}</figcaption></figure>
      <div>${stages.map((stage) => stageFigure(stage, name))}</div>
    </div>
  `;
}

function stageFigure(stage: StagePicture, input: string): Html {
  const { pictures, lowest, highest } = channelPictures(stage);
  const label = `Channels of ${stage.name} for the picture of ${input}`;
  const zoom = Math.ceil(MIN_CHANNEL_WIDTH / stage.shape[2]);
  const images = pictures.map((picture) => pictureImage(picture, ""));
  const [black, white] = [lowest, highest].map((value) => value.toPrecision(3).replace("-", "−"));
  const about = `${formatShape(stage.shape)}, black ${black}, white ${white}`;
  return html`
    <figure>
      <figcaption><strong>${stage.name}</strong> ${about}</figcaption>
      <div class="channels" role="img" aria-label="${label}"
        style="--zoom: ${zoom}">${images}</div>
    </figure>
  `;
}

/** The number of stages that are shown: deeper ones are too coarse to be recognized. */
const MAX_STAGES = 2;

/**
 * Computes the outputs of the first pooling layers of a network.
 *
 * @param model The network.
 * @param picture The picture, of the input shape of the network.
 * @returns The outputs, in order.
 */
export function pooledStages(model: Model, { pixels, shape }: Picture): StagePicture[] {
  const { architecture, parameters, metadata } = model;
  const input = Float32Array.from(pixels, (value) => value / 255);
  normalize(input, shape, metadata.normalization);
  const names = stageNames(architecture.layers);
  const outputs = forward(architecture, parameters, input);
  return inferShapes(architecture).flatMap(({ layer, output }, index) =>
    kindOf(layer).window(layer).stride > 1
      ? [{ name: names[index], shape: output as ImageShape, values: outputs[index] }]
      : []
  ).slice(0, MAX_STAGES);
}
