import { percent } from "../cli/progress.ts";
import { toBytes } from "../image/image.ts";
import { LazyGrey, reduceGrey } from "../image/ink/grey.ts";
import type { Pixels } from "../image/pixels.ts";
import type { Reading } from "../reading/read.ts";
import { type Html, html, plainPage } from "./html.ts";
import { pictureUrl } from "./pictures.ts";

/** A picture of lines, and what was read in it. */
export interface Read {
  /** The name of the file. */
  readonly file: string;
  readonly pixels: Pixels;
  readonly reading: Reading;
}

/** Columns and rows that a picture is shown in, at most. */
const PLACE = 900;

/** Digits of which the network is less sure are marked. */
const SURE = 0.9;

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
 * A page that shows where in pictures each digit was read; it needs nothing but itself.
 *
 * @param reads The pictures.
 * @returns The text of an HTML file.
 */
export function readingPage(reads: readonly Read[]): string {
  return plainPage(
    "Where digits were read",
    STYLE,
    html`<p>Each digit stands in its box; those of which the network is less than ${
      100 *
      SURE
    } % sure are red. A box that
    holds a part of a digit, or two of them, shows where a line was cut wrongly.</p>
    ${reads.map(section)}`,
  );
}

function section({ file, pixels, reading: { text, digits } }: Read): Html {
  const { width, height } = pixels;
  const isSmall = Math.max(width, height) < PLACE / 2;
  const scale = isSmall ? 2 : 1;
  const letters = Math.max(10, 0.25 * Math.max(0, ...digits.map(({ box }) => box.height)));
  return html`
    <section>
      <h2>${file}</h2>
      <pre>${text === "" ? "no digits" : text}</pre>
      <figure>
        <svg viewBox="0 0 ${width} ${height}" width="${Math.min(PLACE, scale * width)}"
          role="img" aria-label="${file} with a box around each digit">
        <image href="${greyUrl(pixels)}" width="${width}" height="${height}"/>
        ${digits.map(({ box, className, confidence }) =>
          html`
            <g class="${confidence < SURE ? "unsure" : ""}">
              <rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" />
              <text x="${box.x + 2}" y="${box.y +
                letters}" font-size="${letters}">${className}</text>
            </g>
          `
        )}
      </svg>
      </figure>
      <table><tr><th>line</th><th>digit</th><th>how sure</th></tr>${digits.map((
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

/** The picture without its colours, small enough to be shown. */
function greyUrl(pixels: Pixels): string {
  const { width, height } = pixels;
  const grey = pixels.channels === 4
    ? new LazyGrey(pixels)
    : { data: toBytes(pixels.data), width, height };
  const factor = Math.ceil(Math.max(width, height) / PLACE);
  const shown = reduceGrey(grey, { x: 0, y: 0, width, height }, factor);
  return pictureUrl({ shape: [1, shown.height, shown.width], pixels: Uint8Array.from(shown.data) });
}
