import type { Classification } from "../src/lenet.ts";
import { html } from "./report/html.ts";
import { pictureUrl } from "./report/picture_url.ts";

/** What was read, and how. */
export interface Explained {
  /** The name of the file. */
  readonly file: string;
  /** The answer, with its steps. */
  readonly answer: Classification;
  /** The answer in words. */
  readonly text: string;
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color-scheme: light dark }
.steps { display: flex; flex-wrap: wrap; gap: 1rem }
figure { margin: 0 } figcaption { font-size: 0.875rem }
img { width: 14rem; height: 14rem; object-fit: contain; background: #8884; image-rendering: pixelated }
`;

/**
 * A page that shows every picture on the way to an answer; it needs nothing but itself.
 *
 * @param explained The answers.
 * @returns The text of an HTML file.
 */
export function explainPage(explained: readonly Explained[]): string {
  const sections = explained.map(({ file, answer: { steps = [] }, text }) =>
    html`
      <section>
        <h2>${file}: ${text}</h2>
        <div class="steps">${steps.map(({ name, width, height, values }) => {
          const pixels = Uint8Array.from(values, (value) => Math.round(255 * value));
          const url = pictureUrl({ shape: [1, height, width], pixels });
          return html`<figure><img src="${url}" alt="${name}"><figcaption>${name}, ${width}×${height}</figcaption></figure>`;
        })}</div>
      </section>
    `
  );
  return html`
    <!doctype html>
    <html lang="en"><meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <meta http-equiv="content-security-policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    <title>How pictures were read</title><style>${STYLE}</style>
    <h1>How pictures were read</h1>${sections}</html>
  `.text;
}
