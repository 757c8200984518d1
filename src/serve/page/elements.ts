/**
 * An element of the page.
 *
 * @param id Its id.
 * @param kind Its class.
 * @returns The element.
 */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} ${id}`);
  return found;
}

/**
 * Makes a button do something when it is used, unless it is off. One that is off keeps its place in the order of focus.
 *
 * @param id The button's id.
 * @param act What it does.
 * @returns The button.
 */
export function button(id: string, act: () => void): HTMLButtonElement {
  const found = element(id, HTMLButtonElement);
  found.addEventListener("click", () => {
    if (found.ariaDisabled !== "true") act();
  });
  return found;
}
