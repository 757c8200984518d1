import { type Html, html } from "./html.ts";

/**
 * @param name The name of a run.
 * @returns The `id` of its part of the page, which may hold no space.
 */
export function runId(name: string): string {
  return name.replace(/\s+/g, "-");
}

/**
 * @param name The name of a run.
 * @returns A link to its part of the page.
 */
export function runLink(name: string): Html {
  return html`<a href="#${encodeURIComponent(runId(name))}">${name}</a>`;
}
