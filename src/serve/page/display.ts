import { LeNetError } from "../../../mod.ts";

/**
 * Finds an element of the page.
 *
 * @param id Its id.
 * @param kind Its class.
 * @returns The element.
 */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}`);
  return found;
}

/**
 * Runs an action when a button is clicked, unless the button is off. A button that is off keeps its place in the focus
 * order.
 *
 * @param id The id of the button.
 * @param action The action.
 * @returns The button.
 */
export function button(id: string, action: () => void): HTMLButtonElement {
  const found = element(id, HTMLButtonElement);
  found.addEventListener("click", () => {
    if (found.ariaDisabled !== "true") action();
  });
  return found;
}

/** Turns a button on or off. */
export function enable(button: HTMLButtonElement, isOn: boolean): void {
  button.ariaDisabled = `${!isOn}`;
}

/** Custom properties of the style sheet: the colours in which canvases are drawn. */
export type ColourName = "--ink" | "--accent" | "--quiet";

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Colours of the current scheme. Reading one from the style sheet would compute styles for every stroke. */
const cache = new Map<string, string>();

/**
 * Reads a colour of the current scheme, light or dark.
 *
 * @param name Its custom property.
 * @returns Text such as `#1a2b3c`.
 */
export function colour(name: ColourName): string {
  let value = cache.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    cache.set(name, value);
  }
  return value;
}

/**
 * Reads a colour of the current scheme.
 *
 * @param name Its custom property.
 * @returns Red, green and blue.
 */
export function rgb(name: ColourName): Rgb {
  const value = parseInt(colour(name).slice(1), 16);
  return [value >> 16, value >> 8 & 255, value & 255];
}

/**
 * Watches the colour scheme of the system.
 *
 * @param onChange Called after a change, when `colour` returns the new colours.
 */
export function watchColours(onChange: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    cache.clear();
    onChange();
  });
}

/**
 * A digit with its article.
 *
 * @param digit 0 to 9.
 * @returns Text such as `a 7` or `an 8`.
 */
export function aDigit(digit: number): string {
  return `${digit === 8 ? "an" : "a"} ${digit}`;
}

/** Messages for users, by the code of the library's error, whose own message is for programmers. */
const USER_MESSAGES: Readonly<Record<string, string>> = {
  "image/unreadable": "The picture cannot be read: the file is damaged.",
  "image/unsupported": "The file cannot be read: it is not a picture in a supported format.",
  "image/too-large": "The picture cannot be read: it is too large.",
};

/**
 * Describes an error to the user.
 *
 * @param error An error, or its message.
 * @returns A sentence that ends with a full stop.
 */
export function sentence(error: unknown): string {
  if (error instanceof LeNetError && Object.hasOwn(USER_MESSAGES, error.code)) {
    return USER_MESSAGES[error.code];
  }
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
