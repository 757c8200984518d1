import {
  type Architecture,
  type ImageShape,
  inferShapes,
  type Layer,
  type Shape,
  type Stage,
} from "../../model/architecture.ts";
import { LANES } from "./training_layout.ts";

/** The kernels with a forward and a backward pass. */
export type StepKind =
  | "activation"
  | "convolution"
  | "dense"
  | "dropout"
  | "flatten"
  | "normalize"
  | "pool"
  | "rbf";

/** Images or rows of units between two steps, and the gradient of the loss with respect to them. */
export interface Tensor {
  readonly shape: ImageShape;
  /** Rows above and below, and columns on both sides, that are zero. */
  border: number;
  hasGradient: boolean;
  /** Set once all borders are known. */
  values: number;
  gradient: number;
  row: number;
  step: number;
}

/** One or more layers that are computed together. */
export interface Node {
  readonly kind: StepKind;
  readonly layer: Layer;
  readonly stage: Stage;
  /** Of a convolution: what follows it at once. */
  readonly pooled?: { readonly isRectified: boolean } | undefined;
  readonly x: Tensor;
  readonly y: Tensor;
}

function imageShape(shape: Shape): ImageShape {
  return shape.length === 3 ? shape : [shape[0], 1, 1];
}

function newTensor(shape: Shape): Tensor {
  const unknown = { values: 0, gradient: 0, row: 0, step: 0 };
  return { shape: imageShape(shape), border: 0, hasGradient: false, ...unknown };
}

/** The ReLU and max pooling that follow a convolution, and how many layers they are. */
function pooledAfter(
  stages: readonly Stage[],
  index: number,
): { isRectified: boolean; layers: number } | undefined {
  const [next, second] = [stages[index + 1]?.layer, stages[index + 2]?.layer];
  const isRectified = next?.kind === "activation" && next.activation === "relu";
  const pool = isRectified ? second : next;
  if (pool?.kind !== "pool" || pool.mode !== "max") return undefined;
  return { isRectified, layers: isRectified ? 2 : 1 };
}

/** Whether an activation may overwrite its input: nothing before it needs that for its own gradient. */
function isInPlace(before: Node | undefined): boolean {
  return !(before?.kind === "activation" || before?.pooled?.isRectified);
}

/**
 * Joins the layers of a network to steps.
 *
 * @param architecture The network.
 * @returns The steps, what goes into the first and what comes out of the last.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit.
 */
export function nodesOf(
  architecture: Architecture,
): { nodes: Node[]; input: Tensor; output: Tensor } {
  const stages = inferShapes(architecture);
  const input = newTensor(architecture.input);
  const nodes: Node[] = [];
  let x = input;
  for (let index = 0; index < stages.length; index++) {
    const stage = stages[index];
    const { layer } = stage;
    const add = (kind: StepKind, y: Tensor, pooled?: Node["pooled"]): void => {
      nodes.push({ kind, layer, stage, pooled, x, y });
      x = y;
    };
    switch (layer.kind) {
      case "conv": {
        const [, outHeight, outWidth] = stage.output as ImageShape;
        // One that sees its whole input at once is a dense layer.
        const isWhole = outHeight * outWidth === 1 && layer.padding === 0 && x.border === 0 &&
          layer.filters % LANES === 0;
        if (isWhole) {
          add("dense", newTensor(stage.output));
          break;
        }
        x.border = Math.max(x.border, layer.padding);
        const pooled = pooledAfter(stages, index);
        if (pooled !== undefined) index += pooled.layers;
        const y = newTensor(stages[index].output);
        // The gradient of the input is a convolution of that of the output, with as much of a border.
        if (pooled === undefined) y.border = Math.max(0, layer.kernel - 1 - layer.padding);
        add("convolution", y, pooled);
        break;
      }
      case "dense":
        add("dense", newTensor(stage.output));
        break;
      case "pool":
      case "subsample":
        add("pool", newTensor(stage.output));
        break;
      case "batch-norm":
        add("normalize", newTensor(stage.output));
        break;
      case "dropout":
        add("dropout", newTensor(stage.output));
        break;
      case "activation":
        add("activation", isInPlace(nodes.at(-1)) ? x : newTensor(stage.output));
        break;
      case "flatten": {
        const [, height, width] = x.shape;
        // One pixel is a row already.
        if (height * width > 1) add("flatten", newTensor(stage.output));
        break;
      }
      case "rbf":
        add("rbf", newTensor(stage.output));
        break;
      default:
        layer satisfies never;
    }
  }
  return { nodes, input, output: x };
}
