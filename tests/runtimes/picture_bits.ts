/**
 * Makes pictures, classifies and reads them, and hashes all that comes of it to the last bit. Once bundled it runs in
 * every runtime alike.
 *
 * @module
 */

import { type Classification, classifyDigits, readDigits } from "@x/lenet";
import { KINDS, TIMED_KINDS } from "../../scripts/research/hard_set/kinds.ts";
import { makeTrial, type Trial } from "../../scripts/research/hard_set/measure.ts";
import { DIGITS } from "../research/hard_set/digits.ts";

/** Hashes of the pictures of one kind, in hexadecimal. */
export interface PictureBits {
  readonly pixels: string;
  readonly probabilities: string;
  /** Of every `digitProbability`, of why there is no digit, and of how many there are. */
  readonly scores: string;
  /** Of texts, and of the confidence and box of each digit. */
  readonly readings: string;
}

const SOURCES = { digits: DIGITS, clothing: DIGITS, seed: 0 };

/** How many pictures are made and classified, as many of each kind as of the others but for one. */
const COUNT = 1000;

/** One of so many is also read, which takes three times as long as the rest. */
const READ_EVERY = 3;

/**
 * Makes pictures of every kind that is counted, and hashes them and their answers.
 *
 * @returns The hashes of each kind.
 */
export async function pictureBits(): Promise<Record<string, PictureBits>> {
  const kinds = KINDS.filter((kind) => !TIMED_KINDS.some((name) => name === kind));
  const bits: Record<string, PictureBits> = {};
  for (const [k, kind] of kinds.entries()) {
    const of = Math.floor((COUNT + k) / kinds.length);
    const trials = Array.from({ length: of }, (_, n) => makeTrial(kind, n, of, SOURCES));
    const answers = await classifyDigits(trials.map(({ image }) => image), { backend: "wasm" });
    bits[kind] = {
      pixels: await hash(...trials.map(({ picture }) => picture.data)),
      probabilities: await hash(...answers.map(({ probabilities }) => doubles(probabilities))),
      scores: await hash(...answers.map(scoreOf)),
      readings: await hash(...await readingsOf(trials.filter((_, n) => n % READ_EVERY === 0))),
    };
  }
  return bits;
}

function scoreOf({ digitProbability, reason, count }: Classification): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([digitProbability, reason, count]));
}

async function readingsOf(trials: readonly Trial[]): Promise<Uint8Array<ArrayBuffer>[]> {
  const readings: Uint8Array<ArrayBuffer>[] = [];
  for (const { image } of trials) {
    const { text, digits } = await readDigits(image, { backend: "wasm" });
    readings.push(new TextEncoder().encode(JSON.stringify([text, digits])));
  }
  return readings;
}

function doubles(values: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Float64Array.from(values).buffer);
}

async function hash(...parts: readonly BufferSource[]): Promise<string> {
  const hashes = new Uint8Array(32 * parts.length);
  for (const [n, part] of parts.entries()) {
    hashes.set(new Uint8Array(await crypto.subtle.digest("SHA-256", part)), 32 * n);
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", hashes));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
