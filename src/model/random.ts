import * as math from "./math.ts";

/** The state of a {@linkcode Random}: four unsigned 32-bit integers. */
export type RandomState = readonly [number, number, number, number];

/**
 * A seeded source of random numbers whose state can be stored and restored.
 *
 * The generator is sfc32 of Chris Doty-Humphrey's PractRand, seeded through splitmix32. Not for secrets.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** @param seed Any finite number, or the state of a generator to continue. */
  constructor(seed: number | RandomState) {
    if (typeof seed === "number") {
      // The upper half is spread over all bits: otherwise −1 would be the same seed as 0.
      const upper = Math.floor(seed / 0x1_0000_0000);
      let mixed = Math.floor(seed) ^ Math.imul(upper, 0x85ebca6b);
      const splitmix = (): number => {
        mixed = (mixed + 0x9e3779b9) | 0;
        let z = mixed;
        z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
        z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
        return z ^ (z >>> 15);
      };
      [this.#a, this.#b, this.#c, this.#counter] = [splitmix(), splitmix(), splitmix(), 1];
      for (let i = 0; i < 12; i++) this.next();
    } else {
      [this.#a, this.#b, this.#c, this.#counter] = seed;
    }
  }

  /** The state from which `new Random(state)` continues exactly as this one would. */
  get state(): RandomState {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#counter >>> 0];
  }

  set state(state: RandomState) {
    [this.#a, this.#b, this.#c, this.#counter] = state;
  }

  /** A number in [0, 1), a multiple of 2⁻³². */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  }

  /** A number in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number in [0, limit). */
  integer(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** A number from the standard normal distribution (Box and Muller, 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * math.log(1 - this.next()));
    return radius * math.cos(2 * Math.PI * this.next());
  }

  /** Shuffles the items in place (Fisher and Yates), and returns them. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
}
