import type {
  Activation,
  Classification,
  LineReading,
  NoDigitReason,
  Reading,
  ReadLine,
} from "../../../mod.ts";
import { aDigit, colour, type ColourName, element, type Rgb, rgb } from "./display.ts";
import type { StoredCorrection } from "./user_network.ts";

/** Time for which an answer must stay the same before it is announced, in milliseconds: answers change while drawing. */
const ANNOUNCE_AFTER = 600;

/** Smallest probability of the second digit that is shown. */
const MIN_SECOND = 0.01;

/** What the user is told where there is no digit, and what to do about it. */
const REASONS: Readonly<Record<NoDigitReason, readonly [verdict: string, advice: string]>> = {
  "no-ink": ["No ink found", ""],
  "too-faint": ["Too faint", "Use more light or a darker pen."],
  "too-small": ["Too small", "Draw it larger, or go closer."],
  "not-a-digit": ["Not recognised as a digit", ""],
  "several-digits": ["Several digits", ""],
};

/** Shows an answer: the digit, its probability, and a bar for each digit that is also a button for corrections. */
export class AnswerView {
  readonly #digit = element("digit", HTMLOutputElement);
  readonly #sure = element("sure", HTMLElement);
  readonly #otherwise = element("otherwise", HTMLElement);
  /** A live region for screen readers; the visible answer is hidden from them. */
  readonly #spoken = element("spoken", HTMLElement);
  readonly #bars: readonly Bar[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onChoose Called with the digit whose bar is clicked. */
  constructor(onChoose: (digit: number) => void) {
    const buttons = element("bars", HTMLElement).querySelectorAll("button");
    this.#bars = Array.from(
      buttons,
      (button, digit) => new Bar(button, () => onChoose(digit)),
    );
  }

  /** Shows that there is no picture. */
  clear(): void {
    this.#show("?", "No digit yet", "", new Array(10).fill(0), null);
    this.announceLater("");
  }

  /** Shows an answer. */
  show({ digit, reason, count, probabilities }: Classification): void {
    const order = probabilities.map((_, n) => n)
      .sort((a, b) => probabilities[b] - probabilities[a]);
    const [first, second] = order;
    if (reason !== null) {
      const [about, fixed] = REASONS[reason];
      const verdict = count === undefined ? about : about.replace("Several", `${count}`);
      const advice = reason === "not-a-digit" ? `The closest match is ${first}.` : fixed;
      this.#show("?", verdict, advice, probabilities, null);
      this.announceLater(`${verdict}. ${advice}`.trim());
      return;
    }
    const sure = `${percent(probabilities[first])} sure`;
    const otherwise = probabilities[second] < MIN_SECOND
      ? ""
      : `Or ${aDigit(second)}: ${percent(probabilities[second])}.`;
    this.#show(`${digit}`, sure, otherwise, probabilities, digit);
    this.announceLater(`${digit}, ${sure}. ${otherwise}`.trim());
  }

  /** Announces a text to screen readers at once. */
  announce(text: string): void {
    clearTimeout(this.#timer);
    this.#spoken.textContent = text;
  }

  #show(
    digit: string,
    sure: string,
    otherwise: string,
    probabilities: readonly number[],
    answer: number | null,
  ): void {
    setText(this.#digit, digit);
    this.#digit.classList.toggle("none", answer === null);
    setText(this.#sure, sure);
    setText(this.#otherwise, otherwise);
    this.#bars.forEach((bar, n) => bar.show(probabilities[n], n === answer));
  }

  /** Announces a text to screen readers unless another one follows soon. */
  announceLater(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setText(this.#spoken, text), ANNOUNCE_AFTER);
  }
}

/** The bar of one digit. */
class Bar {
  readonly #button: HTMLButtonElement;
  readonly #fill: HTMLElement;
  readonly #share: HTMLElement;

  constructor(button: HTMLButtonElement, onChoose: () => void) {
    this.#button = button;
    this.#fill = button.querySelector(".track span") as HTMLElement;
    this.#share = button.querySelector(".share") as HTMLElement;
    button.addEventListener("click", onChoose);
  }

  show(probability: number, isAnswer: boolean): void {
    this.#fill.style.transform = `scaleY(${probability.toFixed(3)})`;
    setText(this.#share, probability > 0.99 ? ">99%" : `${Math.round(probability * 100)}%`);
    this.#button.classList.toggle("answer", isAnswer);
  }
}

/** The most other readings of a line that are shown. */
const MAX_OTHERS = 3;

/** Shows what stands in a picture of several digits, in the place of the answer, and asks how many digits there are. */
export class LinesView {
  readonly #box = element("several", HTMLElement);
  readonly #list = element("lines", HTMLElement);
  readonly #length = element("length", HTMLInputElement);

  /** @param onLength Called with the number of digits that the user says there are; undefined for any. */
  constructor(onLength: (length: number | undefined) => void) {
    this.#length.addEventListener("input", () => {
      const { value, validity } = this.#length;
      if (validity.valid) onLength(value === "" ? undefined : Number(value));
    });
  }

  /** Shows a reading, and returns it in words. */
  show({ lines }: Reading<string | null>): string {
    const rows = lines.length === 0
      ? [textElement("li", "No likely reading.")]
      : lines.map(lineElement);
    this.#list.replaceChildren(...rows);
    this.#box.hidden = false;
    return lines.map(({ text, confidence }) => `${text}, ${percent(confidence)} sure.`).join(" ") ||
      "No likely reading.";
  }

  /** Shows the answer again. */
  hide(): void {
    this.#box.hidden = true;
  }

  /** Forgets the number of digits. */
  clear(): void {
    this.hide();
    this.#length.value = "";
  }
}

function lineElement({ text, confidence, alternatives }: ReadLine): HTMLElement {
  const item = textElement("li", "");
  const share = ({ text, confidence }: LineReading): string => `${text}: ${percent(confidence)}`;
  const others = alternatives.slice(0, MAX_OTHERS).map(share).join(", ");
  item.append(
    textElement("strong", `${text}`),
    textElement("span", `${percent(confidence)} sure`),
    textElement("small", others && `Or ${others}.`),
  );
  return item;
}

function textElement(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** Sets a text if it differs: every change of a text triggers layout. */
function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Formats a probability; rounding must turn it neither into 100% nor into none. */
function percent(probability: number): string {
  if (probability > 0.999) return "Over 99.9%";
  if (probability < 0.005) return "under 1%";
  return `${(probability * 100).toFixed(probability > 0.99 ? 1 : 0)}%`;
}

/** Shows the activations of three stages of the network: its input and the feature maps of both convolutions. */
export class StagesView {
  /** By the names of the activations. */
  readonly #views: ReadonlyMap<string, StageView> = new Map([
    ["input", new StageView("stage-input", { channels: 1, side: 28, columns: 1 }, "--ink")],
    ["relu1", new StageView("stage-first", { channels: 6, side: 28, columns: 3 }, "--accent")],
    ["relu2", new StageView("stage-second", { channels: 16, side: 10, columns: 4 }, "--accent")],
  ]);

  /** @param stages All activations of the network. */
  show(stages: readonly Activation[]): void {
    for (const { name, values } of stages) this.#views.get(name)?.show(values);
  }

  /** Shows empty maps. */
  clear(): void {
    for (const view of this.#views.values()) view.clear();
  }

  /** Redraws the maps after a change of the colours. */
  redraw(): void {
    for (const view of this.#views.values()) view.redraw();
  }
}

/** Layout of the maps of a stage. */
interface Grid {
  readonly channels: number;
  /** Width and height of each map. */
  readonly side: number;
  /** Maps in a row. */
  readonly columns: number;
}

/** Pixels between maps. */
const GAP = 2;

/** Shows the maps of one stage in a grid. All share one scale, from the lowest to the highest value. */
class StageView {
  readonly #context: CanvasRenderingContext2D;
  readonly #grid: Grid;
  /** The colour of the highest value. */
  readonly #high: ColourName;
  #values: Float32Array;

  constructor(id: string, grid: Grid, high: ColourName) {
    const canvas = element(id, HTMLCanvasElement);
    const { channels, side, columns } = grid;
    canvas.width = columns * (side + GAP) - GAP;
    canvas.height = Math.ceil(channels / columns) * (side + GAP) - GAP;
    this.#context = canvas.getContext("2d") as CanvasRenderingContext2D;
    this.#grid = grid;
    this.#high = high;
    this.#values = new Float32Array(channels * side * side);
    this.redraw();
  }

  show(values: Float32Array): void {
    this.#values = values;
    this.redraw();
  }

  clear(): void {
    this.show(new Float32Array(this.#values.length));
  }

  redraw(): void {
    const { channels, side, columns } = this.#grid;
    const { canvas: { width, height } } = this.#context;
    const image = this.#context.createImageData(width, height);
    const [low, high]: Rgb[] = [rgb("--quiet"), rgb(this.#high)];
    const [lowest, highest] = range(this.#values);
    const size = side * side;
    for (let i = 0; i < channels * size; i++) {
      const channel = Math.floor(i / size);
      const x = channel % columns * (side + GAP) + i % side;
      const y = Math.floor(channel / columns) * (side + GAP) + Math.floor(i % size / side);
      const share = (this.#values[i] - lowest) / (highest - lowest);
      const at = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) image.data[at + c] = low[c] + share * (high[c] - low[c]);
      image.data[at + 3] = 255;
    }
    this.#context.putImageData(image, 0, 0);
  }
}

/** The lowest and the highest value, made unequal if all values are the same: these get the low colour. */
function range(values: Float32Array): [lowest: number, highest: number] {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return [lowest, highest > lowest ? highest : lowest + 1];
}

/** Side of a picture, in pixels. */
const SIDE = 28;

/** Lists the corrections: the misread picture, its digit, and a button that deletes the correction. */
export class CorrectionsView {
  readonly #list = element("corrections", HTMLElement);
  readonly #text = element("lessons", HTMLElement);
  readonly #textWithoutCorrections = this.#text.textContent ?? "";
  readonly #onRemove: (correction: StoredCorrection) => void;
  #shown: readonly StoredCorrection[] = [];

  /** @param onRemove Called with the correction whose button is clicked. */
  constructor(onRemove: (correction: StoredCorrection) => void) {
    this.#onRemove = onRemove;
  }

  /** Redraws the pictures after a change of the colours. */
  redraw(): void {
    this.show(this.#shown);
  }

  /** @param corrections All corrections, the oldest first. */
  show(corrections: readonly StoredCorrection[]): void {
    this.#shown = corrections;
    const count = corrections.length;
    this.#text.textContent = count === 0
      ? this.#textWithoutCorrections
      : `Fine-tuned with ${count === 1 ? "one correction" : `${count} corrections`}.`;
    this.#list.hidden = count === 0;
    this.#list.replaceChildren(...corrections.map((correction) => this.#item(correction)));
  }

  #item(correction: StoredCorrection): HTMLElement {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = `${correction.label}`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.ariaLabel = `Delete the correction to ${correction.label}`;
    remove.addEventListener("click", () => {
      // Moves the focus before the focused button is removed.
      this.#text.focus();
      this.#onRemove(correction);
    });
    item.append(thumbnail(correction), name, remove);
    return item;
  }
}

function thumbnail({ pixels, label }: StoredCorrection): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.setAttribute("role", "img");
  canvas.ariaLabel = `Picture of ${aDigit(label)}`;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const image = context.createImageData(SIDE, SIDE);
  pixels.forEach((value, i) => image.data[4 * i + 3] = value);
  context.putImageData(image, 0, 0);
  // Colours the ink only.
  context.globalCompositeOperation = "source-in";
  context.fillStyle = colour("--ink");
  context.fillRect(0, 0, SIDE, SIDE);
  return canvas;
}
