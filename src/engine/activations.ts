import type { Shape } from "../model/architecture.ts";
import type { Layer } from "../model/layer.ts";
import type { Model } from "../model/model.ts";
import { inferShapes } from "../model/shapes.ts";
import { stageNames } from "../model/stage_names.ts";
import { forward } from "./reference.ts";

/** What one stage of a network gave for an input. */
export interface Activation {
  /** The name of the stage: `input`, the layer's own, or its kind with a number, such as `relu1`. */
  readonly name: string;
  /** The kind of the layer; `input` for what goes into the first. */
  readonly kind: "input" | Layer["kind"];
  /** [channels, height, width], or [units]. */
  readonly shape: Shape;
  /** The values: channel by channel, row by row. */
  readonly values: Float32Array<ArrayBuffer>;
}

/**
 * Runs one input through a network by plain loops, and keeps everything.
 *
 * @param model The network.
 * @param input One normalized input, [channels, height, width].
 * @returns The input, then what each layer gave, in order; the last one holds the logits.
 */
export function activationsOf(
  { architecture, parameters }: Model,
  input: Float32Array<ArrayBuffer>,
): Activation[] {
  const names = stageNames(architecture.layers);
  const outputs = forward(architecture, parameters, input);
  return [
    { name: "input", kind: "input", shape: architecture.input, values: input },
    ...inferShapes(architecture).map(({ layer: { kind }, output }, index): Activation => ({
      name: names[index],
      kind,
      shape: output,
      values: outputs[index],
    })),
  ];
}
