import { LeNetError, shown, shownItems } from "../errors.ts";
import {
  type FieldSchema,
  type ImageShape,
  kindOf,
  type Layer,
  LAYER_KINDS,
  type LayerParameter,
  type Shape,
  sizeOf,
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

/** The most values of the input of a network, and of what one of its layers gives: 64 MB of floats. LeNet-5 has 4,704. */
const MAX_LAYER_VALUES = 2 ** 24;

/** The most weights of a network: 1 GiB of floats, which training takes several times. LeNet-5 has 61,706. */
const MAX_WEIGHTS = 2 ** 28;

const FIELDS: readonly string[] = ["name", "input", "layers", "classes"];

/**
 * Infers the shape of every layer's input and output. What it accepts has fields that can be saved and loaded again; it
 * may be of any size, for shapes take no memory ({@linkcode excessOf}).
 *
 * @returns One stage for each layer, in order.
 * @throws {LeNetError} `architecture/invalid` when a field is missing, unknown or out of range, or when the layers do not
 * fit each other, the input or the classes.
 */
export function inferShapes(architecture: Architecture): Stage[] {
  const refuse = (network: string, problem: string): never => {
    throw new LeNetError("architecture/invalid", `Cannot build ${network}: ${problem}`);
  };
  if (typeof architecture !== "object" || architecture === null) {
    const found = shown(architecture);
    refuse("a network", `the architecture is ${found}, expected an object such as lenet5() gives`);
  }
  const { name, input, layers, classes } = architecture;
  if (!isText(name)) refuse("a network", `its name is ${shown(name)}, expected a text`);
  const fail = (problem: string): never => refuse(`the network ${shown(name)}`, problem);
  const unknown = Object.keys(architecture).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) {
    fail(`it has the field ${shown(unknown)}, expected ${FIELDS.join(", ")}`);
  }
  for (const [part, values] of Object.entries({ input, layers })) {
    if (!Array.isArray(values)) fail(`its ${part} is ${shown(values)}, expected an array`);
  }
  const isCount = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 1;
  // A copy, in which holes are undefined: `every` would skip them.
  if (input.length !== 3 || !Array.from(input).every(isCount)) {
    const found = `its input has shape [${shownItems(input)}]`;
    fail(`${found}, expected [channels, height, width], each a whole number from 1`);
  }

  const names = new Set<string>();
  const stages: Stage[] = [];
  let shape: Shape = input;
  for (const [index, layer] of layers.entries()) {
    const kind = (layer as Layer | null | undefined)?.kind;
    const where = `layer ${index + 1} (${shown(kind)})`;
    if (typeof kind !== "string" || !Object.hasOwn(LAYER_KINDS, kind)) {
      const kinds = Object.keys(LAYER_KINDS).join(", ");
      return fail(
        `${where} has the kind ${shown(kind)}, which is unknown, expected one of ${kinds}`,
      );
    }
    checkFields(layer, (problem) => fail(`${where} ${problem}`));
    if ("name" in layer) {
      if (names.has(layer.name)) fail(`${where} has the name ${shown(layer.name)}, which is taken`);
      names.add(layer.name);
    }
    const output = kindOf(layer).shape(layer, shape, (problem) => fail(`${where} ${problem}`));
    stages.push({ layer, input: shape, output });
    shape = output;
  }
  if (!isCount(classes)) fail(`its classes is ${shown(classes)}, expected a whole number from 1`);
  if (shape.length !== 1 || shape[0] !== classes) {
    fail(`its last layer gives [${shape}], expected [${classes}], one logit for each class`);
  }
  return stages;
}

/**
 * Whether a network is too large to be drawn or read. Its weights are as large as the file that holds them, but what lies
 * between its layers is not: a few bytes of JSON could ask for a trillion values.
 *
 * @param architecture The network.
 * @param stages Its layers, which fit.
 * @returns What is too large, and what is accepted; undefined where nothing is.
 */
export function excessOf(
  { name, input }: Architecture,
  stages: readonly Stage[],
): string | undefined {
  const network = shown(name);
  for (const [index, shape] of [input, ...stages.map(({ output }) => output)].entries()) {
    if (sizeOf(shape) > MAX_LAYER_VALUES) {
      const place = index === 0 ? "the input" : `layer ${index}`;
      return `${place} of ${network} has [${shape}] values, expected at most ${MAX_LAYER_VALUES}`;
    }
  }
  let weights = 0;
  for (const stage of stages) {
    for (const [, parameter] of stageParameters(stage)) weights += sizeOf(parameter.shape);
  }
  return weights > MAX_WEIGHTS
    ? `${network} has ${weights} weights, expected at most ${MAX_WEIGHTS}`
    : undefined;
}

/** Checks the fields of a layer, except for the range of its numbers: what computes its shape has messages for that. */
function checkFields(layer: Layer, fail: (problem: string) => never): void {
  const schemas: Readonly<Record<string, FieldSchema>> = kindOf(layer).fields;
  const fields = ["kind", ...Object.keys(schemas)];
  const unknown = Object.keys(layer).find((field) => !fields.includes(field));
  if (unknown !== undefined) {
    fail(`has the field ${shown(unknown)}, expected ${fields.join(", ")}`);
  }
  const values = layer as unknown as Readonly<Record<string, unknown>>;
  for (const [field, schema] of Object.entries(schemas)) {
    const value = values[field];
    if (schema.optional && value === undefined) continue;
    if (typeof value === "number" && schema.type.endsWith("number")) continue;
    const expected = expectedOf(value, schema);
    if (expected !== undefined) fail(`has the ${field} ${shown(value)}, expected ${expected}`);
  }
}

/** What is expected of a value that breaks its schema, in words; undefined where it breaks none. */
function expectedOf(value: unknown, schema: FieldSchema): string | undefined {
  switch (schema.type) {
    case "text":
      return isText(value) ? undefined : "a text of whole Unicode characters";
    case "number":
      return Number.isFinite(value) ? undefined : "a number";
    case "whole number": {
      const fits = Number.isSafeInteger(value) && (value as number) >= schema.min;
      return fits ? undefined : `a whole number from ${schema.min}`;
    }
    case "one of":
      return schema.values.includes(value as string)
        ? undefined
        : `one of ${schema.values.join(", ")}`;
    case "list": {
      if (!Array.isArray(value)) return "an array";
      // A copy, in which holes are undefined.
      const items = Array.from(value, (item) => expectedOf(item, schema.items));
      const expected = items.find((expected) => expected !== undefined);
      return expected && `an array, each item ${expected}`;
    }
  }
}

/** Whether a value is a text that a file can hold as a name: no empty one, and no half of a surrogate pair. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.isWellFormed();
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
