import {
  type ActivationName,
  type Architecture,
  type BatchNormLayer,
  type DropoutLayer,
  type FlattenLayer,
  type ImageShape,
  inferShapes,
  type Layer,
  type RbfLayer,
  type Shape,
  sizeOf,
  type Stage,
  type SubsampleLayer,
} from "../../model/architecture.ts";

/** Layers that one kernel computes in one pass. */
export interface Step {
  /**
   * What the pass begins with. `copy` computes nothing but the activation, `scale` x × weight + bias for each channel. A
   * convolution whose kernel covers its whole input counts as `dense`.
   */
  readonly kind: "copy" | "pool" | "scale" | "conv" | "dense" | "rbf";
  /** The layer whose weights are used; of `conv` and `dense` alone. */
  readonly name: string;
  /** The layer that `scale` or `rbf` computes. */
  readonly source?: BatchNormLayer | SubsampleLayer | RbfLayer;
  /** What goes in. A flat row counts as an image of one row. */
  readonly input: ImageShape;
  /** What comes out, after all that the pass does. */
  readonly output: ImageShape;
  /** Width and height of the kernel of `conv`, elsewhere 1. */
  readonly kernel: number;
  /** Rows and columns of zeros on every side of the input of `conv`, elsewhere 0. */
  readonly padding: number;
  /** The function applied to every value. */
  readonly activation: ActivationName | "identity";
  /** 2×2 pooling: `average` is the mean of activated values, `averageFirst` the activated mean. */
  readonly pool: "none" | "max" | "average" | "averageFirst";
  /** Whether neither this step nor any later one has a curve, sigmoid or tanh, that flattens large values. */
  readonly straight: boolean;
}

/**
 * Groups a network's layers into steps: what follows a convolution or a dense layer and can be done on the way out
 * is done there.
 *
 * @param architecture The network.
 * @returns The steps in order, at least one.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit.
 */
export function groupSteps(architecture: Architecture): Step[] {
  const stages = inferShapes(architecture).flatMap(simplified);
  const lastCurve = stages.findLastIndex(({ layer }) =>
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
    const straight = next > lastCurve;
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
        // Here every unit of a flat row is a channel.
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
    }
  }
  return steps.length > 0 ? steps : [copyStep(asImage([sizeOf(architecture.input)]))];
}

/** A layer as the steps know it. */
type SimpleLayer =
  | Exclude<Layer, BatchNormLayer | SubsampleLayer | DropoutLayer | FlattenLayer>
  | { readonly kind: "scale"; readonly source: BatchNormLayer | SubsampleLayer };

/** A stage without what changes nothing in memory, and with subsampling in its two parts. */
function simplified(
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
    default:
      return [{ layer, input, output }];
  }
}

/**
 * A step that changes nothing but where values lie.
 *
 * @param shape The shape of what goes in and comes out.
 * @returns The step.
 */
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

/** One step of a network, as the kernels read it. Addresses and strides are in bytes. */
export type Op = { readonly [field in OpField]: number };

/** The size of an op in memory, in bytes. */
export const OP_BYTES: number = OP_FIELDS.length * 4;

/** The number of each kind of op. */
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

/** The number of each activation. */
export const ACTIVATION_CODES: Readonly<Record<ActivationName | "identity", number>> = {
  identity: 0,
  relu: 1,
  sigmoid: 2,
  tanh: 3,
  "scaled-tanh": 4,
};

/** What a convolution does with each 2×2 block: the mean of activated values, or the activated mean. */
export const POOL_CODES = { none: 0, max: 1, average: 2, averageFirst: 3 } as const;

/**
 * Writes an op into memory.
 *
 * @param op The op.
 * @param memory The memory as 32-bit words.
 * @param address Where it goes, in bytes.
 */
export function writeOp(op: Op, memory: Uint32Array, address: number): void {
  for (const [index, field] of OP_FIELDS.entries()) memory[address / 4 + index] = op[field];
}
