import type { Classification } from "../../../mod.ts";
import { element } from "./elements.ts";
import { aDigit } from "./text.ts";

/** Time for which an answer must stay the same before it is announced, in milliseconds: answers change while drawing. */
const ANNOUNCE_AFTER = 600;

/** Smallest probability of the second digit that is shown. */
const MIN_SECOND = 0.01;

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
    this.#announceLater("");
  }

  /** Shows an answer. */
  show({ digit, reason, probabilities }: Classification): void {
    const order = probabilities.map((_, n) => n)
      .sort((a, b) => probabilities[b] - probabilities[a]);
    const [first, second] = order;
    if (digit === null) {
      const verdict = reason === "no-ink" ? "No ink found" : "Not recognised as a digit";
      const nearest = reason === "no-ink" ? "" : `The closest match is ${first}.`;
      this.#show("?", verdict, nearest, probabilities, null);
      this.#announceLater(`${verdict}. ${nearest}`.trim());
      return;
    }
    const sure = `${percent(probabilities[first])} sure`;
    const otherwise = probabilities[second] < MIN_SECOND
      ? ""
      : `Or ${aDigit(second)}: ${percent(probabilities[second])}.`;
    this.#show(`${digit}`, sure, otherwise, probabilities, digit);
    this.#announceLater(`${digit}, ${sure}. ${otherwise}`.trim());
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

  #announceLater(text: string): void {
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

/** Sets a text if it differs: every change of a text triggers layout. */
function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Formats a probability; rounding must not turn it into 100%. */
function percent(probability: number): string {
  if (probability > 0.999) return "Over 99.9%";
  return `${(probability * 100).toFixed(probability > 0.99 ? 1 : 0)}%`;
}
