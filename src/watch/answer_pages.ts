/**
 * Pages that show how pictures were answered: the steps to one digit, and the places of the digits of lines.
 *
 * @module
 */

import type { Classification, ExplainedHypothesis, NoDigitReason } from "../classification.ts";
import type { Pixels } from "../image/image.ts";
import { LazyGrey, reduceGrey } from "../image/ink/grey.ts";
import type { PreparationPicture } from "../image/page.ts";
import { toBytes } from "../image/values.ts";
import type { NoTextReason, Reading } from "../read.ts";
import { type Html, html, percent, plainPage } from "./html.ts";
import { pictureUrl } from "./pictures.ts";

/** A picture with its answer. */
export interface Explained {
  readonly file: string;
  /** The answer, with its steps and hypotheses. */
  readonly answer: Classification;
  /** The answer as it is printed. */
  readonly text: string;
}

/** The longer side of a picture as it is shown, in CSS pixels: six of them fit a wide screen. */
const SIDE = 176;

/** Less likely digits are not listed: they would show as 0.0 %. */
const MIN_PROBABILITY = 0.0005;

/** The styles of {@linkcode hypothesisList}. */
export const STEP_STYLE: string = `
.steps { display: flex; flex-wrap: wrap; gap: 1.5rem; padding: 0; list-style: none }
.steps li { width: ${SIDE}px; font-size: 0.875rem }
.place { display: flex; align-items: center; justify-content: center; width: ${SIDE}px; height: ${SIDE}px }
img { box-sizing: border-box; border: 1px solid #888; max-width: 100%; max-height: 100% }
.pixels { image-rendering: pixelated }
.size { opacity: 0.75 }
`;

/** The title of each step, and what its picture shows. */
const STEPS: Readonly<Record<string, readonly [title: string, text: string]>> = {
  "brightness": ["grey", "the brightness of the picture, without its colours"],
  "even light": [
    "working size",
    "the picture in the size in which ink is looked for, without specks; the light is even where it was corrected",
  ],
  "surely ink": [
    "threshold",
    "white pixels pass the threshold of ink; lines that were erased are black",
  ],
  "ink": [
    "ink",
    "the strength of the ink that is taken for the digit, from black (none) to white (full)",
  ],
  "strokes": [
    "normalised strokes",
    "strokes that are too thin or too thick, brought to the usual width",
  ],
  "input": ["network input", "the digit scaled, and centred by its centre of mass"],
};

/** The title of each hypothesis, and how it finds ink. */
const HYPOTHESES: Readonly<Record<string, readonly [title: string, text: string]>> = {
  "own": ["own threshold", "one threshold for the whole picture, which its brightness gives"],
  "even": ["illumination corrected", "uneven light corrected, the rules of the paper erased"],
  "erased": ["lines erased", "straight lines erased, such as rules, frames and underlines"],
  "even erased": [
    "illumination corrected, lines erased",
    "uneven light corrected, then all straight lines erased",
  ],
  "outline": ["outline erased", "what surrounds the digit erased, such as a circle or a box"],
  "inverted": [
    "inverted",
    "what is most of the border taken for ink, as of a digit that fills the picture",
  ],
  "sheet": ["sheet or window", "looked for on a sheet of paper or in a window on a screen"],
  "even sheet": [
    "sheet or window, illumination corrected",
    "looked for on a sheet of paper or in a window, with uneven light corrected",
  ],
  "colour": [
    "colour",
    "ink that differs from its paper in colour, as red on green of the same brightness",
  ],
  "likely": ["likely threshold", "the light of the picture decides how; no other way was tried"],
};

/** What a picture without a digit lacks, and what to do about it. */
const REASONS: Readonly<Record<NoDigitReason, string>> = {
  "no-ink": "No ink was found: nothing stands out from the background.",
  "too-faint":
    "What stands out is too faint to be read. Take the picture in more light, or write with a darker pen.",
  "too-small":
    "The ink is too small to be read. Take a picture with more pixels, or from a smaller distance.",
  "not-a-digit":
    "The ink does not look like one digit. With a lower threshold, reject, it may be read as one.",
  "several-digits":
    "There are several digits. Use readDigits, or the command read, for lines of digits.",
};

/**
 * Makes a page that shows the picture after each step of the preparation, for each hypothesis of the ink.
 *
 * @param explained The answers.
 * @returns The HTML file, which is complete in itself.
 */
export function explainPage(explained: readonly Explained[]): string {
  return plainPage(
    "How pictures were prepared and classified",
    STEP_STYLE,
    html`<p>Each row shows the steps from the file to the input of the network, which sees nothing else. A picture that
    leaves doubt is prepared in several ways, and the one that is most likely a digit is chosen. Where an answer is
    wrong, look for the first step that loses the digit.</p>
    ${explained.map(section)}`,
  );
}

function section({ file, answer, text }: Explained): Html {
  return html`
    <section>
      <h2>${file}: ${text}</h2>
      ${sentencesAbout(answer).map((sentence) => html`<p>${sentence}</p>`)}
      ${hypothesisList(answer)}
    </section>
  `;
}

/**
 * Renders all hypotheses of the ink, the chosen one first, each with what it was read as and its steps.
 *
 * @param answer The answer, with its steps and hypotheses.
 * @returns Headings and lists for a page with the styles {@linkcode STEP_STYLE}; the steps alone where there are no
 * hypotheses.
 */
export function hypothesisList({ steps = [], hypotheses = [] }: Classification): Html {
  if (hypotheses.length === 0) return stepList(steps);
  return html`${
    hypotheses.map((hypothesis, rank) =>
      html`<h3>${headingOf(hypothesis, rank === 0 && hypotheses.length > 1)}</h3>
      <p>${textOf(hypothesis)}</p>
      ${stepList(rank === 0 ? steps : hypothesis.steps)}`
    )
  }`;
}

function headingOf(
  { name, digit, digitProbability }: ExplainedHypothesis,
  isChosen: boolean,
): string {
  const [title] = HYPOTHESES[name] ?? [name];
  const likely = digitProbability === null ? "" : `, a digit with ${percent(digitProbability)}`;
  return `${capitalized(title)}: ${digit}${likely}${isChosen ? " (chosen)" : ""}`;
}

function textOf({ name }: ExplainedHypothesis): string {
  const [, text] = HYPOTHESES[name] ?? [];
  return text === undefined ? "" : `${capitalized(text)}.`;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/**
 * Renders the steps of a preparation side by side.
 *
 * @param steps The pictures, in their order.
 * @returns A list for a page with the styles {@linkcode STEP_STYLE}.
 */
function stepList(steps: readonly PreparationPicture[]): Html {
  return html`<ol class="steps">${steps.map((step, at) => item(step, at, steps))}</ol>`;
}

/** Sentences about an answer, beyond the answer itself. */
function sentencesAbout(answer: Classification): string[] {
  const { steps = [], reason, count, className, digit, digitProbability, probabilities } = answer;
  const sentences: string[] = [];
  if (reason !== null) {
    sentences.push(REASONS[reason]);
    if (count !== undefined) sentences.push(`Found: ${count} digits.`);
  }
  if (digitProbability !== null) {
    sentences.push(`Probability that the ink is one digit: ${percent(digitProbability)}.`);
  }
  // The class names of a network of other classes are not known here.
  const isOfDigits = className === null || className === String(digit);
  if (isOfDigits && Math.max(...probabilities) > 0) {
    const likely = probabilities
      .map((probability, digit) => ({ probability, digit }))
      .sort((a, b) => b.probability - a.probability)
      .filter(({ probability }, rank) => rank === 0 || rank < 3 && probability >= MIN_PROBABILITY)
      .map(({ probability, digit }) => `${digit} (${percent(probability)})`);
    sentences.push(`Probability of each digit: ${likely.join(", ")}.`);
  }
  if (steps.length === 0) {
    sentences.push("There are no steps: this network takes whole pictures, resized to its input.");
  }
  return sentences;
}

function item(
  step: PreparationPicture,
  at: number,
  steps: readonly PreparationPicture[],
): Html {
  const { width, height, values } = shrinkStep(step, SIDE);
  // Small pictures are enlarged without smoothing.
  const scale = SIDE / Math.max(width, height);
  const [shownWidth, shownHeight] = [width, height].map((side) =>
    Math.max(3, Math.round(side * scale))
  );
  const [title, text] = titleAndText(step, at, steps);
  const pixels = Uint8Array.from(values, (value) => Math.round(255 * value));
  const url = pictureUrl({ shape: [1, height, width], pixels });
  const style = scale >= 1 ? "pixels" : "";
  return html`<li><div class="place"><img class="${style}" width="${shownWidth}" height="${shownHeight}"
    src="${url}" alt="${title}"></div>
    <strong>${at + 1}. ${title}</strong>: ${text}
    <span class="size">(${step.width}×${step.height} pixels)</span></li>`;
}

function titleAndText(
  { name, values }: PreparationPicture,
  at: number,
  steps: readonly PreparationPicture[],
): readonly [title: string, text: string] {
  const [title, text] = STEPS[name] ?? [name, ""];
  const before = steps[at - 1];
  if (name === "input" && before?.name === "brightness") {
    return [title, "the picture is prepared like MNIST already, so it is used unchanged"];
  }
  if (name === "strokes" && before?.values === values) {
    return [title, "the strokes have the usual width, so they are unchanged"];
  }
  const isAgain = name === "even light" &&
    steps.slice(0, at).some((earlier) => earlier.name === name);
  if (isAgain) return [title, "a second pass, closer to the digit"];
  return [title, text];
}

/**
 * Reduces a picture by a whole factor. Each new pixel is the mean of a block of old ones, so that thin lines do not
 * break. Columns and rows that fill no block are left out.
 *
 * @param picture The picture.
 * @param side The longer side that is wanted, in pixels; a picture of less than twice that is unchanged.
 * @returns The reduced picture.
 */
export function shrinkStep(picture: PreparationPicture, side: number): PreparationPicture {
  const longer = Math.max(picture.width, picture.height);
  const factor = Math.floor(longer / side);
  if (factor < 2) return picture;
  const across = Math.min(factor, picture.width);
  const down = Math.min(factor, picture.height);
  const width = Math.floor(picture.width / across);
  const height = Math.floor(picture.height / down);
  const values = new Float32Array(width * height);
  for (let y = 0; y < height * down; y++) {
    const to = Math.floor(y / down) * width;
    const from = y * picture.width;
    for (let x = 0; x < width * across; x++) {
      values[to + Math.floor(x / across)] += picture.values[from + x];
    }
  }
  for (let i = 0; i < values.length; i++) values[i] /= across * down;
  return { name: picture.name, width, height, values };
}

/** A picture of lines with its reading. */
export interface Read {
  readonly file: string;
  readonly pixels: Pixels;
  readonly reading: Reading<string | null>;
}

/** The longer side of a picture as it is shown, in CSS pixels: it fits a laptop's screen. */
const MAX_PAGE_SIDE = 900;

/** Digits with a lower confidence are marked. */
const MIN_CONFIDENCE = 0.9;

const READING_STYLE = `
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
    READING_STYLE,
    html`<p>Each digit stands in its box; digits with a confidence below ${
      percent(MIN_CONFIDENCE)
    } are red. A box around a part of
    a digit or around two digits shows a wrong cut.</p>
    ${reads.map(readSection)}`,
  );
}

/** What is said where there is no text. */
export const NO_TEXT: Readonly<Record<NoTextReason, string>> = {
  "no-digits": "no digits",
  "no-fit": "no likely reading fits what was asked for",
  "rejected": "what was found is less sure than asked for",
};

function readSection({ file, pixels, reading: { text, reason, digits } }: Read): Html {
  const { width, height } = pixels;
  const isSmall = Math.max(width, height) < MAX_PAGE_SIDE / 2;
  const scale = isSmall ? 2 : 1;
  const letters = Math.max(10, 0.25 * Math.max(0, ...digits.map(({ box }) => box.height)));
  return html`
    <section>
      <h2>${file}</h2>
      <pre>${text || NO_TEXT[reason ?? "no-digits"]}</pre>
      <figure>
        <svg viewBox="0 0 ${width} ${height}" width="${Math.min(MAX_PAGE_SIDE, scale * width)}"
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
  const factor = Math.ceil(Math.max(width, height) / MAX_PAGE_SIDE);
  const shown = reduceGrey(grey, { x: 0, y: 0, width, height }, factor);
  return pictureUrl({ shape: [1, shown.height, shown.width], pixels: Uint8Array.from(shown.data) });
}
