import { LeNetError } from "../errors.ts";
import {
  type FieldSchema,
  type ImageShape,
  kindOf,
  type Layer,
  LAYER_KINDS,
  type LayerParameter,
  type Shape,
} from "./layers.ts";

export type {
  ActivationLayer,
  ActivationName,
  BatchNormLayer,
  ConvLayer,
  DenseLayer,
  DropoutLayer,
  FlattenLayer,
  ImageShape,
  Layer,
  PoolLayer,
  RbfLayer,
  Shape,
  SubsampleLayer,
} from "./layers.ts";

export { sizeOf } from "./layers.ts";

/** A network without its weights: plain data that can be stored, compared and changed. */
export interface Architecture {
  /** A name for messages and files, such as `lenet5`. */
  readonly name: string;
  /** The shape of one input. */
  readonly input: ImageShape;
  /** The layers, first to last. The last one computes one logit for each class. */
  readonly layers: readonly Layer[];
  /** The number of classes. */
  readonly classes: number;
}

/** A layer together with the shapes of its input and output. */
export interface Stage {
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
}

/**
 * Infers the shape of every layer's input and output.
 *
 * @returns One stage for each layer, in order.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit each other, the input or the classes.
 */
export function inferShapes(architecture: Architecture): Stage[] {
  if (typeof architecture !== "object" || architecture === null) {
    throw new LeNetError(
      "architecture/invalid",
      `Cannot build a network: the architecture is ${architecture}, expected an object such as lenet5() gives`,
    );
  }
  const { name, input, layers, classes } = architecture;
  const fail = (problem: string): never => {
    throw new LeNetError("architecture/invalid", `Cannot build the network ${name}: ${problem}`);
  };
  for (const [part, values] of Object.entries({ input, layers })) {
    if (!Array.isArray(values)) fail(`its ${part} is ${values}, expected an array`);
  }
  if (input.length !== 3) {
    fail(`its input has shape [${input}], expected [channels, height, width]`);
  }
  for (const size of input) {
    if (!Number.isInteger(size) || size < 1) fail(`its input has shape [${input}]`);
  }

  const names = new Set<string>();
  const stages: Stage[] = [];
  let shape: Shape = input;
  for (const [index, layer] of layers.entries()) {
    const kind = (layer as Layer | null)?.kind;
    const where = `layer ${index + 1} (${kind})`;
    if (kind === undefined || !Object.hasOwn(LAYER_KINDS, kind)) {
      return fail(`${where} has the kind ${kind}, which is unknown`);
    }
    // The shapes do not depend on these words, and an engine would take an unknown one for another.
    const fields: [name: string, schema: FieldSchema][] = Object.entries(kindOf(layer).fields);
    for (const [field, schema] of fields) {
      const value = (layer as unknown as Record<string, unknown>)[field];
      if (schema.type !== "one of" || schema.optional && value === undefined) continue;
      if (schema.values.includes(value as string)) continue;
      fail(`${where} has the ${field} ${value}, expected one of ${schema.values.join(", ")}`);
    }
    if ("name" in layer) {
      if (names.has(layer.name)) fail(`${where} has the name ${layer.name}, which is taken`);
      names.add(layer.name);
    }
    const output = kindOf(layer).shape(layer, shape, (problem) => fail(`${where} ${problem}`));
    stages.push({ layer, input: shape, output });
    shape = output;
  }
  if (shape.length !== 1 || shape[0] !== classes) {
    fail(`its last layer gives [${shape}], expected [${classes}], one logit for each class`);
  }
  return stages;
}

/**
 * Names every layer of a network: a layer's own name; `output` for an output layer without one; for others their kind
 * or function with a number, such as `relu1` and `pool2`.
 *
 * @returns One name for each layer, no two the same.
 */
export function stageNames(layers: readonly Layer[]): string[] {
  const taken = new Set(layers.flatMap((layer) => "name" in layer ? [layer.name] : []));
  const take = (name: string): string => {
    taken.add(name);
    return name;
  };
  return layers.map((layer) => {
    if ("name" in layer) return layer.name;
    const kind = kindOf(layer);
    if (kind.logits !== "none" && !taken.has("output")) return take("output");
    const name = kind.stageName(layer);
    let number = 1;
    while (taken.has(`${name}${number}`)) number++;
    return take(`${name}${number}`);
  });
}

/**
 * The parameters of one stage.
 *
 * @returns Full names, such as `conv1.weight`, with the parameters, in PyTorch's order.
 */
export function stageParameters({ layer, input }: Stage): [name: string, LayerParameter][] {
  const prefix = "name" in layer ? layer.name : layer.kind;
  return kindOf(layer).parameters(layer, input).map((
    parameter,
  ) => [`${prefix}.${parameter.part}`, parameter]);
}
