import {
  type ActivationLayer,
  type ActivationName,
  type Architecture,
  type BatchNormLayer,
  type ConvLayer,
  type DenseLayer,
  type ImageShape,
  inferShapes,
  type PoolLayer,
  type RbfLayer,
  type Shape,
  sizeOf,
  type Stage,
  type SubsampleLayer,
} from "../../model/architecture.ts";

/** Layers that one kernel computes in one pass. */
export interface Step {
  /**
   * The first computation of the pass. `copy` is the activation alone, `scale` is x × weight + bias for each channel. A
   * convolution whose kernel covers its whole input is `dense`.
   */
  readonly kind: "copy" | "pool" | "scale" | "conv" | "dense" | "rbf";
  /** The name of the layer whose weights a `conv` or `dense` uses; else empty. */
  readonly name: string;
  /** The layer that a `scale` or `rbf` computes. */
  readonly source?: BatchNormLayer | SubsampleLayer | RbfLayer;
  /** The shape of the input; a row of units is an image of one row. */
  readonly input: ImageShape;
  /** The shape of the output of the whole pass. */
  readonly output: ImageShape;
  /** Width and height of the kernel of a `conv`, else 1. */
  readonly kernel: number;
  /** Rows and columns of zeros on every side of the input of a `conv`, else 0. */
  readonly padding: number;
  /** The function applied to every value. */
  readonly activation: ActivationName | "identity";
  /** 2×2 pooling: `average` is the mean of activated values, `averageFirst` the activated mean. */
  readonly pool: "none" | "max" | "average" | "averageFirst";
  /** Whether neither this step nor any later one has an activation that saturates, sigmoid or tanh. */
  readonly straight: boolean;
}

/**
 * Groups the layers of a network into steps: an activation and pooling after a convolution, or an activation after a
 * dense layer, become part of its step.
 *
 * @param architecture The network.
 * @returns The steps in order, at least one.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit.
 */
export function groupSteps(architecture: Architecture): Step[] {
  const stages = inferShapes(architecture).flatMap(simplify);
  const lastSaturating = stages.findLastIndex(({ layer }) =>
    layer.kind === "activation" && layer.activation !== "relu"
  );
  const steps: Step[] = [];
  let next = 0;
  const takeActivation = (): ActivationName | undefined => {
    const layer = stages[next]?.layer;
    if (layer?.kind !== "activation") return undefined;
    next++;
    return layer.activation;
  };

  while (next < stages.length) {
    const straight = next > lastSaturating;
    const { layer, ...shapes } = stages[next++];
    const input = asImage(shapes.input);
    const plain: Step = { ...copyStep(input), output: asImage(shapes.output), straight };
    switch (layer.kind) {
      case "activation":
        steps.push({ ...plain, activation: layer.activation });
        break;
      case "pool":
        steps.push({ ...plain, kind: "pool", pool: layer.mode });
        break;
      case "scale":
      case "rbf": {
        // Each unit of a row has numbers of its own, as a channel has.
        const [input, output] = [asChannels(shapes.input), asChannels(shapes.output)];
        const source = layer.kind === "rbf" ? layer : layer.source;
        const activation = takeActivation() ?? "identity";
        steps.push({ ...plain, kind: layer.kind, source, input, output, activation });
        break;
      }
      case "dense": {
        const { name } = layer;
        const activation = takeActivation() ?? "identity";
        steps.push({ ...plain, kind: "dense", name, activation });
        break;
      }
      case "conv": {
        const { name, kernel, padding } = layer;
        const early = takeActivation();
        const covers = padding === 0 && plain.output[1] === 1 && plain.output[2] === 1;
        const pooling = stages[next];
        if (pooling?.layer.kind !== "pool") {
          const kind = covers
            ? { kind: "dense" } as const
            : { kind: "conv", kernel, padding } as const;
          steps.push({ ...plain, ...kind, name, activation: early ?? "identity" });
          break;
        }
        next++;
        const late = early === undefined ? takeActivation() : undefined;
        const { mode } = pooling.layer;
        steps.push({
          ...plain,
          kind: "conv",
          name,
          kernel,
          padding,
          output: asImage(pooling.output),
          activation: early ?? late ?? "identity",
          pool: mode === "average" && late !== undefined ? "averageFirst" : mode,
        });
        break;
      }
      default:
        layer satisfies never;
    }
  }
  return steps.length > 0 ? steps : [copyStep(asImage([sizeOf(architecture.input)]))];
}

/** A layer that a step can begin with. */
type SimpleLayer =
  | ActivationLayer
  | PoolLayer
  | ConvLayer
  | DenseLayer
  | RbfLayer
  | { readonly kind: "scale"; readonly source: BatchNormLayer | SubsampleLayer };

/** Removes a layer that changes nothing in memory, and splits subsampling into pooling and scale. */
function simplify(
  stage: Stage,
): { readonly layer: SimpleLayer; readonly input: Shape; readonly output: Shape }[] {
  const { layer, input, output } = stage;
  switch (layer.kind) {
    case "flatten":
    case "dropout":
      return [];
    case "batch-norm":
      return [{ layer: { kind: "scale", source: layer }, input, output }];
    case "subsample":
      return [
        { layer: { kind: "pool", mode: "average" }, input, output },
        { layer: { kind: "scale", source: layer }, input: output, output },
      ];
    case "activation":
    case "pool":
    case "conv":
    case "dense":
    case "rbf":
      return [{ layer, input, output }];
    default:
      return layer satisfies never;
  }
}

/** A step that copies an image of this shape to another place. */
export function copyStep(shape: ImageShape): Step {
  return {
    kind: "copy",
    name: "",
    input: shape,
    output: shape,
    kernel: 1,
    padding: 0,
    activation: "identity",
    pool: "none",
    straight: false,
  };
}

function asChannels(shape: Shape): ImageShape {
  return shape.length === 3 ? shape : [shape[0], 1, 1];
}

function asImage(shape: Shape): ImageShape {
  return shape.length === 3 ? shape : [1, 1, shape[0]];
}

/** The fields of an op in memory, 32 bits each, in the order of the class `Op` in `kernels/op.as`. */
const OP_FIELDS = [
  "kind",
  "input",
  "inputStep",
  "output",
  "outputStep",
  "inputRow",
  "inputPlane",
  "outputRow",
  "outputPlane",
  "channels",
  "height",
  "width",
  "kernel",
  "blocks",
  "weights",
  "bias",
  "activation",
  "pool",
  "scratch",
] as const;

type OpField = typeof OP_FIELDS[number];

/** One step of a network as the kernels read it. Addresses and strides are in bytes. */
export type Op = { readonly [field in OpField]: number };

/** The size of an op in memory, in bytes. */
export const OP_BYTES: number = OP_FIELDS.length * 4;

/** The kinds of ops, as numbered in `kernels/op.as`. */
export const OP_KINDS = {
  copyRows: 0,
  pool: 1,
  convolveColumns: 2,
  convolveFilters: 3,
  dense: 4,
  convolveWinograd: 5,
  scale: 6,
  rbf: 7,
} as const;

/** The activations, as numbered in `kernels/activation.as`. */
export const ACTIVATION_CODES: Readonly<Record<ActivationName | "identity", number>> = {
  identity: 0,
  relu: 1,
  sigmoid: 2,
  tanh: 3,
  "scaled-tanh": 4,
};

/** The values of {@linkcode Step.pool}, as numbered in `kernels/op.as`. */
export const POOL_CODES = { none: 0, max: 1, average: 2, averageFirst: 3 } as const;

/** Writes an op at an address in bytes of a memory of 32-bit words. */
export function writeOp(op: Op, memory: Uint32Array, address: number): void {
  for (const [index, field] of OP_FIELDS.entries()) memory[address / 4 + index] = op[field];
}
