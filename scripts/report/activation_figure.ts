import { formatShape } from "../../src/model/summary.ts";
import { channelPictures } from "./channel_pictures.ts";
import { type Html, html } from "./html.ts";
import { pictureImage } from "./picture_image.ts";
import type { RunReport, StagePicture } from "./run_report.ts";

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
