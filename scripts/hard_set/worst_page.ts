import { encode } from "fast-png";
import { toBase64 } from "../../src/weights/base64.ts";
import { percent } from "../percent.ts";
import { type Html, html } from "../report/html.ts";
import type { KindResult } from "./measure_kind.ts";
import type { RgbaPicture } from "./rgba_picture.ts";
import type { Mistake } from "./trial.ts";

/**
 * A page of the pictures that were read wrongly, kind by kind, in one file.
 *
 * @param results What each kind came to.
 * @param mistakes Wrong answers of each kind.
 * @returns The text of an HTML file.
 */
export function worstPage(
  results: readonly KindResult[],
  mistakes: ReadonlyMap<string, readonly Mistake[]>,
): string {
  const sections = results.map((result) => section(result, mistakes.get(result.kind) ?? []));
  return `<!doctype html>\n${
    html`
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <title>Pictures read wrongly</title>
          <style>
          body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; background: #888; }
          ul { display: flex; flex-wrap: wrap; gap: 12px; padding: 0; list-style: none; }
          li { text-align: center; }
          img { display: block; height: 160px; min-width: 1em; image-rendering: auto; }
          </style>
        </head>
        <body>${sections}</body>
      </html>
    `.text
  }\n`;
}

function section({ kind, count, right }: KindResult, mistakes: readonly Mistake[]): Html {
  const wrong = count - right;
  const items = mistakes.map(({ trial, answer, number }) =>
    html`
      <li>
        <img src="${pictureUrl(trial.picture)}" alt="">${trial.text || "nothing"}, read as ${answer
          .text || "nothing"} (${percent(answer.confidence)}), number ${number}
      </li>
    `
  );
  return html`
    <h2>${kind}: ${wrong} of ${count} wrong</h2>
    <ul>${items}</ul>
  `;
}

function pictureUrl({ data, width, height }: RgbaPicture): string {
  return `data:image/png;base64,${
    toBase64(encode({ width, height, data, channels: 4, depth: 8 }))
  }`;
}
