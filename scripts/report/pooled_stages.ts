import { forward } from "../../src/engine/reference.ts";
import { normalize } from "../../src/image/normalize.ts";
import type { ImageShape } from "../../src/model/architecture.ts";
import type { Model } from "../../src/model/model.ts";
import { inferShapes } from "../../src/model/shapes.ts";
import { stageNames } from "../../src/model/stage_names.ts";
import type { Picture, StagePicture } from "./run_report.ts";

/** How many stages are shown. */
const SHOWN = 2;

/**
 * What the first and the second stage of a network make of a picture: what comes out of their pooling.
 *
 * @param model The network.
 * @param picture The picture, of the network's own shape.
 * @returns The stages, in order.
 */
export function pooledStages(model: Model, { pixels, shape }: Picture): StagePicture[] {
  const { architecture, parameters, metadata } = model;
  const input = Float32Array.from(pixels, (value) => value / 255);
  normalize(input, shape, metadata.normalization);
  const names = stageNames(architecture.layers);
  const outputs = forward(architecture, parameters, input);
  return inferShapes(architecture).flatMap(({ layer, output }, index) =>
    layer.kind === "pool" || layer.kind === "subsample"
      ? [{ name: names[index], shape: output as ImageShape, values: outputs[index] }]
      : []
  ).slice(0, SHOWN);
}
