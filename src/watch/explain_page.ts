import { percent } from "../cli/progress.ts";
import type { PreparationPicture } from "../image/ink/steps.ts";
import type { Classification } from "../classification.ts";
import { type Html, html, plainPage } from "./html.ts";
import { pictureUrl } from "./pictures.ts";

/** What was read, and how. */
export interface Explained {
  /** The name of the file. */
  readonly file: string;
  /** The answer, with its steps. */
  readonly answer: Classification;
  /** The answer in words. */
  readonly text: string;
}

/** Columns and rows of the place in which a picture is shown. */
const PLACE = 176;

/** Less likely digits are not worth a word. */
const MIN_SAID = 0.0005;

const STYLE = `
.steps { display: flex; flex-wrap: wrap; gap: 1.5rem; padding: 0; list-style: none }
.steps li { width: ${PLACE}px; font-size: 0.875rem }
.place { display: flex; align-items: center; justify-content: center; width: ${PLACE}px; height: ${PLACE}px }
img { box-sizing: border-box; border: 1px solid #888; max-width: 100%; max-height: 100% }
.pixels { image-rendering: pixelated }
.size { opacity: 0.75 }
`;

/** What the picture of each step shows, for those who see one for the first time. */
const SHOWN: Readonly<Record<string, string>> = {
  "brightness": "the picture without its colours",
  "even light": "as it is looked at: made small, and where need be without specks and shadows",
  "surely ink": "white is what stands out for sure; lines of ruled paper are taken out",
  "ink":
    "what is taken for the digit, from no ink (black) to full ink (white); all else is left out",
  "strokes": "strokes that are much too thin or too thick, brought to a usual width",
  "input": "what the network sees: the digit cut out, made small and put in the middle",
};

/**
 * A page that shows every picture on the way to an answer, and says what it shows; it needs nothing but itself.
 *
 * @param explained The answers.
 * @returns The text of an HTML file.
 */
export function explainPage(explained: readonly Explained[]): string {
  return plainPage(
    "How pictures were read",
    STYLE,
    html`<p>From left to right, each picture on its way from the file to the network. The network sees nothing but the last
    one. Where an answer is wrong, look for the first step in which the digit is lost.</p>
    ${explained.map(section)}`,
  );
}

function section({ file, answer, text }: Explained): Html {
  const { steps = [] } = answer;
  return html`
    <section>
      <h2>${file}: ${text}</h2>
      ${inWords(answer).map((sentence) => html`<p>${sentence}</p>`)}
      <ol class="steps">${steps.map((step, at) => item(step, at, steps))}</ol>
    </section>
  `;
}

/** What there is to say about an answer beyond the answer. */
function inWords(answer: Classification): string[] {
  const { steps = [], reason, className, digit, digitness, probabilities } = answer;
  const sentences: string[] = [];
  if (reason === "no-ink") {
    sentences.push("There is no ink: nothing stands out from the background.");
  }
  if (reason === "not-a-digit") {
    sentences.push(
      "What stands out does not look like one digit. A line of several is read by: deno task read.",
    );
  }
  if (digitness !== null) {
    sentences.push(`How likely it is that this is a digit at all: ${percent(digitness)}.`);
  }
  // Of a network of other things the names are not known here.
  const isOfDigits = className === null || className === String(digit);
  if (isOfDigits && reason !== "no-ink") {
    const likely = probabilities
      .map((probability, digit) => ({ probability, digit }))
      .sort((a, b) => b.probability - a.probability)
      .filter(({ probability }, rank) => rank === 0 || rank < 3 && probability >= MIN_SAID)
      .map(({ probability, digit }) => `${digit} (${percent(probability)})`);
    sentences.push(`Which digit it would be: ${likely.join(", ")}.`);
  }
  if (steps.length === 0) {
    sentences.push("There are no steps: this network takes pictures whole, brought to its size.");
  }
  return sentences;
}

function item(
  step: PreparationPicture,
  at: number,
  steps: readonly PreparationPicture[],
): Html {
  const { width, height, values } = shrinkStep(step, PLACE);
  // Small pictures are shown as large as fits; they keep their pixels.
  const scale = PLACE / Math.max(width, height);
  const [shownWidth, shownHeight] = [width, height].map((side) =>
    Math.max(3, Math.round(side * scale))
  );
  const pixels = Uint8Array.from(values, (value) => Math.round(255 * value));
  const url = pictureUrl({ shape: [1, height, width], pixels });
  const style = scale >= 1 ? "pixels" : "";
  return html`<li><div class="place"><img class="${style}" width="${shownWidth}" height="${shownHeight}"
    src="${url}" alt="${step.name}"></div>
    <strong>${at + 1}. ${step.name}</strong>: ${caption(step, at, steps)}
    <span class="size">(${step.width}×${step.height} pixels)</span></li>`;
}

function caption(
  { name, values }: PreparationPicture,
  at: number,
  steps: readonly PreparationPicture[],
): string {
  const before = steps[at - 1];
  if (name === "input" && before?.name === "brightness") {
    return "what the network sees; the picture is as it should be already, so nothing is done to it";
  }
  if (name === "strokes" && before?.values === values) {
    return "their width is usual, so they stay as they are";
  }
  const isAgain = name === "even light" &&
    steps.slice(0, at).some((earlier) => earlier.name === name);
  if (isAgain) return "looked at again, from nearer or in another light";
  return SHOWN[name] ?? "";
}

/**
 * Makes a picture small enough to be shown: each new pixel is the mean of a block of old ones, so that thin lines do
 * not break. Columns and rows that fill no block are left out.
 *
 * @param picture The picture.
 * @param side The longer side that is enough, in pixels; a picture of less than twice that stays as it is.
 * @returns The smaller picture.
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
