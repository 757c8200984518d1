/** Text that is HTML already. */
export class Html {
  /** @param text Well-formed HTML. */
  constructor(readonly text: string) {}
}

/** What can stand in a template: text is escaped, HTML is not, nothing is nothing. */
export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

/**
 * A template of HTML in which every text that is put in stays text, in an element as in a quoted attribute.
 *
 * @param strings What the template says.
 * @param parts What is put in.
 * @returns The HTML.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(textOf)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function textOf(part: HtmlPart): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(textOf).join("");
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/**
 * A value as JSON that can stand in a `<script>`: no `<` in it could end the element or begin a comment.
 *
 * @param value Plain data.
 * @returns The JSON.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

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
