import { Random } from "../../../src/model/random.ts";

/** Chance that is none: gives these numbers in turn, then 0.5 for ever. `uniform(-1, 1)` of 0, 0.5, 1 is −1, 0, 1. */
export class FixedRandom extends Random {
  readonly #numbers: readonly number[];
  /** How many numbers were taken. */
  taken = 0;

  constructor(...numbers: number[]) {
    super([0, 0, 0, 0]);
    this.#numbers = numbers;
  }

  override next(): number {
    return this.#numbers[this.taken++] ?? 0.5;
  }
}
