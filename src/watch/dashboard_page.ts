import type { Architecture } from "../model/architecture.ts";
import type { Parameters } from "../model/parameters.ts";
import type { TrainProgress } from "../train/epoch.ts";
import style from "./assets/dashboard.css" with { type: "text" };
import script from "./assets/dashboard.js" with { type: "text" };
import { chartPage, epochChart, stepChart } from "./charts.ts";
import { duration, type Html, html, percent } from "./html.ts";
import { channelPictures, type Picture, pictureImage } from "./pictures.ts";
import { type Page, TOKEN_HEADER } from "./requests.ts";

/** The charts by the name of their event, empty. */
const CHARTS = {
  steps: stepChart([]),
  loss: epochChart([], "loss", ""),
  accuracy: epochChart([], "accuracy", ""),
};

/**
 * Makes the page of a dashboard. It is the same for all runs and filled by events.
 *
 * @param token The token that the page sends with every action.
 * @returns The page.
 */
export async function dashboardPage(token: string): Promise<Page> {
  return await chartPage({
    title: "Training",
    body: body(token),
    charts: Object.values(CHARTS),
    style,
    script,
    allows: ["connect-src 'self'", "base-uri 'none'", "form-action 'none'"],
  });
}

function body(token: string): Html {
  return html`
    <header>
      <h1 id="title">Training</h1>
      <div class="controls" data-header="${TOKEN_HEADER}" data-token="${token}">
        <p id="state" role="status">Connecting</p>
        <button type="button" id="hold" disabled>Pause</button>
        <button type="button" id="stop" disabled>Stop</button>
      </div>
      <progress id="progress" max="1" value="0"
        aria-label="Share of the training that is done"></progress>
      <div id="facts"></div>
    </header>
    <main>
      ${chart("steps")}
      <div class="beside">${chart("loss")}${chart("accuracy")}</div>
      ${part("Pictures", "pictures")}
      ${part("First filters", "filters")}
      ${part("Confusion", "confusion")}
    </main>
    <noscript><p>The page is filled by a script.</p></noscript>
  `;
}

function chart(name: keyof typeof CHARTS): Html {
  const { title } = CHARTS[name];
  const number = Object.keys(CHARTS).indexOf(name);
  return html`
    <figure>
      <figcaption>${title}</figcaption>
      <div id="${name}" class="chart empty" role="img" aria-label="${title}"
        data-chart="${number}"></div>
    </figure>
  `;
}

function part(title: string, id: string): Html {
  return html`
    <h2>${title}</h2>
    <div id="${id}"></div>
  `;
}

/**
 * The progress of a training as names and values.
 *
 * @param progress The progress after a step.
 * @returns Names and values, in order.
 */
export function progressFacts(progress: TrainProgress): [name: string, value: string][] {
  const { epoch, epochs, step, steps, loss, accuracy } = progress;
  return [
    ["epoch", `${epoch} of ${epochs}`],
    ["step", `${step} of ${steps}`],
    ["loss", loss.toFixed(4)],
    ["accuracy", percent(accuracy)],
    ["learning rate", String(Number(progress.learningRate.toPrecision(3)))],
    ["images/s", Math.round(progress.imagesPerSecond).toLocaleString("en-US")],
    ["time left", duration(progress.secondsLeft)],
  ];
}

/** The width of a weight in CSS pixels. */
const ZOOM = 10;

/**
 * Shows each filter of the first convolution as a picture, in colour for a network of colour images.
 *
 * @param architecture The network.
 * @param weights Its parameters.
 * @returns The figure; undefined for a network without a convolution.
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

/** Joins every three grey pictures to one in red, green and blue. */
function coloured(planes: readonly Picture[]): Picture[] {
  return Array.from({ length: planes.length / 3 }, (_, n) => {
    const [red, green, blue] = planes.slice(n * 3, n * 3 + 3);
    const [, height, width] = red.shape;
    const pixels = Uint8Array.from([...red.pixels, ...green.pixels, ...blue.pixels]);
    return { shape: [3, height, width], pixels };
  });
}
