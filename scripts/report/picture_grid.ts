import { percent } from "../percent.ts";
import { type Html, html } from "./html.ts";
import { pictureImage } from "./picture_image.ts";
import type { AnsweredPicture } from "./run_report.ts";

/**
 * Pictures with what they were taken for; wrong answers bear a cross.
 *
 * @param pictures The pictures.
 * @param classNames A name for each class.
 * @param options `confidence`: whether to say how sure the network was.
 * @returns A list.
 */
export function pictureGrid(
  pictures: readonly AnsweredPicture[],
  classNames: readonly string[],
  options: { readonly confidence: boolean },
): Html {
  const items = pictures.map((picture) => {
    const [label, answer] = [classNames[picture.label], classNames[picture.answer]];
    const image = pictureImage(picture, `picture of ${label}`);
    const read = picture.label === picture.answer
      ? html`<span>${answer}</span>`
      : html`<span class="wrong">✗ ${answer}</span><small>is ${label}</small>`;
    const sure = options.confidence ? html`<small>${percent(picture.confidence)}</small>` : "";
    return html`<li>${image}${read}${sure}</li>`;
  });
  return html`<ol class="pictures">${items}</ol>`;
}
