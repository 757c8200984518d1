import type { StoredCorrection } from "./correction_store.ts";
import { colour, element } from "./elements.ts";
import { aDigit } from "./text.ts";

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
