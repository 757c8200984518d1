import { SIDE } from "./corruption.ts";

/** How many columns there are in each stripe. */
const WIDTH = 7;

/** Stripe: the left and the right quarter of the picture are inverted. */
export function stripe(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pixels, (value, i) => {
    const x = i % SIDE;
    return x < WIDTH || x >= SIDE - WIDTH ? 255 - value : value;
  });
}
