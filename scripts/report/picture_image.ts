import { type Html, html } from "./html.ts";
import { pictureUrl } from "./picture_url.ts";
import type { Picture } from "./run_report.ts";

/**
 * A picture, enlarged as the style of what is around it says.
 *
 * @param picture The picture.
 * @param alt What it is, for those who cannot see it; empty where the text around it says so.
 * @returns The image.
 */
export function pictureImage(picture: Picture, alt: string): Html {
  const [, , width] = picture.shape;
  return html`<img src="${pictureUrl(picture)}" alt="${alt}" style="--pixels: ${width}">`;
}
