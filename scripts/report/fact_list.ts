import { type Html, html } from "./html.ts";

/**
 * Names and values as a list.
 *
 * @param facts The facts, in order.
 * @returns The list.
 */
export function factList(facts: readonly (readonly [name: string, value: string])[]): Html {
  const items = facts.map(([name, value]) =>
    html`
      <div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>
    `
  );
  return html`<dl>${items}</dl>`;
}
