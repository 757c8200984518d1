import { readFile } from "../../src/data/read_file.ts";
import type { DigitImage } from "../../src/image/digit_image.ts";
import type { Classification, LeNet, PictureOptions } from "../../src/lenet.ts";
import { LeNetError } from "../../src/model/error.ts";
import type { Part, PartAnswer } from "./part.ts";

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
