import { element } from "./elements.ts";
import type { KeptCorrection } from "./learner.ts";
import { aDigit, colour } from "./views.ts";

const SIDE = 28;

/** Shows corrections: the picture that was misread, the right digit, and a button that takes it back. */
export class CorrectionsView {
  readonly #list = element("corrections", HTMLElement);
  readonly #text = element("lessons", HTMLElement);
  readonly #stockText = this.#text.textContent ?? "";
  readonly #onRemove: (correction: KeptCorrection) => void;
  #shown: readonly KeptCorrection[] = [];

  /**
   * @param onRemove Called with a correction that is to be taken back.
   */
  constructor(onRemove: (correction: KeptCorrection) => void) {
    this.#onRemove = onRemove;
  }

  /** Shows the same again, in colours that have changed. */
  redraw(): void {
    this.show(this.#shown);
  }

  /**
   * @param corrections The oldest first.
   */
  show(corrections: readonly KeptCorrection[]): void {
    this.#shown = corrections;
    const count = corrections.length;
    this.#text.textContent = count === 0
      ? this.#stockText
      : `It learned from ${count === 1 ? "one correction" : `${count} corrections`} of yours.`;
    this.#list.hidden = count === 0;
    this.#list.replaceChildren(...corrections.map((correction) => this.#item(correction)));
  }

  #item(correction: KeptCorrection): HTMLElement {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = `${correction.label}`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.ariaLabel = `Take back that this is ${aDigit(correction.label)}`;
    remove.addEventListener("click", () => {
      // The button goes away, and must not take the focus with it.
      this.#text.focus();
      this.#onRemove(correction);
    });
    item.append(thumbnail(correction), name, remove);
    return item;
  }
}

function thumbnail({ pixels, label }: KeptCorrection): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.setAttribute("role", "img");
  canvas.ariaLabel = `A picture of ${aDigit(label)}`;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const image = context.createImageData(SIDE, SIDE);
  pixels.forEach((value, i) => image.data[4 * i + 3] = value);
  context.putImageData(image, 0, 0);
  // Only where there is ink.
  context.globalCompositeOperation = "source-in";
  context.fillStyle = colour("--ink");
  context.fillRect(0, 0, SIDE, SIDE);
  return canvas;
}
