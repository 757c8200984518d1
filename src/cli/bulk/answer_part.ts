import { readFile } from "../../data/files.ts";
import { LeNetError } from "../../errors.ts";
import type { DigitImage } from "../../image/image.ts";
import type { Classification, PictureOptions } from "../../classification.ts";
import type { LeNet } from "../../lenet.ts";
import type { Picture } from "./pictures.ts";

const encoder = new TextEncoder();

/**
 * Classifies the pictures of a part. What cannot be read has a line as well, with its error.
 *
 * @param net The network.
 * @param part The pictures.
 * @param options How they are read.
 * @returns A line for each.
 */
export async function answerPart(
  net: LeNet,
  { pictures, pixels }: Part,
  options: PictureOptions,
): Promise<PartAnswer> {
  const answers: (Classification | Failure)[] = [];
  if (pixels === undefined) {
    for (const { file } of pictures) answers.push(await answer(net, () => readFile(file), options));
  } else {
    const { data, width, height } = pixels;
    const images = pictures.map((_, n) => ({
      data: data.subarray(n * width * height, (n + 1) * width * height),
      width,
      height,
    }));
    answers.push(...await net.classifyAll(images, options));
  }
  const lines = pictures.map((picture, n) => JSON.stringify({ ...picture, ...answers[n] }) + "\n");
  return {
    lines: encoder.encode(lines.join("")),
    count: lines.length,
    failed: answers.filter((answer) => "error" in answer).length,
  };
}

interface Failure {
  readonly error: { readonly code: string; readonly message: string };
}

async function answer(
  net: LeNet,
  read: () => Promise<DigitImage>,
  options: PictureOptions,
): Promise<Classification | Failure> {
  try {
    return await net.classify(await read(), options);
  } catch (error) {
    if (!(error instanceof LeNetError)) throw error;
    const { code, message } = error;
    return { error: { code, message } };
  }
}

/** What a worker is started with. */
export interface WorkerSettings {
  /** A pretrained network, or the path of a file. */
  readonly weights: string;
  readonly backend: "auto" | "webgpu" | "wasm";
  readonly reject?: number;
}

/** Some pictures for a worker: files to be read, or pixels of an IDX file, one picture after another. */
export interface Part {
  readonly pictures: readonly Picture[];
  readonly pixels?: {
    readonly data: Uint8Array<ArrayBuffer>;
    readonly width: number;
    readonly height: number;
  };
}

/** The answers to a part, as lines of JSON in the order of its pictures. */
export interface PartAnswer {
  readonly lines: Uint8Array<ArrayBuffer>;
  /** How many there are. */
  readonly count: number;
  /** How many of them are errors. */
  readonly failed: number;
}
