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
