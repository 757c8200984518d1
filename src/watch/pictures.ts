import { encode } from "fast-png";
import { percent } from "../cli/progress.ts";
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
import { type Html, html } from "./html.ts";
import type { AnsweredPicture, Picture, RunReport, StagePicture } from "./report.ts";

/**
 * A picture as a URL that holds all of it.
 *
 * @param picture The picture, grey or coloured.
 * @returns A PNG as `data:` URL.
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
 * A picture, enlarged as the style of what is around it says.
 *
 * @param picture The picture.
 * @param alt What it is, for those who cannot see it; empty where the text around it says so.
 * @returns The image.
 */
export function pictureImage(picture: Picture, alt: string): Html {
  const [, , width] = picture.shape;
  return html`<img src="${pictureUrl(picture)}" alt="${alt}" style="--pixels: ${width}">`;
}

/**
 * Pictures with what they were taken for; wrong answers bear a cross.
 *
 * @param pictures The pictures.
 * @param classNames A name for each class.
 * @param options `confidence`: whether to say how sure the network was.
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
    const sure = options.confidence ? html`<small>${percent(picture.confidence)}</small>` : "";
    return html`<li>${image}${read}${sure}</li>`;
  });
  return html`<ol class="pictures">${items}</ol>`;
}

/**
 * What a network takes pictures for.
 *
 * @param model The network.
 * @param pictures The pictures, of the network's own shape.
 * @returns Each with its answer, in order.
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

/** The channels of a stage as pictures. */
interface ChannelPictures {
  /** One for each channel, in order. */
  readonly pictures: readonly Picture[];
  /** The value that is black. */
  readonly lowest: number;
  /** The value that is white. */
  readonly highest: number;
}

/**
 * Draws what a stage gave. All its channels have one scale, so that a quiet channel looks quiet.
 *
 * @param stage What it gave; values that are not numbers are black.
 * @returns A grey picture for each channel.
 * @throws {LeNetError} `image/invalid` when there are not as many values as the shape says.
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
  // One value all over is black, and so are none.
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

/** How wide a channel is shown at least, in CSS pixels. */
const CHANNEL_WIDTH = 48;

/**
 * A picture, and every channel of what the stages of a network made of it.
 *
 * @param activations The picture and the stages.
 * @param classNames A name for each class.
 * @returns The figures.
 */
export function activationFigure(
  { input, stages }: RunReport["activations"][number],
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
  const zoom = Math.ceil(CHANNEL_WIDTH / stage.shape[2]);
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

/** How many stages are shown. */
const SHOWN = 2;

/**
 * What the first and the second stage of a network make of a picture: what comes out of their pooling.
 *
 * @param model The network.
 * @param picture The picture, of the network's own shape.
 * @returns The stages, in order.
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
  ).slice(0, SHOWN);
}
