/** The colours of the style sheet that canvases are drawn in. */
export type ColourName = "--ink" | "--accent" | "--quiet";

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

const known = new Map<string, string>();

/**
 * A colour as it is now, by light or in the dark.
 *
 * @param name Its custom property.
 * @returns Text such as `#1a2b3c`.
 */
export function colour(name: ColourName): string {
  let value = known.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    known.set(name, value);
  }
  return value;
}

/**
 * @param name The colour's custom property.
 * @returns Its red, green and blue, 0 to 255.
 */
export function rgb(name: ColourName): Rgb {
  const value = parseInt(colour(name).slice(1), 16);
  return [value >> 16, value >> 8 & 255, value & 255];
}

/**
 * Tells when it gets light or dark.
 *
 * @param onChange Called when colours have changed.
 */
export function watchColours(onChange: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    known.clear();
    onChange();
  });
}
