/** How much light is added, of 255. */
const LIGHT = 127.5;

/** Brightness: half of white is added everywhere, and what would be lighter than white is white. */
export function brightness(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pixels, (value) => Math.min(255, Math.round(value + LIGHT)));
}
