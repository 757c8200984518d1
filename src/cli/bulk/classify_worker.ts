// Classifies parts of a bulk run, one after another, on another core. The first message holds the settings.

/// <reference lib="deno.worker" />

import type { Classification, PictureOptions } from "../../classification.ts";
import { readFile } from "../../data/files.ts";
import type { BackendOption } from "../../engine/backends.ts";
import { LeNetError } from "../../errors.ts";
import type { DigitImage } from "../../image/image.ts";
import { LeNet } from "../../lenet.ts";
import { weightsOf } from "../sources.ts";
import type { Picture } from "../pictures.ts";

/** The first message to a worker. */
export interface WorkerSettings {
  /** A pretrained network, or the path of a file. */
  readonly weights: string;
  readonly backend: BackendOption;
  readonly reject?: number;
}

/** Pictures for a worker: files that it reads, or images of one IDX file with their pixels. */
export interface Part {
  readonly pictures: readonly Picture[];
  readonly pixels?: {
    /** 0 to 255, one picture after another. */
    readonly data: Uint8Array<ArrayBuffer>;
    readonly width: number;
    readonly height: number;
  };
}

/** The answers to a part. */
export interface PartAnswer {
  /** Lines of JSON, in the order of the pictures. */
  readonly lines: Uint8Array<ArrayBuffer>;
  /** The number of lines. */
  readonly count: number;
  /** The number of lines with an error. */
  readonly failed: number;
}

/** The line of a picture that could not be classified. */
interface Failure {
  readonly error: { readonly code: string; readonly message: string };
}

declare const self: DedicatedWorkerGlobalScope;

let ready: Promise<LeNet> | undefined;

let options: { reject?: number } = {};

self.onmessage = async ({ data }: MessageEvent<WorkerSettings | Part>) => {
  if ("weights" in data) {
    const { weights, backend, reject } = data;
    options = reject === undefined ? {} : { reject };
    ready = weightsOf(weights).then((source) => LeNet.load(source, { backend }));
    return;
  }
  const answer = await answerPart(await ready as LeNet, data, options);
  self.postMessage(answer, [answer.lines.buffer]);
};

const encoder = new TextEncoder();

/**
 * Classifies the pictures of a part. A picture that cannot be read gets a line with its error.
 *
 * @param net The network.
 * @param part The pictures.
 * @param options Options of {@linkcode LeNet.classify}.
 * @returns A line for each picture.
 */
async function answerPart(
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
