/**
 * What a user does with the package, in one go. Once bundled it runs in every runtime alike.
 *
 * @module
 */

import { classifyDigit, classifyDigits, LeNet, LeNetError, readDigits } from "@x/lenet";
import { fineTune } from "@x/lenet/train";
import { createRunner } from "../../src/engine/backends.ts";
import { decodeImage } from "../../src/image/decode/formats.ts";
import { encodeBmp } from "../image/decode/bmp_encoder.ts";
import { DRAWING } from "../image/decode/gif_encoder.ts";
import { BASELINE } from "../image/decode/jpeg_files.ts";
import { LOSSLESS } from "../image/decode/webp_files.ts";

const BMP = encodeBmp({ width: 2, height: 1, depth: 24, data: [1, 2, 3, 4, 5, 6, 0, 0] });

/** What came of it. */
export interface Exercise {
  /** The samples from the bytes of PNG files, one by one. */
  readonly fromPng: (number | null)[];
  /** The samples from pixels, one by one. */
  readonly fromPixels: (number | null)[];
  /** All samples in one call. */
  readonly atOnce: (number | null)[];
  /** What is read of a picture that has all samples side by side. */
  readonly text: string;
  /** Why that is no single digit, and how many there are. */
  readonly several: string;
  readonly backend: string;
  /** The logits of all samples, from PNG files: SHA-256 of their bits. */
  readonly logitsHash: string;
  /** A network that was fine-tuned on a 1 and a 7: what it takes the 7 for, and SHA-256 of its weights; or why not. */
  readonly fineTuned: string;
  /** What files of other formats decode to: their sizes; or why they do not. */
  readonly gif: string;
  readonly bmp: string;
  readonly jpeg: string;
  readonly webp: string;
  /** On WebGPU, if asked for: the logits of all samples, one after another; or why there are none. */
  readonly webgpu: number[] | string;
  /** The same on WASM. */
  readonly logits: number[];
}

/**
 * Does it.
 *
 * @param samples PNG files of the digits 0 to 9, in base64.
 * @param options Whether WebGPU is to be tried, too.
 * @returns What came of it.
 */
export async function exercise(
  samples: readonly string[],
  options: { readonly webgpu?: boolean } = {},
): Promise<Exercise> {
  const files = samples.map((sample) =>
    Uint8Array.from(atob(sample), (character) => character.charCodeAt(0))
  );
  const pictures = await Promise.all(files.map((file) => decodeImage(file)));
  const fromPng: (number | null)[] = [];
  for (const file of files) fromPng.push((await classifyDigit(file)).digit);
  const fromPixels: (number | null)[] = [];
  for (const picture of pictures) fromPixels.push((await classifyDigit(picture)).digit);
  const atOnce = (await classifyDigits(files)).map(({ digit }) => digit);
  const prepared = await Promise.all(files.map(inputOf));
  const row = sideBySide(prepared);
  const { text, backend } = await readDigits(row);
  const { reason, count } = await classifyDigit(row);
  const inputs = Float32Array.from(prepared.flatMap((pixels) => [...pixels]));
  const logits = await logitsOf("wasm", inputs);
  return {
    fromPng,
    fromPixels,
    atOnce,
    text,
    several: `${reason}: ${count}`,
    backend,
    logitsHash: await hash(logits),
    fineTuned: await orWhyNot(() => fineTuneOn(files)),
    gif: await orWhyNot(() => sizeOf(DRAWING)),
    bmp: await orWhyNot(() => sizeOf(BMP)),
    jpeg: await orWhyNot(() => sizeOf(BASELINE)),
    webp: await orWhyNot(() => sizeOf(LOSSLESS)),
    webgpu: options.webgpu
      ? await orWhyNot(async () => [...await logitsOf("webgpu", inputs)])
      : "not asked for",
    logits: [...logits],
  };
}

/** The 28×28 values that the network takes for a file. */
async function inputOf(file: Uint8Array): Promise<Float32Array> {
  const { steps = [] } = await classifyDigit(file, { explain: true });
  return steps[steps.length - 1].values;
}

async function logitsOf(backend: "wasm" | "webgpu", inputs: Float32Array): Promise<Float32Array> {
  const { model: { architecture, parameters } } = await LeNet.load("digits", { backend });
  const runner = await createRunner(backend, architecture, parameters);
  const logits = await runner.logits(inputs, inputs.length / 784);
  runner[Symbol.dispose]();
  return logits;
}

async function fineTuneOn(files: readonly Uint8Array[]): Promise<string> {
  const stock = await LeNet.load("digits", { backend: "wasm" });
  const samples = [1, 7].map((label) => ({ image: files[label], label }));
  const { net } = await fineTune(stock, samples, { epochs: 2, backend: "wasm" });
  const { digit } = await net.classify(files[7]);
  const weights = [...net.model.parameters.values()].flatMap(({ data }) => [...data]);
  return `${digit} ${await hash(Float32Array.from(weights))}`;
}

async function sizeOf(file: Uint8Array): Promise<string> {
  const { width, height } = await decodeImage(file);
  return `${width}×${height}`;
}

async function orWhyNot<T>(attempt: () => Promise<T>): Promise<T | string> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof LeNetError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

/** One line of pictures of 28×28 pixels. */
function sideBySide(
  pictures: readonly Float32Array[],
): { data: Uint8ClampedArray; width: number; height: number } {
  const width = 28 * pictures.length;
  const data = new Uint8ClampedArray(width * 28);
  for (const [n, pixels] of pictures.entries()) {
    pixels.forEach((value, i) => data[Math.floor(i / 28) * width + n * 28 + i % 28] = 255 * value);
  }
  return { data, width, height: 28 };
}

async function hash(values: Float32Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Float32Array.from(values));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
