/**
 * One number for all that the elementary functions compute, the same in every runtime. Once bundled it runs in each of
 * them alike.
 *
 * @module
 */

import { cos, exp, hypot, log, pow, sin, tanh } from "../../src/model/math.ts";
import { Random } from "../../src/model/random.ts";

/** What {@linkcode mathHash} gives in every engine. */
export const MATH_HASH = "0b7e04eacfdab4e29d825c8334359c931db5b73e20996a1ad146885bbc95b926";

/** Each function of a random number from 0 to 1 and another one, over the range in which pictures use it. */
const FUNCTIONS: readonly ((u: number, v: number) => number)[] = [
  (u) => exp(60 * u - 50),
  (u) => exp(u - 0.5),
  (u) => log(1 - u),
  (u) => log(300 * u),
  (u) => sin(20 * u - 10),
  (u) => sin(2e6 * u),
  (u) => cos(20 * u - 10),
  (u) => tanh(10 * u - 5),
  (u, v) => pow(50 * u, 4 * v - 1),
  (u, v) => hypot(1000 * u, v),
];

/**
 * SHA-256 of 10,000 results.
 *
 * @returns The hash, in hexadecimal digits.
 */
export async function mathHash(): Promise<string> {
  const random = new Random(1);
  const results = new DataView(new ArrayBuffer(8 * 10_000));
  for (let i = 0; i < 10_000; i++) {
    const result = FUNCTIONS[i % FUNCTIONS.length](random.next(), random.next());
    results.setFloat64(8 * i, result);
  }
  const digest = await crypto.subtle.digest("SHA-256", results);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
