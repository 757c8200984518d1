import { type Html, html, plainPage } from "../../../src/watch/html.ts";

/** A picture that was not read right. */
export interface Failure {
  /** The URL of the picture: a `data:` URL, so that the page is complete in itself. */
  readonly url: string;
  /** What it shows, and what was read. */
  readonly caption: string;
  /** How the answer came about; a failure with details takes a row of its own. */
  readonly details?: Html;
}

/** The failures of one kind of picture. */
export interface FailureGroup {
  readonly heading: string;
  readonly failures: readonly Failure[];
}

// No child combinators: ">" would be escaped.
const STYLE = `
.failures { display: flex; flex-wrap: wrap; gap: 12px; padding: 0; list-style: none }
.failure { text-align: center; font-size: 0.875rem }
.row { flex-basis: 100%; text-align: left; border-top: 1px solid #888 }
.shown { display: block; height: 160px; max-width: 100%; min-width: 1em; object-fit: contain; border: 1px solid #888 }
.row .shown { margin: 0.5rem 0 }
`;

/**
 * Renders pictures that were not read right as one self-contained HTML page.
 *
 * @param groups The failures of each kind, in the order in which they are shown.
 * @param style The styles of their details.
 */
export function failuresPage(groups: readonly FailureGroup[], style = ""): string {
  return plainPage(
    "Pictures that were not read right",
    STYLE + style,
    html`${
      groups.map(({ heading, failures }) =>
        html`
          <h2>${heading}</h2>
          <ul class="failures">${failures.map(item)}</ul>
        `
      )
    }`,
  );
}

function item({ url, caption, details }: Failure): Html {
  return html`<li class="failure${details === undefined ? "" : " row"}">
    <img class="shown" src="${url}" alt="">${caption}${details}</li>`;
}
