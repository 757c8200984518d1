import type { Architecture } from "../../src/model/architecture.ts";
import type { Parameters } from "../../src/model/parameters.ts";
import { channelPictures } from "../report/channel_pictures.ts";
import { type Html, html } from "../report/html.ts";
import { pictureImage } from "../report/picture_image.ts";
import type { Picture } from "../report/run_report.ts";

/** How many CSS pixels a weight is wide. */
const ZOOM = 10;

/**
 * The filters of the first convolution, each as a picture: in colour where they look at red, green and blue.
 *
 * @param architecture The network.
 * @param weights What it learned so far.
 * @returns The figure; nothing where the network has no convolution.
 */
export function filterFigure(architecture: Architecture, weights: Parameters): Html | undefined {
  const layer = architecture.layers.find((layer) => layer.kind === "conv");
  const weight = layer && weights.get(`${layer.name}.weight`);
  if (layer === undefined || weight === undefined) return undefined;
  const [filters, channels, height, width] = weight.shape;
  const { pictures, lowest, highest } = channelPictures({
    name: layer.name,
    shape: [filters * channels, height, width],
    values: weight.data,
  });
  const shown = channels === 3 ? coloured(pictures) : pictures;
  return html`
    <figure>
      <figcaption><strong>${layer
        .name}</strong> ${filters} filters of ${height}×${width}, black ${lowest
        .toPrecision(3)}, white ${highest.toPrecision(3)}</figcaption>
      <div class="channels" role="img" aria-label="Filters of ${layer.name}"
        style="--zoom: ${ZOOM}">${shown
          .map((picture) => pictureImage(picture, ""))}</div>
    </figure>
  `;
}

/** Every three grey pictures as one in red, green and blue. */
function coloured(planes: readonly Picture[]): Picture[] {
  return Array.from({ length: planes.length / 3 }, (_, n) => {
    const [red, green, blue] = planes.slice(n * 3, n * 3 + 3);
    const [, height, width] = red.shape;
    const pixels = Uint8Array.from([...red.pixels, ...green.pixels, ...blue.pixels]);
    return { shape: [3, height, width], pixels };
  });
}
