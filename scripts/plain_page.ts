import { type Html, html } from "./report/html.ts";

/**
 * A page of text and pictures that needs nothing but itself, and runs nothing.
 *
 * @param title Its title and heading.
 * @param style What it looks like, beyond the letters and the colours of light and dark.
 * @param body What stands under the heading.
 * @returns The text of an HTML file.
 */
export function plainPage(title: string, style: string, body: Html): string {
  const all = `body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color-scheme: light dark }
p { max-width: 45rem }
${style}`;
  return html`
    <!doctype html>
    <html lang="en"><meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta http-equiv="content-security-policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <title>${title}</title><style>${all}</style>
        <h1>${title}</h1>
        ${body}</html>
  `.text;
}
