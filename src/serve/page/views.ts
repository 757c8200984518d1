import { type Classification, LeNetError } from "../../../mod.ts";
import { element } from "./elements.ts";

/** How long an answer must stand before it is spoken, in milliseconds. */
const SPEAK_AFTER = 600;

/** Probabilities below this share are not worth a word. */
const WORTH_SAYING = 0.01;

/** Shows answers: the digit, how sure the network is, and a bar for each of the ten, which is also a button. */
export class AnswerView {
  readonly #digit = element("digit", HTMLOutputElement);
  readonly #sure = element("sure", HTMLElement);
  readonly #otherwise = element("otherwise", HTMLElement);
  readonly #spoken = element("spoken", HTMLElement);
  readonly #bars: readonly Bar[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param onChoose Called with the digit whose bar is chosen, when there is something to correct.
   */
  constructor(onChoose: (digit: number) => void) {
    const buttons = element("bars", HTMLElement).querySelectorAll("button");
    this.#bars = Array.from(
      buttons,
      (button, digit) => new Bar(button, () => onChoose(digit)),
    );
  }

  /** Shows that there is nothing to read. */
  clear(): void {
    this.#show("?", "Nothing to read yet", "", new Array(10).fill(0), null);
    this.#say("");
  }

  /**
   * Shows an answer.
   *
   * @param answer What the network says.
   */
  show({ digit, reason, probabilities }: Classification): void {
    const order = probabilities.map((_, n) => n)
      .sort((a, b) => probabilities[b] - probabilities[a]);
    const [first, second] = order;
    if (digit === null) {
      const problem = reason === "no-ink" ? "Nothing to read here" : "That is no digit, it seems";
      const nearest = reason === "no-ink" ? "" : `The nearest would be ${first}.`;
      this.#show("?", problem, nearest, probabilities, null);
      this.#say(`${problem}. ${nearest}`.trim());
      return;
    }
    const sure = `${percent(probabilities[first])} sure`;
    const otherwise = probabilities[second] < WORTH_SAYING
      ? ""
      : `Or ${aDigit(second)}: ${percent(probabilities[second])}.`;
    this.#show(`${digit}`, sure, otherwise, probabilities, digit);
    this.#say(`${digit}, ${sure}. ${otherwise}`.trim());
  }

  /**
   * Says something to people who do not see the page.
   *
   * @param text What to say.
   */
  say(text: string): void {
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

  /** Answers change with every stroke: only one that stands is spoken. */
  #say(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setText(this.#spoken, text), SPEAK_AFTER);
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

/** Layout is only done again where a text changed. */
function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** As exact as is honest: what is sure is never quite sure. */
function percent(probability: number): string {
  if (probability > 0.999) return "Over 99.9%";
  return `${(probability * 100).toFixed(probability > 0.99 ? 1 : 0)}%`;
}

/**
 * A digit with its article.
 *
 * @param digit 0 to 9.
 * @returns Such as `a 7` or `an 8`.
 */
export function aDigit(digit: number): string {
  return `${digit === 8 ? "an" : "a"} ${digit}`;
}

/** What the library says to programs, said to people. */
const FOR_PEOPLE: Readonly<Record<string, string>> = {
  "image/unreadable": "That file cannot be read: it is damaged, or no picture.",
  "image/unsupported": "That file is no picture of a kind that can be read here.",
  "image/too-large": "That picture is too large to be read here.",
};

/**
 * What went wrong, as a sentence.
 *
 * @param problem An error, or its message.
 * @returns The message, which ends with a full stop.
 */
export function sentence(problem: unknown): string {
  if (problem instanceof LeNetError && Object.hasOwn(FOR_PEOPLE, problem.code)) {
    return FOR_PEOPLE[problem.code];
  }
  const text = problem instanceof Error ? problem.message : String(problem);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The colours of the style sheet that canvases are drawn in. */
export type ColourName = "--ink" | "--accent" | "--quiet";

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

const known = new Map<string, string>();

/**
 * A colour as it is now, by light or in the dark.
 *
 * @param name Its custom property.
 * @returns Text such as `#1a2b3c`.
 */
export function colour(name: ColourName): string {
  let value = known.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    known.set(name, value);
  }
  return value;
}

/**
 * @param name The colour's custom property.
 * @returns Its red, green and blue, 0 to 255.
 */
export function rgb(name: ColourName): Rgb {
  const value = parseInt(colour(name).slice(1), 16);
  return [value >> 16, value >> 8 & 255, value & 255];
}

/**
 * Tells when it gets light or dark.
 *
 * @param onChange Called when colours have changed.
 */
export function watchColours(onChange: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    known.clear();
    onChange();
  });
}

/** Shows a picture that was opened, whole, in place of the drawing. */
export class PictureView {
  readonly #canvas = element("picture", HTMLCanvasElement);

  /** Whether it shows nothing. */
  get isHidden(): boolean {
    return this.#canvas.hidden !== false;
  }

  /**
   * @param picture What to show: a bitmap, a canvas, a video. It is left as it is.
   * @param width Its width in pixels.
   * @param height Its height in pixels.
   */
  show(picture: CanvasImageSource, width: number, height: number): void {
    this.#canvas.hidden = false;
    const side = Math.round(this.#canvas.clientWidth * devicePixelRatio) || 560;
    const scale = Math.min(side / width, side / height);
    this.#canvas.width = this.#canvas.height = side;
    const context = this.#canvas.getContext("2d") as CanvasRenderingContext2D;
    const [across, down] = [width * scale, height * scale];
    context.drawImage(picture, (side - across) / 2, (side - down) / 2, across, down);
  }

  /** Shows nothing. */
  hide(): void {
    this.#canvas.hidden = true;
  }
}
