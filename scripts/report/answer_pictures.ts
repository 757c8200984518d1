import type { Dataset } from "../../src/data/dataset.ts";
import { createRunner } from "../../src/engine/create_runner.ts";
import { argMax, softmax } from "../../src/engine/softmax.ts";
import { normalize } from "../../src/image/normalize.ts";
import type { Model } from "../../src/model/model.ts";
import { sizeOf } from "../../src/model/shapes.ts";
import type { AnsweredPicture } from "./run_report.ts";

/**
 * What a network takes pictures for.
 *
 * @param model The network.
 * @param pictures The pictures, of the network's own shape.
 * @returns Each with its answer, in order.
 */
export async function answerPictures(
  { architecture, parameters, metadata }: Model,
  { images, labels, count, shape }: Dataset,
): Promise<AnsweredPicture[]> {
  const { classes } = architecture;
  const size = sizeOf(shape);
  using runner = await createRunner("wasm", architecture, parameters);
  const inputs = Float32Array.from(images, (value) => value / 255);
  normalize(inputs, shape, metadata.normalization);
  const logits = await runner.logits(inputs, count);
  return Array.from({ length: count }, (_, n) => {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    const probabilities = softmax(row, metadata.temperature);
    const answer = argMax(probabilities);
    return {
      shape,
      pixels: images.subarray(n * size, (n + 1) * size),
      label: labels[n],
      answer,
      confidence: probabilities[answer],
    };
  });
}
