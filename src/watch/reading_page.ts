import type { Pixels } from "../image/image.ts";
import { LazyGrey, reduceGrey } from "../image/ink/grey.ts";
import { toBytes } from "../image/values.ts";
import type { Reading } from "../read.ts";
import { type Html, html, percent, plainPage } from "./html.ts";
import { pictureUrl } from "./pictures.ts";

/** A picture of lines with its reading. */
export interface Read {
  readonly file: string;
  readonly pixels: Pixels;
  readonly reading: Reading;
}

/** The longer side of a picture as it is shown, in CSS pixels: it fits a laptop's screen. */
const MAX_SIDE = 900;

/** Digits with a lower confidence are marked. */
const MIN_CONFIDENCE = 0.9;

const STYLE = `
figure { margin: 0; overflow-x: auto }
svg { max-width: 100%; height: auto; border: 1px solid #888 }
rect { fill: none; stroke: #06c; stroke-width: 2; vector-effect: non-scaling-stroke }
.unsure rect { stroke: #d30 }
text { fill: #06c; font-weight: bold; paint-order: stroke; stroke: #fff; stroke-width: 0.15em }
.unsure text { fill: #d30 }
pre { font-size: 1.5rem; letter-spacing: 0.1em }
table { border-collapse: collapse } td, th { padding: 0.1rem 1rem 0.1rem 0; text-align: left }
`;

/**
 * Makes a page that shows pictures with a box around each digit.
 *
 * @param reads The pictures.
 * @returns The HTML file, which is complete in itself.
 */
export function readingPage(reads: readonly Read[]): string {
  return plainPage(
    "Where digits were read",
    STYLE,
    html`<p>Each digit stands in its box; digits with a confidence below ${
      percent(MIN_CONFIDENCE)
    } are red. A box around a part of
    a digit or around two digits shows a wrong cut.</p>
    ${reads.map(section)}`,
  );
}

function section({ file, pixels, reading: { text, digits } }: Read): Html {
  const { width, height } = pixels;
  const isSmall = Math.max(width, height) < MAX_SIDE / 2;
  const scale = isSmall ? 2 : 1;
  const letters = Math.max(10, 0.25 * Math.max(0, ...digits.map(({ box }) => box.height)));
  return html`
    <section>
      <h2>${file}</h2>
      <pre>${text === "" ? "no digits" : text}</pre>
      <figure>
        <svg viewBox="0 0 ${width} ${height}" width="${Math.min(MAX_SIDE, scale * width)}"
          role="img" aria-label="${file} with a box around each digit">
        <image href="${greyUrl(pixels)}" width="${width}" height="${height}"/>
        ${digits.map(({ box, className, confidence }) =>
          html`
            <g class="${confidence < MIN_CONFIDENCE ? "unsure" : ""}">
              <rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" />
              <text x="${box.x + 2}" y="${box.y +
                letters}" font-size="${letters}">${className}</text>
            </g>
          `
        )}
      </svg>
      </figure>
      <table><tr><th>line</th><th>digit</th><th>confidence</th></tr>${digits.map((
        { line, className, confidence },
      ) =>
        html`
          <tr>
            <td>${line + 1}</td>
            <td>${className}</td>
            <td>${percent(confidence)}</td>
          </tr>
        `
      )}</table>
    </section>
  `;
}

/** The picture in grey, reduced to the size at which it is shown. */
function greyUrl(pixels: Pixels): string {
  const { width, height } = pixels;
  const grey = pixels.channels === 4
    ? new LazyGrey(pixels)
    : { data: toBytes(pixels.data), width, height };
  const factor = Math.ceil(Math.max(width, height) / MAX_SIDE);
  const shown = reduceGrey(grey, { x: 0, y: 0, width, height }, factor);
  return pictureUrl({ shape: [1, shown.height, shown.width], pixels: Uint8Array.from(shown.data) });
}
